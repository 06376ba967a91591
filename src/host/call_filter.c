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

/* The list, by the names that the architecture has: newer ones lack the older calls, and on 32 bits those with a time
 * came twice. The most frequent come first. */
static const uint32_t calls[] = {
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
	SYS_epoll_pwait,
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
	SYS_recvmsg,
	SYS_sendmsg,
	SYS_read,
	SYS_write,
	SYS_accept4,
#ifdef SYS_accept
	SYS_accept, /* musl tries it if that one says EINVAL */
#endif
	SYS_close,
	SYS_shutdown,
	SYS_epoll_ctl,
	SYS_getsockopt,
	SYS_setsockopt,
#ifdef SYS_poll
	SYS_poll,
#endif
	SYS_ppoll,
#ifdef SYS_ppoll_time64
	SYS_ppoll_time64,
#endif
	SYS_getrandom,
	SYS_getpid,
	SYS_rt_sigreturn,
#ifdef SYS_sigreturn
	SYS_sigreturn,
#endif
	SYS_restart_syscall,
	SYS_exit,
	SYS_exit_group,
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

static const uint32_t socket_calls[] = {
	SOCKET_RECVFROM, SOCKET_SENDTO,   SOCKET_ACCEPT4,    SOCKET_RECV,       SOCKET_SEND,   SOCKET_RECVMSG,
	SOCKET_SENDMSG,  SOCKET_SHUTDOWN, SOCKET_SETSOCKOPT, SOCKET_GETSOCKOPT, SOCKET_ACCEPT,
};

/* Of instructions. */
enum {
	CALL_COUNT = sizeof(calls) / sizeof(calls[0]),
	SOCKET_CALL_COUNT = sizeof(socket_calls) / sizeof(socket_calls[0]),
	SOCKET_LENGTH = CALL_SOCKET < 0 ? 0 : 3 + SOCKET_CALL_COUNT,
	HEAD_LENGTH = 4,
	LENGTH = HEAD_LENGTH + CALL_COUNT + SOCKET_LENGTH + 2,
};

_Static_assert(LENGTH <= UINT8_MAX, "a jump reaches over all calls");

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* If what was loaded is value, skips so many instructions. */
static struct sock_filter skip_if(uint32_t value, size_t count)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, (uint8_t)count, 0);
}

static struct sock_filter end_with(uint32_t action)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

/* For each one that is allowed: equal: go to the end, so many instructions on. */
static void put_calls(struct sock_filter *filter, const uint32_t *allowed, size_t count, size_t to_end)
{
	for (size_t i = 0; i < count; i++)
		filter[i] = skip_if(allowed[i], to_end - i - 1);
}

/*
 *       load the architecture; ours: skip a line
 *       kill
 *       load the number of the call
 *       for each one that is allowed: equal: go to allow
 *       on i386: the one of sockets: skip a line
 *                kill
 *                load its first argument
 *                for each one that is allowed: equal: go to allow
 *       kill
 * allow
 */
static void build(struct sock_filter filter[static LENGTH])
{
	struct sock_filter *rest = filter + HEAD_LENGTH;

	filter[0] = load(offsetof(struct seccomp_data, arch));
	filter[1] = skip_if(ARCHITECTURE, 1);
	filter[2] = end_with(SECCOMP_RET_KILL_PROCESS);
	filter[3] = load(offsetof(struct seccomp_data, nr));
	put_calls(rest, calls, CALL_COUNT, LENGTH - 1 - HEAD_LENGTH);
	rest += CALL_COUNT;
	if (CALL_SOCKET >= 0) {
		rest[0] = skip_if((uint32_t)CALL_SOCKET, 1);
		rest[1] = end_with(SECCOMP_RET_KILL_PROCESS);
		rest[2] = load(offsetof(struct seccomp_data, args));
		put_calls(rest + 3, socket_calls, SOCKET_CALL_COUNT, SOCKET_CALL_COUNT + 1);
	}
	filter[LENGTH - 2] = end_with(SECCOMP_RET_KILL_PROCESS);
	filter[LENGTH - 1] = end_with(SECCOMP_RET_ALLOW);
}

/* Kernels before 4.14 do not look at the bit that makes KILL_PROCESS of KILL_THREAD; there is one thread. */
const char *call_filter_install(void)
{
	struct sock_filter filter[LENGTH];
	const struct sock_fprog program = { .len = LENGTH, .filter = filter };

	if (ARCHITECTURE == 0)
		return "this version does not know the calls of this processor";
	build(filter);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0)
		return NULL;
	return errno == EINVAL ? "the kernel has none" : strerror(errno);
}
