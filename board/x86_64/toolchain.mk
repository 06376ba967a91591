# Any PC: the same program as a plain "make" on one, but also from another machine.
CROSS_COMPILE := x86_64-linux-gnu-
QEMU          := qemu-x86_64 -cpu qemu64
