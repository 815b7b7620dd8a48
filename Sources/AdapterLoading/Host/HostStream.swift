internal import Glibc

/// Standard output and standard error of the host, as a worker gets them.
enum HostStream {
  /// The worker's end: the host's stream where the manifest names it, else one that the host reads as log lines.
  ///
  /// A terminal is opened anew, for writing only: the host's own descriptor of it reads what the operator types.
  static func end(
    _ stream: Int32, _ isGranted: Bool, _ other: borrowing OwnedDescriptor
  ) throws(LoadError) -> OwnedDescriptor {
    guard isGranted else { return try other.copyAboveWorkers() }
    guard isatty(stream) == 1 else { return try OwnedDescriptor.copyAboveWorkers(stream) }
    let terminal = unsafe open("/proc/self/fd/\(stream)", O_WRONLY | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return try other.copyAboveWorkers() }
    return try OwnedDescriptor(terminal).copyAboveWorkers()
  }
}
