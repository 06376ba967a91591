/* A build of inki that somebody has taken over: GET /probe/NAME makes the server at work try to break out, and $PROBE_KEEPER names
 * what the keeper of files of keys tries with the first key ("all": one after the other; the log tells what came of it). The linker
 * puts this in front of api_handle(), key_files_take() and the walls (--wrap), so what is tried is the program as it is in all else.
 *
 * $PROBE_WITHOUT names walls to leave out (filter, landlock, memory; keeper: only its Landlock), so that the ones behind them are seen to stand, and so that
 * valgrind can work, which takes memory by calls of its own.
 */
#include "core/api.h"
#include "host/call_filter.h"
#include "host/landlock.h"
#include "host/log.h"
#include "server/key_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void __real_api_handle(struct app *app, const struct api_request *request, int64_t now, struct api_answer *answer);
void __wrap_api_handle(struct app *app, const struct api_request *request, int64_t now, struct api_answer *answer);
int __real_setrlimit(int resource, const struct rlimit *limit);
int __wrap_setrlimit(int resource, const struct rlimit *limit);
const char *__real_call_filter_install(const struct call_filter_work *work);
const char *__wrap_call_filter_install(const struct call_filter_work *work);
const char *__real_landlock_forbid_all(const char **reach);
const char *__wrap_landlock_forbid_all(const char **reach);
const char *__real_landlock_forbid_all_but(int folder, const char **reach);
const char *__wrap_landlock_forbid_all_but(int folder, const char **reach);
enum key_files_taken __real_key_files_take(struct key_files *files, const struct message *message, const struct question *question);
enum key_files_taken __wrap_key_files_take(struct key_files *files, const struct message *message, const struct question *question);

static int root_folder = -1, files_folder = -1;

static bool is_left_out(const char *wall)
{
	const char *walls = getenv("PROBE_WITHOUT");

	return walls && span_contains(span_of_string(walls), span_of_string(wall));
}

const char *__wrap_landlock_forbid_all(const char **reach)
{
	/* somebody has found a descriptor that leads out of the empty folder */
	return is_left_out("landlock") ? "left out by the probe" : __real_landlock_forbid_all(reach);
}

const char *__wrap_landlock_forbid_all_but(int folder, const char **reach)
{
	return is_left_out("landlock") || is_left_out("keeper") ? "left out by the probe" : __real_landlock_forbid_all_but(folder, reach);
}

const char *__wrap_call_filter_install(const struct call_filter_work *work)
{
	return is_left_out("filter") ? "left out by the probe" : __real_call_filter_install(work);
}

int __wrap_setrlimit(int resource, const struct rlimit *limit)
{
	return resource == RLIMIT_DATA && is_left_out("memory") ? 0 : __real_setrlimit(resource, limit);
}

/* The server closes at its start what it has been given. */
void __real_file_close_from(int first);

void __wrap_file_close_from(int first)
{
	__real_file_close_from(first);
	root_folder = open("/", O_RDONLY | O_DIRECTORY);
}

static long read_file(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static long read_file_outside(void)
{
	return openat(root_folder, "etc/passwd", O_RDONLY);
}

static long write_file(void)
{
	return openat(root_folder, "tmp/inki-probe", O_WRONLY | O_CREAT, 0600);
}

/* In the folder of the files. */
static long make_program_of_root(void)
{
	return openat(files_folder, "program", O_WRONLY | O_CREAT, 04755);
}

static long let_run_as_owner(void)
{
	return fchmodat(files_folder, ".", 04755, 0);
}

static long make_device(void)
{
	return mknodat(files_folder, "device", S_IFCHR | 0600, 1 << 8 | 1);
}

static long make_link(void)
{
	return symlinkat("/etc/passwd", files_folder, "link");
}

static long change_owner(void)
{
	return fchownat(files_folder, ".", 4711, 4711, 0);
}

static long change_root_back(void)
{
	return fchdir(root_folder) == 0 ? chroot(".") : -1;
}

static long run_program(void)
{
	static char name[] = "sh";
	char *const arguments[] = { name, NULL };
	static char *const environment[] = { NULL };

	return execve("/bin/sh", arguments, environment);
}

static long start_process(void)
{
	long child = fork();

	if (child == 0)
		_exit(0);
	return child;
}

static long take_memory(void)
{
	void *pages = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return pages == MAP_FAILED ? -1 : 0;
}

static long grow_heap(void)
{
	long before = syscall(SYS_brk, 0), after = syscall(SYS_brk, before + (1 << 20));

	errno = ENOMEM;
	return after == before ? -1 : 0;
}

static long run_data(void)
{
	return mprotect((void *)((uintptr_t)&root_folder & ~(uintptr_t)4095), 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static long make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long bind_port(void)
{
	const struct sockaddr_in address = { .sin_family = AF_INET };
	int descriptor = socket(AF_INET, SOCK_STREAM, 0);

	return bind(descriptor, (const struct sockaddr *)&address, sizeof(address));
}

static long trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static long end_parent(void)
{
	return kill(getppid(), SIGKILL);
}

static long become_root(void)
{
	return setuid(0);
}

static long take_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = 1U << CAP_SYS_CHROOT, .permitted = 1U << CAP_SYS_CHROOT } };

	return syscall(SYS_capset, &header, data);
}

