# ARMv5TE and ARMv6 without an FPU, in Thumb: ARM926 (AST2400), ARM1176 (AST2500).
CROSS_COMPILE := arm-linux-gnueabi-
CPU_FLAGS     := -mcpu=arm926ej-s -msoft-float
SMALL_FLAGS   := -mthumb
QEMU          := qemu-arm -cpu arm926
QEMU_ALSO     := qemu-arm -cpu arm1176
