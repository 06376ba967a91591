/*
 * The floating-point helpers of a CPU without an FPU. Debian's mips libgcc has them in FPU instructions only, and inki computes
 * with whole numbers, so musl's printf finds a trap here instead: reached by a "%f", which no source of ours may have.
 */
#define TRAP(name) \
	void name(void); \
	void name(void) \
	{ \
		__builtin_trap(); \
	}

TRAP(__addsf3)
TRAP(__subsf3)
TRAP(__mulsf3)
TRAP(__divsf3)
TRAP(__eqsf2)
TRAP(__nesf2)
TRAP(__ltsf2)
TRAP(__lesf2)
TRAP(__gtsf2)
TRAP(__gesf2)
TRAP(__unordsf2)
TRAP(__fixsfsi)
TRAP(__fixunssfsi)
TRAP(__floatsisf)
TRAP(__floatunsisf)
TRAP(__fixsfdi)
TRAP(__fixunssfdi)
TRAP(__floatdisf)
TRAP(__floatundisf)
TRAP(__adddf3)
TRAP(__subdf3)
TRAP(__muldf3)
TRAP(__divdf3)
TRAP(__eqdf2)
TRAP(__nedf2)
TRAP(__ltdf2)
TRAP(__ledf2)
TRAP(__gtdf2)
TRAP(__gedf2)
TRAP(__unorddf2)
TRAP(__fixdfsi)
TRAP(__fixunsdfsi)
TRAP(__floatsidf)
TRAP(__floatunsidf)
TRAP(__fixdfdi)
TRAP(__fixunsdfdi)
TRAP(__floatdidf)
TRAP(__floatundidf)
TRAP(__extendsfdf2)
TRAP(__truncdfsf2)
