#include "host/call_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* A number is a call of one architecture only, and one kernel may take those of several. 0: not known. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__arm__) && !defined(__ARMEB__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#elif defined(__mips__) && !defined(__mips64) && defined(__MIPSEL__)
#define ARCHITECTURE AUDIT_ARCH_MIPSEL
#elif defined(__mips__) && !defined(__mips64)
#define ARCHITECTURE AUDIT_ARCH_MIPS
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#else
#define ARCHITECTURE 0
#endif

/* The lists, by the names that the architecture has: newer ones lack the older calls, and on 32 bits those with a time
 * came twice. The most frequent come first. What both kinds of work need: */
static const uint32_t calls_of_all[] = {
#ifdef SYS_clock_gettime
	SYS_clock_gettime,
#endif
#ifdef SYS_clock_gettime32
	SYS_clock_gettime32,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64,
#endif
#ifdef SYS_gettimeofday
	SYS_gettimeofday,
#endif
#ifdef SYS_gettimeofday_time32
	SYS_gettimeofday_time32,
#endif
#ifdef SYS_recv
	SYS_recv,
#endif
	SYS_recvfrom,
#ifdef SYS_send
	SYS_send,
#endif
	SYS_sendto,
	SYS_read,
	SYS_write,
	SYS_close,
#ifdef SYS_poll
	SYS_poll,
#endif
	SYS_ppoll,
#ifdef SYS_ppoll_time64
	SYS_ppoll_time64,
#endif
	SYS_getpid,
	SYS_rt_sigreturn,
#ifdef SYS_sigreturn
	SYS_sigreturn,
#endif
	SYS_restart_syscall,
	SYS_exit,
	SYS_exit_group,
};

static const uint32_t calls_of_server[] = {
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
	SYS_epoll_pwait, SYS_recvmsg,   SYS_sendmsg,    SYS_accept4,
#ifdef SYS_accept
	SYS_accept, /* musl tries it if that one says EINVAL */
#endif
	SYS_shutdown,    SYS_epoll_ctl, SYS_getsockopt, SYS_setsockopt, SYS_getrandom,
};

/* On 32 bits musl asks statx() first, and then the call that there was before. */
static const uint32_t calls_of_keeper[] = {
#ifdef SYS_fstat
	SYS_fstat,
#endif
#ifdef SYS_fstat64
	SYS_fstat64,
#endif
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_fstatat64
	SYS_fstatat64,
#endif
	SYS_statx,      SYS_getdents64, SYS_unlinkat,
#ifdef SYS_renameat
	SYS_renameat,
#else
	SYS_renameat2,
#endif
	SYS_geteuid,
#ifdef SYS_geteuid32
	SYS_geteuid32,
#endif
};

/* Those of the keeper that give a file its mode, in the argument of that number: never one that runs as its owner, who
 * is root. */
static const struct call_with_mode {
	uint32_t call;
	size_t argument;
} modes_of_keeper[] = {
	{ SYS_openat, 3 },
	{ SYS_mkdirat, 2 },
	{ SYS_fchmodat, 2 },
	{ SYS_fchmod, 1 },
};

/* On i386 all that is done with sockets was one call, until 4.3 brought those above; its first argument says what
 * (linux/net.h). */
enum {
	SOCKET_ACCEPT = 5,
	SOCKET_SEND = 9,
	SOCKET_RECV,
	SOCKET_SENDTO,
	SOCKET_RECVFROM,
	SOCKET_SHUTDOWN,
	SOCKET_SETSOCKOPT,
	SOCKET_GETSOCKOPT,
	SOCKET_SENDMSG,
	SOCKET_RECVMSG,
	SOCKET_ACCEPT4,
#ifdef __i386__
	CALL_SOCKET = SYS_socketcall,
#else
	CALL_SOCKET = -1, /* there is none */
#endif
};

