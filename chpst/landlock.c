#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>
#include <skalibs/strerr.h>

#include "landlock.h"

#define TROUBLE 111

/* What the kernel may know and the headers not yet: their numbers are fixed. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

#define FS(right) LANDLOCK_ACCESS_FS_##right

#define READABLE (FS(EXECUTE) | FS(READ_FILE) | FS(READ_DIR))
/* No EXECUTE: who can write a program there, can't run it. No MAKE_CHAR and MAKE_BLOCK: by a device
 * of its own root could reach everything else. */
#define WRITABLE                                                                                   \
	(FS(READ_FILE) | FS(READ_DIR) | FS(WRITE_FILE) | FS(REMOVE_DIR) | FS(REMOVE_FILE) |        \
	 FS(MAKE_DIR) | FS(MAKE_REG) | FS(MAKE_SOCK) | FS(MAKE_FIFO) | FS(MAKE_SYM) | FS(REFER) |  \
	 FS(TRUNCATE) | FS(IOCTL_DEV))
#define OF_A_FILE (FS(EXECUTE) | FS(READ_FILE) | FS(WRITE_FILE) | FS(TRUNCATE) | FS(IOCTL_DEV))

/* All rights that a kernel of that ABI can deny. */
static uint64_t known(long abi)
{
	uint64_t rights = FS(REFER) - 1;

	if (abi >= 2)
		rights |= FS(REFER);
	if (abi >= 3)
		rights |= FS(TRUNCATE);
	if (abi >= 5)
		rights |= FS(IOCTL_DEV);
	return rights;
}

static _Noreturn void refuse(void)
{
	if (errno == ENOSYS)
		strerr_dief(TROUBLE, "unable to restrict file access: the kernel has no Landlock");
	if (errno == EOPNOTSUPP)
		strerr_dief(TROUBLE, "unable to restrict file access: Landlock is disabled");
	strerr_diefusys(TROUBLE, "restrict file access");
}

static void allow(int ruleset, struct plan_path const *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	struct stat st;

	rule.parent_fd = open(path->name, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0 || fstat(rule.parent_fd, &st) < 0)
		strerr_diefusys(TROUBLE, "allow access to ", path->name);
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_A_FILE;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		strerr_diefusys(TROUBLE, "allow access to ", path->name);
	close(rule.parent_fd);
}

void landlock_restrict(struct plan_path const *paths, unsigned int n)
{
	long const abi =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 0)
		refuse();
	uint64_t const rights = known(abi);
	if (!(rights & FS(TRUNCATE)))
		strerr_warnw("this kernel cannot keep files from being truncated");
	struct landlock_ruleset_attr const a = { .handled_access_fs = rights };
	int const ruleset = (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
	if (ruleset < 0)
		refuse();
	for (unsigned int i = 0; i < n; i++)
		allow(ruleset, &paths[i], (paths[i].write ? WRITABLE : READABLE) & rights);
	/* root could do without, but no program is to be more than we are where it sees less */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		refuse();
	close(ruleset);
}
