"""Certificates and keys of all kinds, made with cryptography and written as PEM files."""

import datetime
import ipaddress
import os
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

DAY = datetime.timedelta(days=1)
CURVES = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}


RSA_KEYS = {}


def new_key(kind):
    """RSA keys take long to make: of each size there are three, in turn, so that those in one chain differ."""
    if kind.startswith("rsa"):
        keys = RSA_KEYS.setdefault(kind, [])
        keys.append(keys.pop(0) if len(keys) == 3 else rsa.generate_private_key(65537, int(kind[3:])))
        return keys[-1]
    return ec.generate_private_key(CURVES[kind]())


def general_name(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def name_of(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


@dataclass
class Identity:
    """A certificate with its private key, and who issued it (None: itself)."""
    certificate: x509.Certificate
    key: object
    issuer: "Identity" = None

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def chain(self):
        """The PEM of all below the root; of a self-signed one itself."""
        own, above = self.pem, self.issuer
        while above and above.issuer:
            own, above = own + above.pem, above.issuer
        return own

    def key_pem(self, form="PKCS8", password=None):
        how = {"PKCS8": serialization.PrivateFormat.PKCS8, "old": serialization.PrivateFormat.TraditionalOpenSSL}[form]
        cipher = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        return self.key.private_bytes(serialization.Encoding.PEM, how, cipher)

    def write(self, folder, name="tls"):
        """Writes NAME.crt and NAME.key; returns their paths as the configuration takes them."""
        paths = {"certificate": os.path.join(folder, name + ".crt"), "key": os.path.join(folder, name + ".key")}
        for path, content in zip(paths.values(), (self.chain(), self.key_pem())):
            with open(path, "wb") as file:
                file.write(content)
        return paths


def issue(kind="p256", names=("localhost", "127.0.0.1"), issuer=None, ca=False, since=-1, days=30, common_name=None, extensions=(), key=None):
    """A new certificate; since and days count from now. It is self-signed without an issuer. extensions are more of them, (what, is
    it critical)."""
    key = key or new_key(kind)
    start = datetime.datetime.utcnow() + since * DAY
    subject = name_of(common_name or (names[0] if names else "somebody"))
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.certificate.subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(start).not_valid_after(start + days * DAY)
               .add_extension(x509.BasicConstraints(ca, None), critical=True))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), critical=False)
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    return Identity(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key, issuer)


def authority(kind="p256", name="Test Root", **how):
    return issue(kind, (), ca=True, common_name=name, **how)


def chained(kind, **how):
    """A certificate below an intermediate one below a root, all with keys of the same kind."""
    root = authority(kind, f"{kind} root")
    middle = issue(kind, (), root, ca=True, common_name=f"{kind} middle")
    return issue(kind, issuer=middle, **how), root
