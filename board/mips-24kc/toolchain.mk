# MIPS 24Kc, big-endian and without an FPU: OpenWrt's ath79.
CROSS_COMPILE := mips-linux-gnu-
CPU_FLAGS     := -march=24kc -msoft-float -fno-pic -mno-abicalls -minterlink-mips16
SMALL_FLAGS   := -mips16
NO_FPU        := y
QEMU          := qemu-mips -cpu 24Kc

# A position-independent program would be 100 kB larger here.
PIE           :=

# Variables start where code ends, without padding to the next page.
# Debian's libgcc is marked as made for an FPU; the helpers for 64-bit whole numbers that come from it use none.
LINK_FLAGS    := -Wl,-z,max-page-size=4096,-z,common-page-size=16,--no-warn-mismatch
