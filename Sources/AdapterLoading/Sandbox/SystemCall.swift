/// A system call and its number on each machine; nil where the machine does not have it.
///
/// Sources: `asm/unistd_64.h` for x86-64, `asm-generic/unistd.h` for arm64 (Linux 6.18); a test holds the table
/// against the headers of the machine that it runs on.
struct SystemCall: Sendable, Equatable {
  let name: String
  let x86: UInt32
  let arm64: UInt32?

  init(_ name: String, _ x86: UInt32, _ arm64: UInt32? = nil) {
    self.name = name
    self.x86 = x86
    self.arm64 = arm64
  }

  func number(on machine: SeccompMachine) -> UInt32? {
    switch machine {
    case .x86: x86
    case .arm64: arm64
    }
  }
}

/// A machine for which there are numbers.
enum SeccompMachine: UInt32, Sendable, CaseIterable {
  /// `AUDIT_ARCH_X86_64` and `AUDIT_ARCH_AARCH64` of linux/audit.h.
  case x86 = 0xC000_003E
  case arm64 = 0xC000_00B7

  #if arch(x86_64)
    static let here: SeccompMachine? = .x86
  #elseif arch(arm64)
    static let here: SeccompMachine? = .arm64
  #else
    static let here: SeccompMachine? = nil
  #endif
}

// MARK: - What an adapter may do

extension SystemCall {
  /// What a descriptor can do that the worker has.
  static let descriptors: [SystemCall] = [
    .init("read", 0, 63),
    .init("write", 1, 64),
    .init("readv", 19, 65),
    .init("writev", 20, 66),
    .init("pread64", 17, 67),
    .init("pwrite64", 18, 68),
    .init("preadv", 295, 69),
    .init("pwritev", 296, 70),
    .init("preadv2", 327, 286),
    .init("pwritev2", 328, 287),
    .init("lseek", 8, 62),
    .init("close", 3, 57),
    .init("close_range", 436, 436),
    .init("fstat", 5, 80),
    .init("fsync", 74, 82),
    .init("fdatasync", 75, 83),
    .init("sync_file_range", 277, 84),
    .init("ftruncate", 77, 46),
    .init("fallocate", 285, 47),
    .init("fadvise64", 221, 223),
    .init("flock", 73, 32),
    .init("dup", 32, 23),
    .init("dup2", 33),
    .init("dup3", 292, 24),
    .init("pipe", 22),
    .init("pipe2", 293, 59),
    .init("eventfd", 284),
    .init("eventfd2", 290, 19),
    .init("copy_file_range", 326, 285),
    .init("sendfile", 40, 71),
  ]

  /// Files: which ones is for Landlock to say.
  static let files: [SystemCall] = [
    .init("open", 2),
    .init("openat", 257, 56),
    .init("openat2", 437, 437),
    .init("stat", 4),
    .init("lstat", 6),
    .init("newfstatat", 262, 79),
    .init("statx", 332, 291),
    .init("access", 21),
    .init("faccessat", 269, 48),
    .init("faccessat2", 439, 439),
    .init("readlink", 89),
    .init("readlinkat", 267, 78),
    .init("getdents", 78),
    .init("getdents64", 217, 61),
    .init("getcwd", 79, 17),
    .init("mkdir", 83),
    .init("mkdirat", 258, 34),
    .init("rename", 82),
    .init("renameat", 264, 38),
    .init("renameat2", 316, 276),
    .init("unlink", 87),
    .init("unlinkat", 263, 35),
    .init("rmdir", 84),
    .init("umask", 95, 166),
    .init("statfs", 137, 43),
    .init("fstatfs", 138, 44),
  ]

  /// Waiting and time-outs.
  static let waiting: [SystemCall] = [
    .init("poll", 7),
    .init("ppoll", 271, 73),
    .init("select", 23),
    .init("pselect6", 270, 72),
    .init("epoll_create", 213),
    .init("epoll_create1", 291, 20),
    .init("epoll_ctl", 233, 21),
    .init("epoll_wait", 232),
    .init("epoll_pwait", 281, 22),
    .init("epoll_pwait2", 441, 441),
    .init("futex", 202, 98),
    .init("futex_waitv", 449, 449),
    .init("nanosleep", 35, 101),
    .init("clock_nanosleep", 230, 115),
    .init("timerfd_create", 283, 85),
    .init("timerfd_settime", 286, 86),
    .init("timerfd_gettime", 287, 87),
    .init("timer_create", 222, 107),
    .init("timer_settime", 223, 110),
    .init("timer_gettime", 224, 108),
    .init("timer_getoverrun", 225, 109),
    .init("timer_delete", 226, 111),
    .init("getitimer", 36, 102),
    .init("setitimer", 38, 103),
    .init("alarm", 37),
    .init("pause", 34),
    .init("restart_syscall", 219, 128),
    .init("sched_yield", 24, 124),
  ]

  /// Memory, but for new mappings.
  static let memory: [SystemCall] = [
    .init("munmap", 11, 215),
    .init("mremap", 25, 216),
    .init("madvise", 28, 233),
    .init("brk", 12, 214),
    .init("msync", 26, 227),
    .init("mincore", 27, 232),
    .init("mlock", 149, 228),
    .init("munlock", 150, 229),
    .init("mlock2", 325, 284),
    .init("membarrier", 324, 283),
    .init("mseal", 462, 462),
  ]

  /// The time.
  static let clock: [SystemCall] = [
    .init("clock_gettime", 228, 113),
    .init("clock_getres", 229, 114),
    .init("gettimeofday", 96, 169),
    .init("time", 201),
    .init("times", 100, 153),
    .init("getrusage", 98, 165),
  ]

  /// What a process may know of itself.
  static let process: [SystemCall] = [
    .init("getpid", 39, 172),
    .init("gettid", 186, 178),
    .init("getppid", 110, 173),
    .init("getuid", 102, 174),
    .init("geteuid", 107, 175),
    .init("getgid", 104, 176),
    .init("getegid", 108, 177),
    .init("getgroups", 115, 158),
    .init("getresuid", 118, 148),
    .init("getresgid", 120, 150),
    .init("getpgrp", 111),
    .init("getpgid", 121, 155),
    .init("getsid", 124, 156),
    .init("uname", 63, 160),
    .init("sysinfo", 99, 179),
    .init("getcpu", 309, 168),
    .init("getpriority", 140, 141),
    .init("sched_getaffinity", 204, 123),
    .init("sched_getscheduler", 145, 120),
    .init("sched_getparam", 143, 121),
    .init("sched_get_priority_max", 146, 125),
    .init("sched_get_priority_min", 147, 126),
    .init("getrandom", 318, 278),
    .init("exit", 60, 93),
    .init("exit_group", 231, 94),
    .init("set_tid_address", 218, 96),
    .init("set_robust_list", 273, 99),
    .init("get_robust_list", 274, 100),
    .init("rseq", 334, 293),
    .init("arch_prctl", 158),
    .init("capget", 125, 90),
  ]

  /// Its own signals.
  static let signals: [SystemCall] = [
    .init("rt_sigaction", 13, 134),
    .init("rt_sigprocmask", 14, 135),
    .init("rt_sigreturn", 15, 139),
    .init("rt_sigpending", 127, 136),
    .init("rt_sigtimedwait", 128, 137),
    .init("rt_sigsuspend", 130, 133),
    .init("sigaltstack", 131, 132),
  ]

  static let harmless = [descriptors, files, waiting, memory, clock, process, signals].flatMap {
    $0
  }
}
