"""OpenWrt's package as the SDK sees it: a few lines that stand for the SDK's rules read the package's Makefile, and build with Debian's
compilers. Whole builds take a minute: `make openwrt-test`."""

import hashlib
import os
import re
import shutil
import subprocess

import pytest
from inki import TREE
from openwrt import PACKAGE, STUBS

FILES = {
    "inki": ["etc/config/inki", "etc/init.d/inki", "etc/profile.d/inki.sh", "etc/uci-defaults/50-inki", "lib/upgrade/keep.d/inki", "usr/bin/inki"],
    "luci-app-inki": ["usr/libexec/rpcd/inki", "usr/share/luci/menu.d/luci-app-inki.json", "usr/share/rpcd/acl.d/luci-app-inki.json",
                      "www/luci-static/resources/view/inki/keys.js"],
}
EXECUTABLE = {"etc/init.d/inki", "etc/uci-defaults/50-inki", "usr/bin/inki", "usr/libexec/rpcd/inki"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The archive of a release that is made of this tree."""
    path = tmp_path_factory.mktemp("release") / "inki-0.1.0.tar.gz"
    listed = subprocess.run(["git", "-C", TREE, "ls-files", "-z", "-c", "-o", "--exclude-standard"], capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("needs a clone of the repository")
    there = b"\0".join(name for name in listed.stdout.split(b"\0") if name and os.path.lexists(os.path.join(TREE, os.fsdecode(name))))
    subprocess.run(["tar", "-C", TREE, "--null", "-T", "-", "--transform", "s,^,inki-0.1.0/,S", "-czf", path], input=there, check=True)
    return path


@pytest.fixture
def sdk(tmp_path):
    shutil.copytree(os.path.join(STUBS, "sdk"), tmp_path / "sdk")
    return tmp_path / "sdk"


def into_sdk(archive, sdk, **environment):
    return subprocess.run([os.path.join(TREE, "board", "openwrt", "into-sdk.sh"), archive, sdk], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})


def build(sdk, target, prefix=(), **variables):
    """The variables come from OpenWrt's makefiles, so they are none of the command line; nor is what a make above has set for its own."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run([*prefix, "make", "-C", sdk / "package" / "inki", "--no-print-directory", f"TOPDIR={sdk}", target], capture_output=True,
                          text=True, check=False, env={**environment, **variables})


def test_into_the_sdk(archive, sdk, tmp_path):
    """The package has the archive's digest, and names each part with the digest of third_party/pins."""
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "jsmn_1.1.0.orig.tar.gz").write_bytes(b"as it was downloaded")
    done = into_sdk(archive, sdk, INKI_DL=str(parts))
    assert done.returncode == 0, done
    with open(archive, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    with open(sdk / "package" / "inki" / "Makefile", encoding="utf-8") as file:
        assert f"PKG_HASH:={digest}\n" in file.read()
    assert sorted(os.listdir(sdk / "dl")) == ["inki-0.1.0.tar.gz", "jsmn_1.1.0.orig.tar.gz"]
    with open(os.path.join(TREE, "third_party", "pins"), encoding="utf-8") as file:
        rows = [line.split() for line in file if not line.startswith("#")]
    dump = build(sdk, "dump", ARCH="mips", BUILD_VARIANT="full")
    assert dump.returncode == 0, dump
    wanted = {(name, digest) for _, _, _, name, digest in rows}
    assert {tuple(line.split()[:2]) for line in dump.stdout.splitlines()} == wanted
    assert all(line.split()[2].startswith("@DEBIAN/pool/main/") for line in dump.stdout.splitlines())


@pytest.mark.parametrize("name, says", [("inki-0.0.9.tar.gz", "is made from inki-0.1.0.tar.gz"), ("missing/inki-0.1.0.tar.gz", "there is no")])
def test_not_into_the_sdk(sdk, tmp_path, name, says):
    done = into_sdk(tmp_path / name, sdk)
    assert done.returncode != 0 and says in done.stderr


def test_not_into_another_folder(archive, tmp_path):
    done = into_sdk(archive, tmp_path)
    assert done.returncode != 0 and "is no SDK of OpenWrt" in done.stderr


@pytest.mark.skipif("INKI_BROWSER" not in os.environ, reason="takes a minute: make openwrt-test")
@pytest.mark.parametrize("variant, arch, cross, flags, machine, emulator", [
    ("full", "mips", "mips-linux-gnu-", "-Os -pipe -mno-branch-likely -mips32r2 -mtune=24kc -msoft-float", "MIPS R3000", "qemu-mips -cpu 24Kc"),
    ("tiny", "mipsel", "mipsel-linux-gnu-", "-Os -pipe -mips32r2 -mtune=24kc -msoft-float", "MIPS R3000", "qemu-mipsel -cpu 24Kc"),
    ("full", "arm", "arm-linux-gnueabihf-", "-Os -pipe -mcpu=cortex-a7 -mfpu=neon-vfpv4 -mfloat-abi=hard", "ARM", "qemu-arm -cpu cortex-a7"),
    ("full", "x86_64", "x86_64-linux-gnu-", "-Os -pipe -march=x86-64", "X86-64", ""),
])
def test_build(archive, sdk, variant, arch, cross, flags, machine, emulator):
    """Compiles, installs what belongs to each package, and the program runs; without any network, from the download folder."""
    if variant == "tiny" and not os.path.exists(os.path.join(TREE, "board", "tiny", "defconfig")):
        pytest.skip("there is no board/tiny")
    assert into_sdk(archive, sdk).returncode == 0
    done = subprocess.run(["unshare", "--net", "true"], check=False)
    prefix = ["unshare", "--net"] if done.returncode == 0 else []
    done = build(sdk, "all", prefix, ARCH=arch, TARGET_CROSS=cross, TARGET_CFLAGS=flags, BUILD_VARIANT=variant, CONFIG_HAS_MIPS16="y")
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    package = "inki-tiny" if variant == "tiny" else "inki"
    assert sorted(os.listdir(sdk / "bin")) == [package, "luci-app-inki"]
    for name, wanted in FILES.items():
        root = sdk / "bin" / (package if name == "inki" else name)
        found = sorted(os.path.relpath(os.path.join(folder, file), root) for folder, _, files in os.walk(root) for file in files)
        assert found == wanted
        for path in found:
            assert (os.stat(root / path).st_mode & 0o111 != 0) == (path in EXECUTABLE), path
    program = sdk / "bin" / package / "usr" / "bin" / "inki"
    told = subprocess.run(["readelf", "-hlW", program], capture_output=True, text=True, check=True).stdout
    assert machine in told and "INTERP" not in told
    version = subprocess.run([*emulator.split(), program, "--version"], capture_output=True, text=True, check=True).stdout
    assert version == "inki 0.1.0\n"
    print(f"{arch} {variant}: {os.stat(program).st_size} bytes")


def test_scripts_are_those_of_the_package():
    """Each file that lies here is installed by the Makefile."""
    with open(os.path.join(PACKAGE, "Makefile"), encoding="utf-8") as file:
        text = file.read()
    for folder in ("files", "luci"):
        for name in os.listdir(os.path.join(PACKAGE, folder)):
            assert re.search(rf"\./{folder}/{re.escape(name)} \$\(1\)/", text), name
