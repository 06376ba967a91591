# Stands for the rules.mk of OpenWrt's SDK, in which a package's Makefile finds what it is built with. ARCH, TARGET_CROSS and
# TARGET_CFLAGS come from the test.
INCLUDE_DIR := $(TOPDIR)/include
DL_DIR      := $(TOPDIR)/dl
BUILD_DIR   := $(TOPDIR)/build_dir
BIN_DIR     := $(TOPDIR)/bin

INSTALL_DIR  := install -d -m 755
INSTALL_BIN  := install -m 755
INSTALL_DATA := install -m 644
INSTALL_CONF := install -m 600
