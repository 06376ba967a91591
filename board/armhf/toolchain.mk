# ARMv7-A with hard floating point: Cortex-A7 (AST2600) and later.
CROSS_COMPILE := arm-linux-gnueabihf-
CPU_FLAGS     := -mcpu=cortex-a7
QEMU          := qemu-arm -cpu cortex-a7
