# RISC-V with 64 bits and the usual extensions.
CROSS_COMPILE := riscv64-linux-gnu-
CPU_FLAGS     := -march=rv64gc
QEMU          := qemu-riscv64 -cpu rv64
