"""GnuPG with a home of its own: makes keys without pass phrase, exports them, clear-signs."""

import os
import shutil
import subprocess
import tempfile


class Gpg:
    def __init__(self):
        # Short, for the agent's socket lies in it, and a socket's path has at most 107 bytes.
        self.home = tempfile.mkdtemp(prefix="g", dir="/tmp")
        self.made, self.count = {}, 0

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.home, ignore_errors=True)

    def run(self, *arguments, at=None, **how):
        """Runs gpg (at the given time, if any) and returns what it writes."""
        time = ["--faked-system-time", f"{at}!"] if at else []
        command = ["gpg", "--homedir", self.home, "--batch", "--quiet", "--no-tty", "--yes", "--trust-model", "always",
                   "--pinentry-mode", "loopback", "--passphrase", "", *time, *arguments]
        done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"}, **how)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr.decode()}"
        return done.stdout

    def generate(self, algorithm, usage="sign", expire="never", subkey=None, at=None, name=None):
        """A new key's fingerprint; subkey is an (algorithm, usage) pair of a further key."""
        self.count += 1
        name = name or f"Test {self.count} ({algorithm}, {usage}) <test@example.org>"
        self.run("--quick-gen-key", name, algorithm, usage, expire, at=at)
        listing = self.run("--list-keys", "--with-colons", f"={name}").decode()
        fingerprint = next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr:"))
        if subkey:
            self.run("--quick-add-key", fingerprint, *subkey, "never", at=at)
        return fingerprint

    def key(self, algorithm):
        """The fingerprint of one key of this algorithm, the same each time."""
        if algorithm not in self.made:
            self.made[algorithm] = self.generate(algorithm)
        return self.made[algorithm]

    def export(self, *fingerprints):
        return self.run("--armor", "--export", *fingerprints).decode()

    def clearsign(self, text, *fingerprints, at=None, options=()):
        """text, signed; a fingerprint that ends in ! means that very subkey."""
        users = [word for fingerprint in fingerprints for word in ("--local-user", fingerprint)]
        return self.run(*users, *options, "--clearsign", at=at, input=text if isinstance(text, bytes) else text.encode())

    def revoke(self, fingerprint):
        """Revokes a key with the certificate that was made along with it."""
        with open(f"{self.home}/openpgp-revocs.d/{fingerprint}.rev", encoding="utf-8") as file:
            self.run("--import", input=file.read().replace(":-----BEGIN", "-----BEGIN").encode())
