internal import Glibc

/// The two filters of a worker.
///
/// The first holds before any byte of the adapter runs: `dlopen` still has to map code. The second is added right after:
/// from then on no page becomes executable. An attempt on the host ends the worker, so that it is seen and recorded; a
/// call that is merely unknown fails with `ENOSYS`, as on an older kernel, so that libraries fall back.
enum SeccompRules {
  /// Calls whose arguments matter come first: for the others the kernel remembers the verdict and runs no filter.
  static func beforeLoading(process: UInt32, on machine: SeccompMachine) -> SeccompProgram {
    SeccompProgram(
      withArguments(process) + SystemCall.harmless.map { .init(call: $0, verdict: .allow) }
        + SystemCall.hostile.map { .init(call: $0, verdict: .kill) },
      every: .fail(ENOSYS), on: machine)
  }

  /// On top of the first: the kernel takes the stricter verdict of the two.
  static func afterLoading(on machine: SeccompMachine) -> SeccompProgram {
    let executable = UInt32(PROT_EXEC)
    return SeccompProgram(
      [SystemCall.mmap, .mprotect, .pkeyMprotect].map {
        .init(
          call: $0, verdict: .allow, condition: .lacksAll(executable, argument: 2),
          otherwise: .fail(EACCES))
      } + [.init(call: .seccomp, verdict: .kill)],
      every: .allow, on: machine)
  }

  private static func withArguments(_ process: UInt32) -> [SeccompProgram.Rule] {
    descriptors + mappings + threads(process) + limits
  }

  /// No page is writable and executable at once, not even while the library is mapped.
  private static var mappings: [SeccompProgram.Rule] {
    [SystemCall.mmap, .mprotect, .pkeyMprotect].map {
      .init(
        call: $0, verdict: .allow,
        condition: .lacksAny(UInt32(PROT_WRITE | PROT_EXEC), argument: 2),
        otherwise: .fail(EACCES))
    }
  }

  /// Threads but no processes, and signals only to itself.
  private static func threads(_ process: UInt32) -> [SeccompProgram.Rule] {
    // CLONE_THREAD. clone3 has its flags in memory, where no filter sees them: glibc falls back to clone.
    [
      .init(call: .clone, verdict: .allow, condition: .hasAll(0x0001_0000, argument: 0)),
      .init(call: .clone3, verdict: .fail(ENOSYS)),
    ]
      + [SystemCall.tgkill, .kill, .rtSigqueueinfo, .rtTgsigqueueinfo].map {
        .init(call: $0, verdict: .allow, condition: .isAny(of: [process], argument: 0))
      } + [.init(call: .tkill, verdict: .kill)]
  }

  /// What it may set of itself: names, for the debugger; its limits it may only read.
  private static var limits: [SeccompProgram.Rule] {
    // PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_NO_NEW_PRIVS, PR_SET_VMA.
    let options: [UInt32] = [2, 3, 15, 16, 39, 0x5356_4D41]
    return [
      .init(
        call: .prctl, verdict: .allow, condition: .isAny(of: options, argument: 0),
        otherwise: .fail(EPERM)),
      .init(
        call: .prlimit64, verdict: .allow, condition: .isNull(argument: 2), otherwise: .fail(EPERM)),
      .init(call: .getrlimit, verdict: .allow),
      // For the second filter, which then denies it.
      .init(call: .seccomp, verdict: .allow),
    ]
  }

  /// Nothing that sends a signal (`F_SETOWN`), steers a terminal (`TIOCSTI`), or names another address.
  private static var descriptors: [SeccompProgram.Rule] {
    // 36…38 are F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW; 1034 is F_GET_SEALS.
    let commands =
      [
        F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW,
        F_DUPFD_CLOEXEC, 36, 37, 38, 1034,
      ].map { UInt32($0) }
    // TCGETS (isatty), FIONREAD, FIONBIO, FIOCLEX.
    let controls: [UInt32] = [0x5401, 0x541B, 0x5421, 0x5451]
    return [
      .init(call: .sendto, verdict: .allow, condition: .isNull(argument: 4)),
      .init(
        call: .fcntl, verdict: .allow, condition: .isAny(of: commands, argument: 1),
        otherwise: .fail(EPERM)),
      .init(
        call: .ioctl, verdict: .allow, condition: .isAny(of: controls, argument: 1),
        otherwise: .fail(ENOTTY)),
      .init(call: .recvfrom, verdict: .allow), .init(call: .shutdown, verdict: .allow),
    ]
  }
}
