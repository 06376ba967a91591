# MIPS 24Kc, little-endian and without an FPU: OpenWrt's ramips.
CROSS_COMPILE := mipsel-linux-gnu-
CPU_FLAGS     := -march=24kc -msoft-float -fno-pic -mno-abicalls -minterlink-mips16
SMALL_FLAGS   := -mips16
NO_FPU        := y
QEMU          := qemu-mipsel -cpu 24Kc

# A position-independent program would be 100 kB larger here.
PIE           :=

# Variables start where code ends, without padding to the next page.
# Debian's libgcc is marked as made for an FPU; the helpers for 64-bit whole numbers that come from it use none.
LINK_FLAGS    := -Wl,-z,max-page-size=4096,-z,common-page-size=16,--no-warn-mismatch
