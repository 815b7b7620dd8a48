/// What a client's callbacks reach, by the pointer that its configuration was given.
///
/// Errors and deliveries come on the thread that polls, lines of the log on any.
class KafkaListener: @unchecked Sendable {
  // Protected by immutability here; a subclass says how its own variables are.
  let tell: @Sendable (KafkaNotice) -> Void

  init(_ tell: @escaping @Sendable (KafkaNotice) -> Void) { self.tell = tell }

  fileprivate static func of(_ opaque: UnsafeMutableRawPointer?) -> KafkaListener? {
    unsafe opaque.map { unsafe Unmanaged<KafkaListener>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Told of what the client gets over by itself.
  static let failed: KafkaLibrary.Failed = { _, _, reason, opaque in
    unsafe KafkaListener.of(opaque)?.tell(.trouble(String(cString: reason)))
  }

  /// Told of each line of the library's log.
  static let logged: KafkaLibrary.Logged = { client, level, _, line in
    guard case .success(let library) = KafkaLibrary.shared else { return }
    unsafe KafkaListener.of(library.opaque(client))?.tell(
      .log(level: Int(level), String(cString: line)))
  }
}
