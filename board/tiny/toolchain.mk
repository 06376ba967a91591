# The same routers as mipsel-24kc; what is small about it is its defconfig.
include board/mipsel-24kc/toolchain.mk

# Arithmetic as well: a signature of RSA takes twice as long to verify.
SMALL_PARTS := %
