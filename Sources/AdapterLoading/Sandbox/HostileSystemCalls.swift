// Calls that are allowed with some arguments only, and calls that no honest adapter makes.

extension SystemCall {
  static let mmap = SystemCall("mmap", 9, 222)
  static let mprotect = SystemCall("mprotect", 10, 226)
  static let pkeyMprotect = SystemCall("pkey_mprotect", 329, 288)
  static let clone = SystemCall("clone", 56, 220)
  static let clone3 = SystemCall("clone3", 435, 435)
  static let prctl = SystemCall("prctl", 157, 167)
  static let prlimit64 = SystemCall("prlimit64", 302, 261)
  static let getrlimit = SystemCall("getrlimit", 97, 163)
  static let fcntl = SystemCall("fcntl", 72, 25)
  static let ioctl = SystemCall("ioctl", 16, 29)
  static let tgkill = SystemCall("tgkill", 234, 131)
  static let kill = SystemCall("kill", 62, 129)
  static let tkill = SystemCall("tkill", 200, 130)
  static let rtSigqueueinfo = SystemCall("rt_sigqueueinfo", 129, 138)
  static let rtTgsigqueueinfo = SystemCall("rt_tgsigqueueinfo", 297, 240)
  static let sendto = SystemCall("sendto", 44, 206)
  static let recvfrom = SystemCall("recvfrom", 45, 207)
  static let shutdown = SystemCall("shutdown", 48, 210)
  static let seccomp = SystemCall("seccomp", 317, 277)

  /// New processes, other processes, sockets, mounts, rights: attempts on the host, which end the worker at once.
  static let hostile: [SystemCall] = [
    .init("fork", 57),
    .init("vfork", 58),
    .init("execve", 59, 221),
    .init("execveat", 322, 281),
    .init("ptrace", 101, 117),
    .init("process_vm_readv", 310, 270),
    .init("process_vm_writev", 311, 271),
    .init("process_madvise", 440, 440),
    .init("pidfd_open", 434, 434),
    .init("pidfd_getfd", 438, 438),
    .init("pidfd_send_signal", 424, 424),
    .init("socket", 41, 198),
    .init("socketpair", 53, 199),
    .init("bind", 49, 200),
    .init("connect", 42, 203),
    .init("listen", 50, 201),
    .init("accept", 43, 202),
    .init("accept4", 288, 242),
    .init("sendmsg", 46, 211),
    .init("sendmmsg", 307, 269),
    .init("recvmsg", 47, 212),
    .init("recvmmsg", 299, 243),
    .init("mount", 165, 40),
    .init("umount2", 166, 39),
    .init("pivot_root", 155, 41),
    .init("chroot", 161, 51),
    .init("unshare", 272, 97),
    .init("setns", 308, 268),
    .init("open_tree", 428, 428),
    .init("move_mount", 429, 429),
    .init("fsopen", 430, 430),
    .init("fsconfig", 431, 431),
    .init("fsmount", 432, 432),
    .init("fspick", 433, 433),
    .init("mount_setattr", 442, 442),
    .init("bpf", 321, 280),
    .init("perf_event_open", 298, 241),
    .init("userfaultfd", 323, 282),
    .init("io_uring_setup", 425, 425),
    .init("io_uring_enter", 426, 426),
    .init("io_uring_register", 427, 427),
    .init("keyctl", 250, 219),
    .init("add_key", 248, 217),
    .init("request_key", 249, 218),
    .init("init_module", 175, 105),
    .init("finit_module", 313, 273),
    .init("delete_module", 176, 106),
    .init("kexec_load", 246, 104),
    .init("kexec_file_load", 320, 294),
    .init("reboot", 169, 142),
    .init("swapon", 167, 224),
    .init("swapoff", 168, 225),
    .init("setuid", 105, 146),
    .init("setgid", 106, 144),
    .init("setreuid", 113, 145),
    .init("setregid", 114, 143),
    .init("setresuid", 117, 147),
    .init("setresgid", 119, 149),
    .init("setfsuid", 122, 151),
    .init("setfsgid", 123, 152),
    .init("setgroups", 116, 159),
    .init("capset", 126, 91),
    .init("personality", 135, 92),
    .init("open_by_handle_at", 304, 265),
    .init("name_to_handle_at", 303, 264),
    .init("chmod", 90),
    .init("fchmodat", 268, 53),
    .init("fchmodat2", 452, 452),
    .init("chown", 92),
    .init("lchown", 94),
    .init("fchownat", 260, 54),
    .init("setxattr", 188, 5),
    .init("lsetxattr", 189, 6),
    .init("removexattr", 197, 14),
    .init("lremovexattr", 198, 15),
    .init("symlink", 88),
    .init("symlinkat", 266, 36),
    .init("link", 86),
    .init("linkat", 265, 37),
    .init("mknod", 133),
    .init("mknodat", 259, 33),
    .init("landlock_create_ruleset", 444, 444),
    .init("landlock_add_rule", 445, 445),
    .init("landlock_restrict_self", 446, 446),
    .init("process_mrelease", 448, 448),
    .init("kcmp", 312, 272),
    .init("setrlimit", 160, 164),
    .init("iopl", 172),
    .init("ioperm", 173),
    .init("modify_ldt", 154),
    .init("quotactl", 179, 60),
    .init("acct", 163, 89),
    .init("settimeofday", 164, 170),
    .init("clock_settime", 227, 112),
    .init("adjtimex", 159, 171),
    .init("clock_adjtime", 305, 266),
    .init("sethostname", 170, 161),
    .init("setdomainname", 171, 162),
    .init("syslog", 103, 116),
    .init("vhangup", 153, 58),
  ]
}
