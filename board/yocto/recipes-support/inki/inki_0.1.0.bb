SUMMARY = "Lets SSH keys in by signed requests, each with an end"
DESCRIPTION = "A daemon that holds SSH public keys in memory. They get in by requests that are signed with OpenPGP; sshd asks for them."
SECTION = "net"
LICENSE = "MIT & Apache-2.0 & ISC"
LIC_FILES_CHKSUM = "file://LICENSE;md5=00be724e9727eb40b97a7c410e1a31cb"

# The tree that this layer lies in, at what is committed there. For another one, set INKI_TREE and SRCREV.
INKI_TREE ?= "${@os.path.realpath(os.path.join(d.getVar('THISDIR'), '../../../..'))}"
SRCREV ?= "${AUTOREV}"
SRC_URI = "git://${INKI_TREE};protocol=file;usehead=1;nobranch=1;destsuffix=inki"
S = "${@d.getVar('UNPACKDIR') or d.getVar('WORKDIR')}/inki"

# The parts that are not inki's own. Its build finds them where BitBake has put them, looks at their digests once more, and
# unpacks them; so there is no network in do_compile.
DEBIAN_POOL ?= "https://deb.debian.org/debian/pool/main"
SRC_URI += " \
    ${DEBIAN_POOL}/m/musl/musl_1.2.5.orig.tar.gz;name=musl;unpack=0 \
    ${DEBIAN_POOL}/m/musl/musl_1.2.5-3.1~deb13u1.debian.tar.xz;name=musl-debian;unpack=0 \
    ${DEBIAN_POOL}/m/mbedtls/mbedtls_3.6.6.orig.tar.bz2;name=mbedtls;unpack=0 \
    ${DEBIAN_POOL}/m/mbedtls/mbedtls_3.6.6-0.1~deb13u1.debian.tar.xz;name=mbedtls-debian;unpack=0 \
    ${DEBIAN_POOL}/b/bearssl/bearssl_0.6+dfsg.1.orig.tar.xz;name=bearssl;unpack=0 \
    ${DEBIAN_POOL}/liby/libyaml/libyaml_0.2.5.orig.tar.gz;name=libyaml;unpack=0 \
    ${DEBIAN_POOL}/j/jsmn/jsmn_1.1.0.orig.tar.gz;name=jsmn;unpack=0 \
    ${DEBIAN_POOL}/libs/libsodium/libsodium_1.0.18.orig.tar.gz;name=libsodium;unpack=0 \
    ${DEBIAN_POOL}/libs/libsodium/libsodium_1.0.18-1+deb13u1.debian.tar.xz;name=libsodium-debian;unpack=0 \
    ${DEBIAN_POOL}/c/cmocka/cmocka_1.1.7.orig.tar.xz;name=cmocka;unpack=0 \
"
SRC_URI[musl.sha256sum] = "a9a118bbe84d8764da0ea0d28b3ab3fae8477fc7e4085d90102b8596fc7c75e4"
SRC_URI[musl-debian.sha256sum] = "46fdfb271edc2f035d8d4063ff2e299734409693e781e69e4b77e0a9a495072e"
SRC_URI[mbedtls.sha256sum] = "8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a"
SRC_URI[mbedtls-debian.sha256sum] = "210466c522eeebc85cf2f76bd5aef935b4ebac465559cc0a84f9e73a8ed6601c"
SRC_URI[bearssl.sha256sum] = "102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004"
SRC_URI[libyaml.sha256sum] = "fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e"
SRC_URI[jsmn.sha256sum] = "5f0913a10657fe7ec8d5794ccf00a01000e3e1f2f1e1f143c34a0f7b47edcb38"
SRC_URI[libsodium.sha256sum] = "d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4"
SRC_URI[libsodium-debian.sha256sum] = "86110bbca36b16567bc35971486c4e6bd4aaf59e74310bc0faf76840ac4e2afe"
SRC_URI[cmocka.sha256sum] = "810570eb0b8d64804331f82b29ff47c790ce9cd6b163e98d47a4807047ecad82"

DEPENDS = "bzip2-native patch-native xz-native"

inherit systemd update-rc.d useradd

USERADD_PACKAGES = "${PN}"
USERADD_PARAM:${PN} = "--system --user-group --no-create-home --home-dir /nonexistent --shell /sbin/nologin inki"
SYSTEMD_SERVICE:${PN} = "inki.service"
INITSCRIPT_NAME = "inki"
INITSCRIPT_PARAMS = "defaults 50"

# A folder of inki's board/ whose flags and sizes fit the machine, where one is needed: INKI_BOARD:mipsel = "mipsel-24kc"
INKI_BOARD ?= ""

# The program is stripped already, and as it is static there is no table for the dynamic linker in it.
INHIBIT_PACKAGE_STRIP = "1"
INSANE_SKIP:${PN} = "already-stripped ldflags"

do_compile() {
    INKI_DL="${DL_DIR}" oe_runmake BOARD="${INKI_BOARD}" CROSS_COMPILE="${TARGET_PREFIX}" CC="${CC}" O=out/yocto
}

do_install() {
    install -D -m 755 ${S}/out/yocto/inki ${D}${bindir}/inki
    install -D -m 644 ${S}/board/systemd/inki.service ${D}${systemd_system_unitdir}/inki.service
    install -D -m 755 ${S}/board/busybox/S50inki ${D}${sysconfdir}/init.d/inki
    install -D -m 644 ${S}/board/sshd/00-inki.conf ${D}${sysconfdir}/ssh/sshd_config.d/00-inki.conf
    install -d -m 755 ${D}${sysconfdir}/inki
}

FILES:${PN} += "${systemd_system_unitdir}/inki.service"
