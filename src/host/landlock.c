#include "host/landlock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface (linux/landlock.h), which older systems' headers lack. The calls have the same numbers
 * on all architectures. */
enum {
	CALL_CREATE_RULESET = 444,
	CALL_ADD_RULE = 445,
	CALL_RESTRICT_SELF = 446,
#ifdef __mips__
	CALL_BASE = 4000, /* of the o32 calls */
#else
	CALL_BASE = 0,
#endif
	ASK_VERSION = 1, /* LANDLOCK_CREATE_RULESET_VERSION */
	VERSION_MAX = 6,
	RULE_BELOW_FOLDER = 1, /* LANDLOCK_RULE_PATH_BENEATH */
	/* write_file, read_file, read_dir, remove_dir, remove_file, make_dir, make_reg; from version 3 on truncate */
	FILES_OF_FOLDER = 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x80 | 0x100 | 0x4000,
};

struct ruleset {
	uint64_t files, network, scoped;
};

/* What each version of the interface can handle: it refuses bits and bytes that it does not know. */
static const struct {
	size_t size;
	struct ruleset all;
	const char *reach;
} versions[VERSION_MAX + 1] = {
	[1] = { 8, { .files = 0x1fff }, "ABI 1: files; this kernel's does not know TCP ports and signals" },
	[2] = { 8, { .files = 0x3fff }, "ABI 2: files; this kernel's does not know TCP ports and signals" },
	[3] = { 8, { .files = 0x7fff }, "ABI 3: files; this kernel's does not know TCP ports and signals" },
	[4] = { 16,
	        { .files = 0x7fff, .network = 3 },
	        "ABI 4: files and TCP ports; this kernel's does not know signals" },
	[5] = { 16,
	        { .files = 0xffff, .network = 3 },
	        "ABI 5: files and TCP ports; this kernel's does not know signals" },
	[6] = { 24, { .files = 0xffff, .network = 3, .scoped = 3 }, "ABI 6: files, TCP ports and signals" },
};

struct rule {
	uint64_t allowed;
	int32_t folder;
} __attribute__((packed));

/* All is forbidden but, if there is a folder, to keep files in it. */
static const char *restrict_to(int folder, const char **reach)
{
	long version = syscall(CALL_BASE + CALL_CREATE_RULESET, NULL, (size_t)0, ASK_VERSION);
	struct rule rule = { .folder = folder };
	long ruleset;
	bool works;

	if (version < 1)
		return "the kernel has none";
	if (version > VERSION_MAX)
		version = VERSION_MAX;
	*reach = versions[version].reach;
	ruleset = syscall(CALL_BASE + CALL_CREATE_RULESET, &versions[version].all, versions[version].size, 0);
	if (ruleset < 0)
		return "the kernel refuses to";
	rule.allowed = versions[version].all.files & FILES_OF_FOLDER;
	works = folder < 0 || syscall(CALL_BASE + CALL_ADD_RULE, (int)ruleset, RULE_BELOW_FOLDER, &rule, 0) == 0;
	works = works && syscall(CALL_BASE + CALL_RESTRICT_SELF, (int)ruleset, 0) == 0;
	close((int)ruleset);
	return works ? NULL : "the kernel refuses to";
}

const char *landlock_forbid_all(const char **reach)
{
	return restrict_to(-1, reach);
}

const char *landlock_forbid_all_but(int folder, const char **reach)
{
	return restrict_to(folder, reach);
}
