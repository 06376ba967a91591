# ARMv8-A: Cortex-A53 and later.
CROSS_COMPILE := aarch64-linux-gnu-
QEMU          := qemu-aarch64 -cpu cortex-a53

# Atomics in the code itself: those outside of it ask the system at start which ones this CPU has.
CPU_FLAGS     := -mcpu=cortex-a53 -mno-outline-atomics
