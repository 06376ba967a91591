"""What means nothing in a clear-signed message with one signature: the changes after which it must still verify.

A flipped bit means nothing in exactly these places:
    a digit of the armor's checksum that stays a digit;
    the value of an armor header of the signature block that stays text, and its key as long as there is a colon;
    the CR of a line end that becomes a tab: a blank at the end of a line; or in an armor header a visible character;
    the Hash header, if another known name comes out;
    in the unhashed area the issuer's key ID, since the fingerprint goes before it, and its type, if the new one is unknown or of
    the same size (a message of version 6 has none).
All else must be noticed.
"""

import base64
import string

ALPHABET = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode()
DIGESTS = [b"MD5", b"SHA1", b"RIPEMD160", b"SHA224", b"SHA256", b"SHA384", b"SHA512", b"SHA3-256", b"SHA3-512"]
BEGIN, END = b"-----BEGIN PGP SIGNATURE-----", b"-----END PGP SIGNATURE-----"


def lengths(message):
    """The lengths at which a message that is cut off is still complete."""
    end = message.rindex(END) + len(END)
    return [at for at in range(end, len(message)) if message[at - 1:at] != b"\r"]


def flips(message):
    """The positions, 8 * octet + bit, at which a flipped bit means nothing."""
    data = b"".join(filter(is_data, message[message.index(BEGIN):].splitlines()))
    offset, digits, part, result = 0, 0, "hash headers", []
    for line in message.splitlines(keepends=True):
        text = line.rstrip(b"\r\n")
        for i in range(len(line)):
            for bit in range(8):
                new = line[:i] + bytes([line[i] ^ 1 << bit]) + line[i + 1:]
                if i < len(text):
                    good = is_meaningless(part, new[:len(text)], data, digits)
                else:
                    good = line[i] == 0x0D and (new[i] == 0x09 or (part == "armor headers" and text and chr(new[i]) in "-M"))
                if good:
                    result.append(8 * (offset + i) + bit)
        offset += len(line)
        digits += len(text) if part == "base64" and is_data(text) else 0
        part = part_after(part, text)
    return result


def part_after(part, line):
    if line == BEGIN:
        return "armor headers"
    return {("hash headers", b""): "text", ("armor headers", b""): "base64"}.get((part, line), part)


def is_data(line):
    return line[:1] not in (b"", b"-", b"=") and all(octet in ALPHABET + b"=" for octet in line)


def is_meaningless(part, line, data, digits):
    """line is changed; digits tells how many of the base64 data stand before it."""
    if part == "hash headers":
        name, _, names = line.partition(b": ")
        return name == b"Hash" and all(each.strip(b" \t") in DIGESTS for each in names.split(b","))
    if part == "armor headers":
        return b":" in line and all(octet == 9 or 32 <= octet < 127 for octet in line)
    if part == "base64" and line.startswith(b"=") and len(line) == 5:
        return all(octet in ALPHABET for octet in line[1:])
    if part == "base64" and is_data(line):
        return same_signature(data, data[:digits] + line + data[digits + len(line):])
    return False


def same_signature(old, new):
    """Do both stand for the same signature packet, but for the octets of the unhashed area that mean nothing?"""
    if len(old) != len(new) or old.count(b"=") != new.count(b"=") or base64.b64encode(base64.b64decode(new)) != new:
        return False
    old, new = base64.b64decode(old), base64.b64decode(new)
    if old[1 + (1 << (old[0] & 3))] == 6:
        return old == new
    hashed = 2 + (old[0] & 3) + 4  # behind an old header of one or two octets of length, and four fields
    unhashed = hashed + 2 + int.from_bytes(old[hashed:hashed + 2], "big") + 2
    kind, key_id = unhashed + 1, slice(unhashed + 2, unhashed + 10)
    if old[0] not in (0x88, 0x89) or old[unhashed - 2:unhashed + 2] != b"\0\x0a\x09\x10":
        raise ValueError("this is not a signature with just the issuer's key ID in its unhashed area")
    return old[:kind] == new[:kind] and old[key_id.stop:] == new[key_id.stop:] and may_hold(new[kind] & 0x7F, new[key_id])


def may_hold(kind, octets):
    """May a subpacket of this type hold these eight octets?"""
    if kind == 20:
        return int.from_bytes(octets[4:6], "big") + int.from_bytes(octets[6:8], "big") == 0
    return kind not in (2, 3, 4, 7, 9, 25, 33)
