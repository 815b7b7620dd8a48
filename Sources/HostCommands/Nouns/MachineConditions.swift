internal import AdapterLoading
internal import Eligibility
internal import Workspace

/// What `workspace verify` looks at on this machine, beside the workspace itself.
enum MachineConditions {
  static func all(for settings: WorkspaceSettings) -> [EligibilityCondition] {
    [sandbox(settings)]
  }

  /// Adapters are held to every part of the sandbox, and this machine has every part.
  private static func sandbox(_ settings: WorkspaceSettings) -> EligibilityCondition {
    let kernel = KernelSupport.here
    let isRequired = settings.sandboxInForce == .required
    return EligibilityCondition(
      name: "sandbox", holds: isRequired && kernel.landlock > 0 && kernel.seccomp,
      detail: isRequired
        ? "adapters are held to the whole sandbox; this machine has "
          + "\(kernel.landlock > 0 ? "Landlock \(kernel.landlock)" : "no Landlock"), "
          + "\(kernel.seccomp ? "seccomp" : "no seccomp")"
        : "adapters are not held to the whole sandbox: it is \(settings.sandboxInForce.rawValue)",
      mend: isRequired
        ? "run on a Linux kernel of 5.13 or later with Landlock and seccomp, outside what forbids them"
        : "sealpost workspace set sandbox required")
  }
}
