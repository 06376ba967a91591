# RISC-V with 64 bits and the usual extensions.
CROSS_COMPILE := riscv64-linux-gnu-
# Else the linker leaves addresses of some symbols to a dynamic one.
CPU_FLAGS     := -march=rv64gc -fvisibility=hidden
QEMU          := qemu-riscv64 -cpu rv64
