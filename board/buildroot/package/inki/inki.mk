################################################################################
#
# inki
#
################################################################################

# The tree that this file lies in is the source. What is downloaded are the parts that are not inki's own; they are unpacked
# by inki's own build, which looks at their digests once more.
INKI_VERSION = 0.1.0
INKI_SOURCE =
INKI_TREE = $(BR2_EXTERNAL_INKI_PATH)/../..
INKI_LICENSE = MIT, Apache-2.0 or GPL-2.0+ (Mbed TLS), ISC (libsodium)
INKI_LICENSE_FILES = LICENSE
INKI_POOL = https://deb.debian.org/debian/pool/main
INKI_EXTRA_DOWNLOADS = \
	$(INKI_POOL)/m/musl/musl_1.2.5.orig.tar.gz \
	$(INKI_POOL)/m/musl/musl_1.2.5-3.1~deb13u1.debian.tar.xz \
	$(INKI_POOL)/m/mbedtls/mbedtls_3.6.6.orig.tar.bz2 \
	$(INKI_POOL)/m/mbedtls/mbedtls_3.6.6-0.1~deb13u1.debian.tar.xz \
	$(INKI_POOL)/b/bearssl/bearssl_0.6+dfsg.1.orig.tar.xz \
	$(INKI_POOL)/liby/libyaml/libyaml_0.2.5.orig.tar.gz \
	$(INKI_POOL)/j/jsmn/jsmn_1.1.0.orig.tar.gz \
	$(INKI_POOL)/libs/libsodium/libsodium_1.0.18.orig.tar.gz \
	$(INKI_POOL)/libs/libsodium/libsodium_1.0.18-1+deb13u1.debian.tar.xz \
	$(INKI_POOL)/c/cmocka/cmocka_1.1.7.orig.tar.xz

INKI_MAKE = $(TARGET_MAKE_ENV) INKI_DL=$(INKI_DL_DIR) $(MAKE) -C $(@D) V=1 \
	BOARD=$(call qstrip,$(BR2_PACKAGE_INKI_BOARD)) CROSS_COMPILE=$(TARGET_CROSS) O=out/buildroot

define INKI_EXTRACT_CMDS
	tar -C $(INKI_TREE) --exclude=./out --exclude=./.git -cf - . | tar -C $(@D) -xf -
endef

define INKI_CONFIGURE_CMDS
	mkdir -p $(@D)/out/buildroot
	$(if $(call qstrip,$(BR2_PACKAGE_INKI_CONFIG)),cp $(call qstrip,$(BR2_PACKAGE_INKI_CONFIG)) $(@D)/out/buildroot/.config)
endef

define INKI_BUILD_CMDS
	$(INKI_MAKE)
endef

define INKI_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 755 $(@D)/out/buildroot/inki $(TARGET_DIR)/usr/bin/inki
	$(INSTALL) -D -m 644 $(@D)/board/sshd/00-inki.conf $(TARGET_DIR)/etc/ssh/sshd_config.d/00-inki.conf
	mkdir -p $(TARGET_DIR)/etc/inki
endef

define INKI_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 755 $(@D)/board/busybox/S50inki $(TARGET_DIR)/etc/init.d/S50inki
endef

define INKI_INSTALL_INIT_OPENRC
	$(INSTALL) -D -m 755 $(@D)/board/openrc/inki $(TARGET_DIR)/etc/init.d/inki
endef

define INKI_INSTALL_INIT_SYSTEMD
	$(INSTALL) -D -m 644 $(@D)/board/systemd/inki.service $(TARGET_DIR)/usr/lib/systemd/system/inki.service
endef

define INKI_USERS
	inki -1 inki -1 * - - - inki server
endef

$(eval $(generic-package))
