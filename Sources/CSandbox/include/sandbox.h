/* Thin wrappers for system calls that Swift's Glibc module does not have, each with fixed arguments.
 *
 * Every function returns what the call returns: -1 with `errno` set on failure. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdint.h>

/* An anonymous file in memory, close-on-exec, that can be sealed (memfd_create(2)). */
int sandbox_memfd(const char *name);
/* Seals it against writing, growing, shrinking, and further seals (fcntl(2), F_ADD_SEALS). */
int sandbox_seal(int descriptor);
/* Seals it against growing, shrinking, and further seals: its bytes may be written. */
int sandbox_seal_size(int descriptor);
/* 1 if all four seals of `sandbox_seal` are on, 0 if not. */
int sandbox_is_sealed(int descriptor);

/* The calling process gets SIGKILL when the thread that made it ends (PR_SET_PDEATHSIG). */
int sandbox_die_with_parent(void);
/* No set-user-id program gives the process more rights from here on (PR_SET_NO_NEW_PRIVS). */
int sandbox_no_new_privileges(void);
/* No core dump, and no other process of this user may read its memory (PR_SET_DUMPABLE 0, RLIMIT_CORE 0). */
int sandbox_no_dumps(void);
/* Closes every descriptor from `first` on (close_range(2)). */
int sandbox_close_from(unsigned first);
/* At most this many arenas of malloc(3), each of which reserves 64 MiB of addresses (mallopt(3)). */
int sandbox_limit_arenas(int most);

/* Calls `body` with the path of every library of this process; the path is the linker's (dl_iterate_phdr(3)). */
void sandbox_each_library(void (*body)(const char *path, void *context), void *context);

/* A descriptor that stands for a process, close-on-exec (pidfd_open(2)). */
int sandbox_pidfd(int process);
/* Sends a signal to that process and to no other (pidfd_send_signal(2)). */
int sandbox_signal(int pidfd, int number);

/* The kernel's version of Landlock, from 1 (landlock_create_ruleset(2), LANDLOCK_CREATE_RULESET_VERSION). */
int sandbox_landlock_version(void);
/* A set of rules that denies these accesses, for a kernel of this version; a descriptor, close-on-exec. */
int sandbox_landlock_rules(int version, uint64_t files, uint64_t network, uint64_t scopes);
/* Opens what stands at or beneath a path, which is a descriptor (landlock_add_rule(2), PATH_BENEATH). */
int sandbox_landlock_allow(int rules, int path, uint64_t access);
/* A descriptor that stands for a path without opening it, close-on-exec (open(2), O_PATH). */
int sandbox_path(const char *path);
/* The same for a path without a symbolic link in any step; ELOOP where there is one (openat2(2), RESOLVE_NO_SYMLINKS). */
int sandbox_real_path(const char *path);
/* Binds the calling thread and those it makes (landlock_restrict_self(2)). */
int sandbox_landlock_restrict(int rules);

/* One instruction of a filter: `struct sock_filter`. */
typedef struct {
    uint16_t code;
    uint8_t if_true;
    uint8_t if_false;
    uint32_t value;
} sandbox_instruction;

/* 1 if the kernel can end a process by a filter (seccomp(2), SECCOMP_GET_ACTION_AVAIL), 0 if not. */
int sandbox_has_seccomp(void);
/* Binds every thread of the process to the filter (seccomp(2), SECCOMP_FILTER_FLAG_TSYNC). */
int sandbox_filter(const sandbox_instruction *program, uint16_t count);

#endif
