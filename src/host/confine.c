#include "host/confine.h"

#include "base/kconfig.h"
#include "host/call_filter.h"
#include "host/landlock.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LAST_CAPABILITY = 63, CAPABILITY_VERSION_3 = 0x20080522 };

static const char *const words_of_server[CONFINE_WALL_COUNT] = {
	[CONFINE_ROOT] = "empty root folder",       [CONFINE_USER] = "unprivileged user",
	[CONFINE_CAPABILITIES] = "no capabilities", [CONFINE_PRIVILEGES] = "no new privileges",
	[CONFINE_LIMITS] = "resource limits",       [CONFINE_LANDLOCK] = "Landlock",
	[CONFINE_CALLS] = "system call filter",
};

static const char *const words_of_keeper[CONFINE_WALL_COUNT] = {
	[CONFINE_ROOT] = "root folder is that of the files",
	[CONFINE_CAPABILITIES] = "no capabilities",
	[CONFINE_PRIVILEGES] = "no new privileges",
	[CONFINE_LIMITS] = "resource limits",
	[CONFINE_LANDLOCK] = "Landlock",
	[CONFINE_CALLS] = "system call filter",
};

static const char *why(bool works)
{
	return works ? NULL : strerror(errno);
}

/* ---- the root folder ---- */

/* Makes a folder that nobody else has, goes into it, and removes it: nothing can ever be made in there. */
static bool enter_empty_folder(void)
{
	static const char *const places[] = { "/run/inki-XXXXXX", "/dev/shm/inki-XXXXXX", "/tmp/inki-XXXXXX" };
	char path[sizeof("/dev/shm/inki-XXXXXX")];
	bool works = false;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !works; i++) {
		memcpy(path, places[i], strlen(places[i]) + 1);
		works = mkdtemp(path) && chdir(path) == 0;
		if (works)
			works = rmdir(path) == 0;
	}
	return works;
}

static const char *empty_root(void)
{
	if (geteuid() != 0)
		return "only root can change it";
	if (!enter_empty_folder())
		return "there is no place for an empty folder, in /run, /dev/shm or /tmp";
	return why(chroot(".") == 0);
}

static const char *root_of_files(int folder)
{
	if (geteuid() != 0)
		return "only root can change it";
	return why(fchdir(folder) == 0 && chroot(".") == 0);
}

/* ---- who we are ---- */

static const char *become_user(const struct account *account)
{
	const gid_t group = account->group;
	const uid_t user = account->user;

	if (geteuid() != 0)
		return NULL; /* not root from the start */
	if (user == 0)
		return "the configuration says run_as: root";
	return why(setgroups(1, &group) == 0 && setresgid(group, group, group) == 0 &&
	           setresuid(user, user, user) == 0);
}

/* No program that it starts could have any: must come before it is another user, who may not say so any more. */
static void drop_bounding_set(void)
{
	for (int capability = 0; capability <= LAST_CAPABILITY; capability++)
		prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

/* The structures of capset(2), which no header of the C library has. */
struct capability_header {
	uint32_t version;
	int process;
};

struct capability_sets {
	uint32_t effective, permitted, inheritable;
};

static const char *drop_capabilities(void)
{
	const struct capability_header header = { .version = CAPABILITY_VERSION_3 };
	const struct capability_sets none[2] = { { 0 } };

	return why(syscall(SYS_capset, &header, none) == 0);
}

/* ---- what it may use ---- */

/* What is taken when it begins is all. (The sanitizers go on taking memory.) */
static const char *set_limits(void)
{
	static const int none_of[] = { RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_DATA };
	static const struct rlimit none;
	const size_t count = sizeof(none_of) / sizeof(none_of[0]) - (IS_ENABLED(CONFIG_SANITIZED) ? 1 : 0);
	struct rlimit descriptors = { 0 };
	bool works = getrlimit(RLIMIT_NOFILE, &descriptors) == 0;

	descriptors.rlim_max = descriptors.rlim_cur;
	works = works && setrlimit(RLIMIT_NOFILE, &descriptors) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
	for (size_t i = 0; i < count; i++)
		works = works && setrlimit(none_of[i], &none) == 0;
	return why(works);
}

/* All but the folders, which come before, and Landlock between the two. */
static void drop_rights(struct confinement *confinement)
{
	confinement->why_not[CONFINE_CAPABILITIES] = drop_capabilities();
	confinement->why_not[CONFINE_PRIVILEGES] = why(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	confinement->why_not[CONFINE_LIMITS] = set_limits();
}

static const char *filter_calls(const struct call_filter_work *work)
{
	return IS_ENABLED(CONFIG_SANITIZED) ? "a build with sanitizers does without" : call_filter_install(work);
}

void confine_process(const struct account *account, struct confinement *confinement)
{
	const char **why_not = confinement->why_not;

	if (geteuid() == 0)
		drop_bounding_set();
	confinement->words = words_of_server;
	why_not[CONFINE_ROOT] = empty_root();
	why_not[CONFINE_USER] = become_user(account);
	drop_rights(confinement);
	why_not[CONFINE_LANDLOCK] = landlock_forbid_all(&confinement->landlock_reach);
	why_not[CONFINE_CALLS] = filter_calls(&call_filter_server);
}

void confine_to_folder(int folder, struct confinement *confinement)
{
	const char **why_not = confinement->why_not;

	if (geteuid() == 0)
		drop_bounding_set();
	confinement->words = words_of_keeper;
	why_not[CONFINE_ROOT] = root_of_files(folder);
	why_not[CONFINE_USER] = NULL;
	drop_rights(confinement);
	why_not[CONFINE_LANDLOCK] = landlock_forbid_all_but(folder, &confinement->landlock_reach);
	why_not[CONFINE_CALLS] = filter_calls(&call_filter_keeper);
}
