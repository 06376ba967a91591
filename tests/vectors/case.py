"""One OpenPGP case and its file, as tests/unit/pgp_case.c reads it.

A file has lines of a word and its values, a blank line, then the text, the keyring, the second one and the message, as long as the lines said.

    now SECONDS
    expect STATUS           by name, as in base/status.h
    signers NUMBER          how many certificates have signed
    signer FINGERPRINT      of the key that made the first signature, where that matters
    operations NUMBER       the most public-key operations that may be spent
    flips POSITION...       run the case with each bit of the message flipped; these flips (8 * octet + bit) mean nothing
    whole LENGTH...         cut off there, the message is still complete
    arenas STEP             run the case with keyring arenas of every size, or in such steps
    needs OPTION [STATUS]   an option of Kconfig, without which nothing more may be accepted than with it, and this comes out
    text SIZE
    keyring SIZE
    second SIZE             of a further keyring that is added to the first one
    message SIZE
"""

import os
from dataclasses import dataclass

import meaningless
import needs

NOW = 1_780_000_000
DAY = 86400


@dataclass
class Case:
    name: str
    keyring: bytes
    message: bytes
    expect: str = "OK"
    now: int = NOW
    text: bytes = None      # what must come out of a good case
    signers: int = None     # 1 for a good case
    signer: str = None
    operations: int = None
    flips: bool = False
    arenas: int = 0
    second_keyring: bytes = b""
    sole: bool = False      # one key, or a primary key and a subkey of its kind, is all that there is

    def lines(self):
        good = self.expect == "OK"
        yield f"now {self.now}"
        yield f"expect {self.expect}"
        yield f"signers {int(good) if self.signers is None else self.signers}"
        if self.signer:
            yield f"signer {self.signer.lower()}"
        if self.operations is not None:
            yield f"operations {self.operations}"
        if self.flips:
            yield " ".join(["flips", *map(str, meaningless.flips(self.message))])
        if good:
            yield " ".join(["whole", *map(str, meaningless.lengths(self.message))])
        if self.arenas:
            yield f"arenas {int(self.arenas)}"
        for option in needs.of_case(self.keyring, self.second_keyring, self.message):
            without = "KEYRING_EMPTY" if option == "PGP_V6" else "KEY_ALGORITHM"
            yield f"needs {option} {without}" if self.sole else f"needs {option}"
        if good and self.text is not None:
            yield f"text {len(self.text)}"
        yield f"keyring {len(self.keyring)}"
        if self.second_keyring:
            yield f"second {len(self.second_keyring)}"
        yield f"message {len(self.message)}"

    def write(self, folder):
        self.keyring = self.keyring.encode() if isinstance(self.keyring, str) else self.keyring
        text = self.text if self.expect == "OK" and self.text else b""
        with open(os.path.join(folder, self.name), "wb") as file:
            file.write("\n".join([*self.lines(), "", ""]).encode() + text + self.keyring + self.second_keyring + self.message)
