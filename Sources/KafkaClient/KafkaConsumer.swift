internal import CKafka
internal import Synchronization

/// Where a message stands in its topic.
package struct KafkaPosition: Sendable, Equatable {
  package let partition: Int32
  /// From 0; a committed offset is the one *behind* the last message that is done.
  package let offset: Int64

  package init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}

/// What a poll brought.
package enum KafkaPoll: Sendable, Equatable {
  case nothing
  /// It was given to the poll's closure.
  case message
  /// These partitions are to be read from now on: answer by ``KafkaConsumer/accept(_:)``.
  case assigned([Int32])
  /// These go to another member of the group: finish what was read of them, commit, then ``KafkaConsumer/release(_:)``.
  ///
  /// `isLost`: another member has them already; nothing can be committed any more.
  case revoked([Int32], isLost: Bool)
}

/// One member of a consumer group, reading one topic; partitions move one by one (cooperative-sticky).
///
/// Only offsets of which ``done(_:)`` was said are committed. All calls come from one thread, at least once in
/// `max.poll.interval.ms` (five minutes by default), or the group takes the partitions away.
@safe package final class KafkaConsumer {
  /// The topic that is read.
  package let topic: String
  private let library: KafkaLibrary
  private let client: KafkaLibrary.Client
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

// MARK: - Partitions

extension KafkaConsumer {
  /// Begins to read the partitions, each from the group's committed offset, or its first message.
  package func accept(_ partitions: [Int32]) throws(KafkaError) {
    try unsafe change(partitions, library.assign)
  }

  /// Lets the partitions go; they may be read elsewhere from now on.
  package func release(_ partitions: [Int32]) throws(KafkaError) {
    try unsafe change(partitions, library.unassign)
  }

  private func change(
    _ partitions: [Int32],
    _ call: @convention(c) (KafkaLibrary.Client, KafkaLibrary.Partitions) -> KafkaLibrary.Failure?
  ) throws(KafkaError) {
    let positions = partitions.map { KafkaPosition(partition: $0, offset: KafkaCode.noOffset) }
    let words: String? = unsafe withPartitions(positions) { list in
      guard let failure = unsafe call(client, list) else { return nil }
      defer { unsafe library.destroyError(failure) }
      return unsafe library.errorString(failure).map { unsafe String(cString: $0) } ?? "no reason"
    }
    if let words { throw .failed(words) }
  }

  /// Stops giving messages of the partitions, or goes on: who is paused can poll without getting any.
  ///
  /// A partition that was just accepted may begin to be read after that all the same: what comes then is to be kept.
  package func pause(_ partitions: [Int32], _ isPaused: Bool) {
    let positions = partitions.map { KafkaPosition(partition: $0, offset: KafkaCode.noOffset) }
    unsafe withPartitions(positions) { list in
      _ = unsafe isPaused ? library.pause(client, list) : library.resume(client, list)
    }
  }

  /// Everything before these offsets is done: the client commits them soon, at a moment when the group is at rest.
  ///
  /// A commit of one's own would be refused while the group is divided anew, and cost this member its partitions.
  package func done(_ positions: [KafkaPosition]) {
    unsafe withPartitions(positions) { list in
      // A partition that is read elsewhere by now is refused, as it should be.
      _ = unsafe library.storeOffsets(client, list)
    }
  }

  /// Commits at once, and waits for the group's answer: for partitions that are about to be released.
  ///
  /// - Returns: why the brokers did not take it; nil when they did.
  package func commit(_ positions: [KafkaPosition]) -> String? {
    guard !positions.isEmpty else { return nil }
    let code = unsafe withPartitions(positions) { unsafe library.commit(client, $0, 0) }
    return code == 0 ? nil : library.words(code)
  }

  /// What the group has committed, as the brokers answer; a partition without a commit is left out.
  package func committed(_ partitions: [Int32], milliseconds: Int32) -> [KafkaPosition]? {
    let positions = partitions.map { KafkaPosition(partition: $0, offset: KafkaCode.noOffset) }
    return unsafe withPartitions(positions) { list in
      guard unsafe library.committed(client, list, milliseconds) == 0 else { return nil }
      return unsafe KafkaLibrary.positions(list).filter { $0.offset >= 0 }
    }
  }

  /// The first offset that the brokers still have, of each partition; nil when they do not answer in time.
  package func firstOffsets(_ partitions: [Int32], milliseconds: Int32) -> [Int32: Int64]? {
    asked(partitions, KafkaCode.beginning, milliseconds)
  }

  /// The offset behind each partition's last message; nil when the brokers do not answer in time.
  package func ends(_ partitions: [Int32], milliseconds: Int32) -> [Int32: Int64]? {
    asked(partitions, KafkaCode.end, milliseconds)
  }

  /// The library's call for a partition's two watermarks would wait for brokers that are away, whatever time it is given.
  private func asked(
    _ partitions: [Int32], _ place: Int64, _ milliseconds: Int32
  ) -> [Int32: Int64]? {
    guard !partitions.isEmpty else { return [:] }
    let questions = partitions.map { KafkaPosition(partition: $0, offset: place) }
    return unsafe withPartitions(questions) { list in
      guard unsafe library.offsetsForTimes(client, list, milliseconds) == 0 else { return nil }
      let answers = unsafe KafkaLibrary.positions(list).filter { $0.offset >= 0 }
      return Dictionary(
        answers.map { ($0.partition, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// The offset behind the partition's last message as the last fetch's answer had it; nil before the first.
  package func knownEnd(_ partition: Int32) -> Int64? {
    var (low, high) = (Int64(0), Int64(0))
    let code = unsafe library.cachedWatermarks(client, topic, partition, &low, &high)
    return code == 0 && high >= 0 ? high : nil
  }

  private func withPartitions<Answer>(
    _ positions: [KafkaPosition], _ body: (KafkaLibrary.Partitions) -> Answer
  ) -> Answer {
    unsafe library.withPartitions(of: topic, positions, body)
  }
}

// MARK: - Callbacks

/// Changes of the partitions that the library told of and the reader has not seen yet.
///
/// The library calls on the thread that polls; only a log line comes on another.
private final class Rebalances: KafkaListener, @unchecked Sendable {
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