/* The first few are all that the keeper needs. */
enum { SOCKET_CALLS_OF_KEEPER = 4 };
static const uint32_t socket_calls[] = {
	SOCKET_RECVFROM, SOCKET_SENDTO,   SOCKET_RECV,       SOCKET_SEND,       SOCKET_ACCEPT4, SOCKET_RECVMSG,
	SOCKET_SENDMSG,  SOCKET_SHUTDOWN, SOCKET_SETSOCKOPT, SOCKET_GETSOCKOPT, SOCKET_ACCEPT,
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct call_filter_work {
	const uint32_t *calls;
	const struct call_with_mode *modes;
	uint8_t count, mode_count, socket_count;
};

const struct call_filter_work call_filter_server = {
	.calls = calls_of_server,
	.count = COUNT_OF(calls_of_server),
	.socket_count = COUNT_OF(socket_calls),
};

const struct call_filter_work call_filter_keeper = {
	.calls = calls_of_keeper,
	.count = COUNT_OF(calls_of_keeper),
	.modes = modes_of_keeper,
	.mode_count = COUNT_OF(modes_of_keeper),
	.socket_count = SOCKET_CALLS_OF_KEEPER,
};

/* ---- the filter ---- */

enum {
	MODE_BITS = 07000, /* set user, set group, sticky */
	LOW_WORD = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0,
	INSTRUCTIONS_MAX = 8 +
	                   2 * (COUNT_OF(calls_of_all) + COUNT_OF(calls_of_server) + COUNT_OF(calls_of_keeper) +
	                        COUNT_OF(socket_calls)) +
	                   5 * COUNT_OF(modes_of_keeper),
};

struct program {
	struct sock_filter code[INSTRUCTIONS_MAX];
	unsigned short used;
};

/* If what was loaded has that to do with value, skips so many instructions, else so many. */
static void put_test(struct program *program, unsigned short how, uint32_t value, uint8_t yes, uint8_t no)
{
	program->code[program->used++] = (struct sock_filter)BPF_JUMP(BPF_JMP | how | BPF_K, value, yes, no);
}

static void put_load(struct program *program, size_t offset)
{
	program->code[program->used++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static void put_end(struct program *program, uint32_t action)
{
	program->code[program->used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

static void put_calls(struct program *program, const uint32_t *allowed, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_test(program, BPF_JEQ, allowed[i], 0, 1);
		put_end(program, SECCOMP_RET_ALLOW);
	}
}

static void put_mode(struct program *program, const struct call_with_mode *call)
{
	put_test(program, BPF_JEQ, call->call, 0, 4);
	put_load(program, offsetof(struct seccomp_data, args) + call->argument * sizeof(uint64_t) + LOW_WORD);
	put_test(program, BPF_JSET, MODE_BITS, 0, 1);
	put_end(program, SECCOMP_RET_KILL_PROCESS);
	put_end(program, SECCOMP_RET_ALLOW);
}

static void build(struct program *program, const struct call_filter_work *work)
{
	program->used = 0;
	put_load(program, offsetof(struct seccomp_data, arch));
	put_test(program, BPF_JEQ, ARCHITECTURE, 1, 0);
	put_end(program, SECCOMP_RET_KILL_PROCESS);
	put_load(program, offsetof(struct seccomp_data, nr));
	put_calls(program, work->calls, work->count);
	put_calls(program, calls_of_all, COUNT_OF(calls_of_all));
	for (size_t i = 0; i < work->mode_count; i++)
		put_mode(program, &work->modes[i]);
	if (CALL_SOCKET >= 0) {
		put_test(program, BPF_JEQ, (uint32_t)CALL_SOCKET, 1, 0);
		put_end(program, SECCOMP_RET_KILL_PROCESS);
		put_load(program, offsetof(struct seccomp_data, args));
		put_calls(program, socket_calls, work->socket_count);
	}
	put_end(program, SECCOMP_RET_KILL_PROCESS);
}

/* Kernels before 4.14 do not look at the bit that makes KILL_PROCESS of KILL_THREAD; there is one thread. */
const char *call_filter_install(const struct call_filter_work *work)
{
	struct program program;
	struct sock_fprog code = { .filter = program.code };

	if (ARCHITECTURE == 0)
		return "this version does not know the calls of this processor";
	build(&program, work);
	code.len = program.used;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &code, 0, 0) == 0)
		return NULL;
	return errno == EINVAL ? "the kernel has none" : strerror(errno);
}
