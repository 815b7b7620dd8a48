/// Changes of the partitions that the library told of and the reader has not seen yet.
///
/// The library calls on the thread that polls; only a log line comes on another.
final class Rebalances: KafkaListener, @unchecked Sendable {
  // Protected by confinement to the polling thread.
  private let library: KafkaLibrary
  private var waiting: [KafkaPoll] = []
  /// While the consumer leaves the group nobody polls: what is taken away is let go at once.
  var isClosing = false

  init(_ library: KafkaLibrary, _ tell: @escaping @Sendable (KafkaNotice) -> Void) {
    self.library = library
    super.init(tell)
  }

  /// A commit while partitions move is refused, and made again: it is no trouble.
  func answered(_ code: Int32) {
    guard code != 0, !KafkaCode.moving.contains(code) else { return }
    tell(.trouble("offsets were not committed: \(library.words(code))"))
  }

  func next() -> KafkaPoll? { waiting.isEmpty ? nil : waiting.removeFirst() }

  func changed(_ client: KafkaLibrary.Client, _ code: Int32, _ list: KafkaLibrary.Partitions) {
    if isClosing {
      if let failure = unsafe library.unassign(client, list) {
        unsafe library.destroyError(failure)
      }
      return
    }
    let partitions = unsafe KafkaLibrary.positions(list).map(\.partition)
    switch code {
    case KafkaCode.assign: waiting.append(.assigned(partitions))
    case KafkaCode.revoke:
      let isLost = unsafe library.isAssignmentLost(client) != 0
      waiting.append(.revoked(partitions, isLost: isLost))
    default: tell(.trouble(library.words(code)))
    }
    // Back to the reader at once: the group waits for its answer.
    unsafe library.yield(client)
  }

  /// Told of what became of a commit that was not waited for.
  static let committed: KafkaLibrary.Committed = { _, code, _, opaque in
    guard let opaque = unsafe opaque else { return }
    unsafe Unmanaged<Rebalances>.fromOpaque(opaque).takeUnretainedValue().answered(code)
  }

  /// Told of partitions that come or go.
  static let rebalanced: KafkaLibrary.Rebalanced = { client, code, partitions, opaque in
    guard let opaque = unsafe opaque else { return }
    unsafe Unmanaged<Rebalances>.fromOpaque(opaque).takeUnretainedValue()
      .changed(client, code, partitions)
  }
}
