"""The recipes for Buildroot and Yocto, run by what stands in for those: their own commands, with their names for things, a compiler
for another machine, the downloads in a folder, and no network."""

import os
import re
import shutil

import pytest
import tree

BUILDROOT = """\
BR2_EXTERNAL_INKI_PATH := {root}/board/buildroot
BR2_PACKAGE_INKI_BOARD := "armhf"
BR2_PACKAGE_INKI_CONFIG := "{folder}/config"
qstrip = $(strip $(subst ",,$(1)))
INSTALL := install
TARGET_CROSS := arm-linux-gnueabihf-
TARGET_DIR := {folder}/target
INKI_DL_DIR := {folder}/dl
include $(BR2_EXTERNAL_INKI_PATH)/external.mk
names:
	@echo $(notdir $(INKI_EXTRA_DOWNLOADS))
{folder}/build/stamp:
	mkdir -p $(@D)
	$(INKI_EXTRACT_CMDS)
	$(INKI_CONFIGURE_CMDS)
	+$(INKI_BUILD_CMDS)
	$(INKI_INSTALL_TARGET_CMDS)
	$(INKI_INSTALL_INIT_SYSV)
	$(INKI_INSTALL_INIT_OPENRC)
	$(INKI_INSTALL_INIT_SYSTEMD)
"""
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "INKI", "MFLAGS"))}


def copy_downloads(folder, names):
    """Just these files, from where the build has them."""
    have = os.environ.get("INKI_DL") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "inki")
    os.makedirs(folder)
    for name in names:
        shutil.copy(os.path.join(have, name), folder)


def files_in(folder):
    return {os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names}


def test_buildroot(tmp_path):
    makefile = tmp_path / "Makefile"
    makefile.write_text(BUILDROOT.format(root=tree.ROOT, folder=tmp_path))
    names = tree.run("make", "-s", "-f", str(makefile), "names", env=CLEAN).split()
    copy_downloads(tmp_path / "dl", names)
    (tmp_path / "config").write_text("CONFIG_CONNECTIONS=7\n")
    told = tree.run("unshare", "-n", "make", "-f", str(makefile), f"{tmp_path}/build/stamp", env=CLEAN, timeout=3600)
    program = str(tmp_path / "target/usr/bin/inki")
    assert "inki 0" in tree.run("qemu-arm", "-cpu", "cortex-a7", program, "--version"), told
    assert "CONFIG_CONNECTIONS 7\n" in (tmp_path / "build/out/buildroot/include/generated/autoconf.h").read_text()
    assert files_in(tmp_path / "target") == {"usr/bin/inki", "etc/ssh/sshd_config.d/00-inki.conf", "etc/init.d/S50inki", "etc/init.d/inki",
                                             "usr/lib/systemd/system/inki.service"}
    assert os.path.isdir(tmp_path / "target/etc/inki") and not os.path.exists(tmp_path / "build/.git")


def test_yocto(tmp_path):
    with open(os.path.join(tree.ROOT, "board/yocto/recipes-support/inki/inki_0.1.0.bb"), encoding="utf-8") as file:
        recipe = file.read()
    copy_downloads(tmp_path / "dl", re.findall(r"/([^/;]+);name=\S+;unpack=0", recipe))
    shutil.copytree(tree.ROOT, tmp_path / "inki", ignore=lambda folder, _: ["out", ".git"] if folder == tree.ROOT else [])
    script = "oe_runmake() { make \"$@\"; }\n" + "".join(re.findall(r"^do_\w+\(\) \{\n.*?^\}\n", recipe, re.M | re.S)) + "set -ex\ndo_compile\ndo_install\n"
    assert script.count("() {") == 3
    names = {"S": ".", "D": f"{tmp_path}/image", "DL_DIR": f"{tmp_path}/dl", "bindir": "/usr/bin", "sysconfdir": "/etc", "INKI_BOARD": "armhf",
             "systemd_system_unitdir": "/usr/lib/systemd/system", "TARGET_PREFIX": "arm-linux-gnueabihf-", "CC": "arm-linux-gnueabihf-gcc -mcpu=cortex-a7 -g0"}
    told = tree.run("unshare", "-n", "sh", "-c", script, cwd=tmp_path / "inki", env={**CLEAN, **names}, timeout=3600)
    assert "inki 0" in tree.run("qemu-arm", "-cpu", "cortex-a7", f"{tmp_path}/image/usr/bin/inki", "--version"), told
    assert files_in(tmp_path / "image") == {"usr/bin/inki", "etc/ssh/sshd_config.d/00-inki.conf", "etc/init.d/inki", "usr/lib/systemd/system/inki.service"}


@pytest.mark.parametrize("name", ["buildroot/external.desc", "buildroot/Config.in", "yocto/conf/layer.conf"])
def test_the_files_that_name_the_others(name):
    with open(os.path.join(tree.ROOT, "board", name), encoding="utf-8") as file:
        text = file.read()
    if name.endswith("external.desc"):
        assert re.fullmatch(r"name: INKI\ndesc: .+\n", text)
    for path in re.findall(r"\$BR2_EXTERNAL_INKI_PATH/(\S+)\"", text):
        assert os.path.exists(os.path.join(tree.ROOT, "board/buildroot", path)), path
