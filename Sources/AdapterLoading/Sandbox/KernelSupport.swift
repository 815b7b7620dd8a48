/// What there is to hold a worker with.
package struct KernelSupport: Sendable, Equatable {
  /// The version of Landlock; 0 without it.
  package var landlock: Int
  /// Whether there are filters of system calls, for this kernel and this machine.
  package var seccomp: Bool

  package init(landlock: Int, seccomp: Bool) {
    self.landlock = landlock
    self.seccomp = seccomp
  }

  /// Of this kernel.
  package static var here: KernelSupport {
    KernelSupport(
      landlock: Landlock.version ?? 0, seccomp: SeccompMachine.here != nil && Sandbox.hasSeccomp)
  }

  /// What both have.
  func common(with other: KernelSupport) -> KernelSupport {
    KernelSupport(
      landlock: min(landlock, other.landlock), seccomp: seccomp && other.seccomp)
  }
}
