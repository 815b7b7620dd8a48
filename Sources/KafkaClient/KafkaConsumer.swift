internal import CKafka

/// One member of a consumer group, reading one topic; partitions move one by one (cooperative-sticky).
///
/// Only offsets of which ``done(_:)`` was said are committed. All calls come from one thread, at least once in
/// `max.poll.interval.ms` (five minutes by default), or the group takes the partitions away.
@safe package final class KafkaConsumer {
  /// The topic that is read.
  package let topic: String
  let library: KafkaLibrary
  let client: KafkaLibrary.Client
  private let rebalances: Rebalances
  private var isClosed = false

  /// Joins the group; throws ``KafkaError`` when the library is absent or a setting is not acceptable.
  ///
  /// A broker that cannot be reached is no error: the client goes on trying, and says so by `tell`.
  ///
  /// - Parameter tell: called on any thread.
  package init(
    _ address: KafkaAddress, group: String, _ properties: KafkaProperties = KafkaProperties(),
    tell: @escaping @Sendable (KafkaNotice) -> Void
  ) throws(KafkaError) {
    library = try KafkaLibrary.shared.get()
    topic = address.topic
    rebalances = Rebalances(library, tell)
    let configuration = try KafkaConfiguration(library)
    try configuration.set(properties)
    for (name, value) in Self.owned(address, group) { try configuration.set(name, value) }
    configuration.setOpaque(rebalances)
    unsafe configuration.withHandle { [library] in
      unsafe library.onRebalance($0, Rebalances.rebalanced)
      unsafe library.onCommit($0, Rebalances.committed)
      unsafe library.onError($0, KafkaListener.failed)
      unsafe library.onLog($0, KafkaListener.logged)
    }
    unsafe client = try configuration.makeClient(.consumer)
    _ = unsafe library.redirectMainQueue(client)
    try subscribe()
  }

  deinit {
    close()
    unsafe library.destroyClient(client)
  }

  /// What the host's promises rest on.
  private static func owned(_ address: KafkaAddress, _ group: String) -> [(String, String)] {
    [
      ("bootstrap.servers", address.brokers.joined(separator: ",")), ("group.id", group),
      ("enable.auto.commit", "true"), ("auto.commit.interval.ms", "500"),
      ("enable.auto.offset.store", "false"),
      ("partition.assignment.strategy", "cooperative-sticky"), ("auto.offset.reset", "earliest"),
      ("check.crcs", "true"),
    ]
  }

  private func subscribe() throws(KafkaError) {
    let code = unsafe withPartitions([]) { list in
      _ = unsafe library.addPartition(list, topic, -1)
      return unsafe library.subscribe(client, list)
    }
    guard code == 0 else { throw .notStarted(library.words(code)) }
  }

  /// Leaves the group, so that its partitions move at once; commits nothing.
  package func close() {
    guard !isClosed else { return }
    isClosed = true
    rebalances.isClosing = true
    _ = unsafe library.closeConsumer(client)
  }
}

// MARK: - Reading

extension KafkaConsumer {
  /// Waits for the next message, or for a change of the partitions.
  ///
  /// - Parameter body: gets the message's value, nil for one without (a tombstone), borrowed until it returns; its place;
  ///   and its time as its topic has it, in milliseconds since 1970, or -1.
  /// - Throws: ``KafkaError/failed(_:)`` when the client can never go on. What it gets over is told instead.
  package func poll(
    milliseconds: Int32, _ body: (RawSpan?, KafkaPosition, Int64) -> Void
  ) throws(KafkaError) -> KafkaPoll {
    if let change = rebalances.next() { return change }
    guard let message = unsafe library.pollConsumer(client, milliseconds) else {
      return rebalances.next() ?? .nothing
    }
    defer { unsafe library.destroyMessage(message) }
    let code = unsafe message.pointee.err
    guard code == 0 else {
      try judge(code)
      return .nothing
    }
    let position = unsafe KafkaPosition(
      partition: message.pointee.partition, offset: message.pointee.offset)
    var kind: Int32 = 0
    let time = unsafe library.timestamp(message, &kind)
    if let payload = unsafe message.pointee.payload {
      let bytes = unsafe UnsafeRawBufferPointer(start: payload, count: message.pointee.len)
      unsafe body(bytes.bytes, position, time)
    } else {
      body(nil, position, time)
    }
    return .message
  }

  private func judge(_ code: Int32) throws(KafkaError) {
    let words = library.words(code)
    guard code == KafkaCode.fatal || KafkaCode.hopeless.contains(code) else {
      return rebalances.tell(.trouble(words))
    }
    let reason = code == KafkaCode.fatal ? unsafe library.fatalReason(of: client) : nil
    throw .failed(reason ?? words)
  }
}
