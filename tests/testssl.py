#!/usr/bin/env python3
"""Lets testssl.sh look at servers with an RSA and an ECDSA certificate, and a Go client ask them; fails on anything that is wrong.

Usage: testssl.py INKI

The Go client is compiled by gccgo, whose library has Go's crypto/tls: it is half as large as Go itself.

Its findings have severities; what is LOW or more is printed, and what is MEDIUM or more and not expected is a failure.
"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "e2e"))
import certificates  # noqa: E402
import inki  # noqa: E402

# What a certificate of an authority made for a test cannot have.
EXPECTED = ("cert_revocation", "cert_expirationStatus", "cert_notAfter", "OCSP_stapling", "DNS_CAArecord", "certificate_transparency",
            "cert_crlDistributionPoints", "cert_ocspURL")
GRAVE = ("MEDIUM", "HIGH", "CRITICAL", "FATAL")


def look_at(words, kind, folder):
    identity, root = certificates.chained(kind, days=300)
    server = inki.Server(words, {"listen": [{"address": "127.0.0.1:0", "tls": True}], "tls": identity.write(folder), "users": []})
    ca, report = os.path.join(folder, f"{kind}.pem"), os.path.join(folder, f"{kind}.json")
    with open(ca, "wb") as file:
        file.write(root.pem)
    other = os.path.join(folder, f"{kind}-other.pem")
    with open(other, "wb") as file:
        file.write(certificates.authority().pem)
    try:
        subprocess.run([os.path.join(folder, "client"), ca, other, f"https://localhost:{server.ports[0]}"], check=True, timeout=120)
        subprocess.run(["testssl", "--quiet", "--color", "0", "--warnings", "off", "--add-ca", ca, "--jsonfile", report,
                        f"localhost:{server.ports[0]}"], stdout=subprocess.DEVNULL, check=False, timeout=1200)
    finally:
        server.stop()
    with open(report, encoding="utf-8") as file:
        return json.load(file)


def main(command):
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "testssl_client.go")
        subprocess.run(["gccgo-12", "-static-libgo", "-o", os.path.join(folder, "client"), source], check=True)
        for kind in ("p256", "rsa2048"):
            findings = look_at(inki.words_of(command), kind, folder)
            print(f"{kind}: {len(findings)} findings")
            for each in findings:
                is_grave = each["severity"] in GRAVE and not each["id"].startswith(EXPECTED)
                wrong += is_grave
                if is_grave or each["severity"] in (*GRAVE, "LOW"):
                    print(f"  {'WRONG ' if is_grave else ''}{each['severity']} {each['id']}: {each['finding']}")
            wrong += len(findings) < 50
    print(f"testssl: {wrong} wrong")
    return wrong > 0


sys.exit(main(sys.argv[1]))
