#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

int sandbox_memfd(const char *name) {
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int sandbox_seal(int descriptor) { return fcntl(descriptor, F_ADD_SEALS, SEALS); }

int sandbox_seal_size(int descriptor) {
    return fcntl(descriptor, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
}

int sandbox_is_sealed(int descriptor) {
    int seals = fcntl(descriptor, F_GET_SEALS);
    return seals < 0 ? seals : (seals & SEALS) == SEALS;
}

int sandbox_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

int sandbox_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int sandbox_no_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int sandbox_close_from(unsigned first) {
    return (int)syscall(SYS_close_range, first, ~0u, 0u);
}

int sandbox_limit_arenas(int most) { return mallopt(M_ARENA_MAX, most) == 1 ? 0 : -1; }

struct each {
    void (*body)(const char *path, void *context);
    void *context;
};

static int each_library(struct dl_phdr_info *library, size_t size, void *context) {
    struct each *each = context;
    (void)size;
    each->body(library->dlpi_name, each->context);
    return 0;
}

void sandbox_each_library(void (*body)(const char *path, void *context), void *context) {
    struct each each = {body, context};
    dl_iterate_phdr(each_library, &each);
}

int sandbox_pidfd(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int sandbox_signal(int pidfd, int number) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

/* The structures of linux/landlock.h as of version 6, since the header of an older kernel lacks the later members; the
 * system calls have the same numbers on every machine. */
#define LANDLOCK_CREATE_RULESET 444
#define LANDLOCK_ADD_RULE 445
#define LANDLOCK_RESTRICT_SELF 446

struct ruleset {
    uint64_t files;
    uint64_t network; /* from version 4 */
    uint64_t scopes;  /* from version 6 */
};

struct path_beneath {
    uint64_t access;
    int32_t path;
} __attribute__((packed));

_Static_assert(sizeof(struct path_beneath) == 12, "packed, as in linux/landlock.h");
_Static_assert(sizeof(sandbox_instruction) == sizeof(struct sock_filter), "the same structure");
_Static_assert(offsetof(sandbox_instruction, value) == offsetof(struct sock_filter, k), "the same structure");

int sandbox_landlock_version(void) { return (int)syscall(LANDLOCK_CREATE_RULESET, NULL, 0, 1u); }

int sandbox_landlock_rules(int version, uint64_t files, uint64_t network, uint64_t scopes) {
    struct ruleset rules = {files, network, scopes};
    size_t size = version >= 6   ? sizeof rules
                  : version >= 4 ? offsetof(struct ruleset, scopes)
                                 : offsetof(struct ruleset, network);
    return (int)syscall(LANDLOCK_CREATE_RULESET, &rules, size, 0u);
}

int sandbox_landlock_allow(int rules, int path, uint64_t access) {
    struct path_beneath rule = {access, path};
    return (int)syscall(LANDLOCK_ADD_RULE, rules, 1, &rule, 0u);
}

int sandbox_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

int sandbox_real_path(const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

int sandbox_landlock_restrict(int rules) { return (int)syscall(LANDLOCK_RESTRICT_SELF, rules, 0u); }

int sandbox_has_seccomp(void) {
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0u, &action) == 0;
}

int sandbox_filter(const sandbox_instruction *program, uint16_t count) {
    struct sock_fprog whole = {count, (struct sock_filter *)(uintptr_t)program};
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &whole);
    /* A positive result is a thread that could not be bound. */
    if (result > 0) errno = EBUSY;
    return result == 0 ? 0 : -1;
}
