/// Finds out what really holds a worker on this machine: starts one, has it bind itself, and ends it.
package enum SandboxTrial {
  /// Maps no byte of the library, opens none of the manifest's files, and writes no record.
  ///
  /// Throws `sandbox` with the step that failed, or `system` when there is no worker.
  package static func level(
    of configuration: WorkerConfiguration, _ library: borrowing SealedLibrary
  ) throws(LoadError) -> SandboxLevel {
    var trial = configuration
    trial.manifest.permissions = .none
    // What is missing is the answer here, not a failure.
    if trial.sandbox == .required { trial.sandbox = .bestEffort }
    let process = try WorkerProcess(trial, library)
    defer { process.end() }
    return try StartingWorker(process, trial).restrict()
  }
}
