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
/* 1 if all four seals are on, 0 if not. */
int sandbox_is_sealed(int descriptor);

/* The calling process gets SIGKILL when the thread that made it ends (PR_SET_PDEATHSIG). */
int sandbox_die_with_parent(void);
/* No set-user-id program gives the process more rights from here on (PR_SET_NO_NEW_PRIVS). */
int sandbox_no_new_privileges(void);
/* No core dump, and no other process of this user may read its memory (PR_SET_DUMPABLE 0, RLIMIT_CORE 0). */
int sandbox_no_dumps(void);
/* Closes every descriptor from `first` on (close_range(2)). */
int sandbox_close_from(unsigned first);

/* A descriptor that stands for a process, close-on-exec (pidfd_open(2)). */
int sandbox_pidfd(int process);
/* Sends a signal to that process and to no other (pidfd_send_signal(2)). */
int sandbox_signal(int pidfd, int number);

#endif