static long mount_memory(void)
{
	return mount("none", "/", "tmpfs", 0, NULL);
}

static long dump_core(void)
{
	const struct rlimit limit = { .rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY };

	return setrlimit(RLIMIT_CORE, &limit);
}

/* The line for the log is the pair of sockets that was made last. */
static int find_log(void)
{
	int found = -1;

	for (int descriptor = 3; descriptor < 64; descriptor++) {
		int kind = 0;
		socklen_t size = sizeof(kind);

		if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_SEQPACKET)
			found = descriptor;
	}
	return found;
}

/* Never comes back. */
static long flood_log(void)
{
	static const char line[] = "<86>inki[1]: event=noise";
	const int log = find_log();

	for (;;)
		send(log, line, sizeof(line) - 1, MSG_NOSIGNAL);
	return 0;
}

static const struct {
	const char *name;
	long (*attempt)(void);
} probes[] = {
	{ "/probe/read-file", read_file },
	{ "/probe/read-file-outside", read_file_outside },
	{ "/probe/write-file", write_file },
	{ "/probe/change-root-back", change_root_back },
	{ "/probe/run-program", run_program },
	{ "/probe/start-process", start_process },
	{ "/probe/take-memory", take_memory },
	{ "/probe/grow-heap", grow_heap },
	{ "/probe/run-data", run_data },
	{ "/probe/make-socket", make_socket },
	{ "/probe/bind-port", bind_port },
	{ "/probe/trace-parent", trace_parent },
	{ "/probe/end-parent", end_parent },
	{ "/probe/become-root", become_root },
	{ "/probe/take-capabilities", take_capabilities },
	{ "/probe/mount-memory", mount_memory },
	{ "/probe/dump-core", dump_core },
	{ "/probe/flood-log", flood_log },
	{ "/probe/make-program-of-root", make_program_of_root },
	{ "/probe/let-run-as-owner", let_run_as_owner },
	{ "/probe/make-device", make_device },
	{ "/probe/make-link", make_link },
	{ "/probe/change-owner", change_owner },
};

/* Answers "done", or the number of the error. */
void __wrap_api_handle(struct app *app, const struct api_request *request, int64_t now, struct api_answer *answer)
{
	__real_api_handle(app, request, now, answer);
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		if (!span_equal(request->path, span_of_string(probes[i].name)))
			continue;
		writer_rewind(&answer->body, 0);
		answer->http_code = 200;
		if (probes[i].attempt() < 0)
			writer_put_number(&answer->body, errno);
		else
			writer_put_string(&answer->body, "done");
	}
}

/* Tells the same in the log. */
static void try_in_keeper(struct span wanted)
{
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		const struct span name = span_skip(span_of_string(probes[i].name), sizeof("/probe/") - 1);
		uint8_t room[64];
		struct writer line = writer_of(room, sizeof(room));

		if (!span_equal(wanted, name) && (!span_equal(wanted, SPAN("all")) || probes[i].attempt == flood_log || probes[i].attempt == end_parent))
			continue;
		writer_put_string(&line, "probe: ");
		writer_put(&line, name);
		writer_put_byte(&line, ' ');
		if (probes[i].attempt() < 0)
			writer_put_number(&line, errno);
		else
			writer_put_string(&line, "done");
		log_line(LOG_LEVEL_INFO, writer_written(&line));
	}
}

enum key_files_taken __wrap_key_files_take(struct key_files *files, const struct message *message, const struct question *question)
{
	const char *wanted = getenv("PROBE_KEEPER");

	files_folder = files->folder;
	if (wanted && message->kind == MESSAGE_KEY)
		try_in_keeper(span_of_string(wanted));
	return __real_key_files_take(files, message, question);
}
