internal import CKafka
internal import Synchronization

/// What became of a message that was to be sent.
package enum KafkaSending: Sendable, Equatable {
  /// Its receipt is told.
  case taken
  /// The client holds as many messages as it may: the sender has to wait.
  case full
  /// This message is not sent; the library's words.
  case refused(String)
}

/// Sends messages to one topic; a message is acknowledged when every replica in sync has it (`acks=all`).
///
/// Idempotent: what the client itself repeats is stored once, and the order of a partition holds. ``send(_:key:_:)``
/// may be called on any thread; ``poll(milliseconds:)`` on one, all the time: it is what tells the receipts.
@safe package final class KafkaProducer: @unchecked Sendable {
  // Protected by the library, whose calls are thread-safe; all else is immutable.
  private let library: KafkaLibrary
  private let client: KafkaLibrary.Client
  private let topic: KafkaLibrary.Topic
  private let topicName: String
  private let listener: KafkaListener

  /// - Parameters:
  ///   - patience: how long the brokers may take for a message, in milliseconds, unless the properties say it.
  ///   - tell: called on any thread.
  package init(
    _ address: KafkaAddress, _ properties: KafkaProperties = KafkaProperties(),
    patience: Int = 300_000, tell: @escaping @Sendable (KafkaNotice) -> Void
  ) throws(KafkaError) {
    library = try KafkaLibrary.shared.get()
    listener = KafkaListener(tell)
    let configuration = try KafkaConfiguration(library)
    try configuration.set("delivery.timeout.ms", "\(patience)")
    // Brokers that are back, and a right to the topic that was given, are found soon, not in minutes.
    try configuration.set("topic.metadata.refresh.interval.ms", "10000")
    try configuration.set("reconnect.backoff.max.ms", "\(max(100, min(10_000, patience / 8)))")
    // One batch at a time to each broker, unless the properties say more. With several, the client takes the success of a
    // later batch for that of one before it, which holds only where the broker refuses what is out of sequence.
    try configuration.set("max.in.flight", "1")
    try configuration.set(properties)
    try configuration.set("bootstrap.servers", address.brokers.joined(separator: ","))
    try configuration.set("acks", "all")
    try configuration.set("enable.idempotence", "true")
    // The hash that Kafka's own clients use, so that a user's events meet in one partition whoever sends them.
    try configuration.set("partitioner", "murmur2_random")
    configuration.setOpaque(listener)
    unsafe configuration.withHandle { [library] in
      unsafe library.onError($0, KafkaListener.failed)
      unsafe library.onLog($0, KafkaListener.logged)
      unsafe library.onDelivery($0, delivered)
    }
    topicName = address.topic
    unsafe client = try configuration.makeClient(.producer)
    guard let topic = unsafe library.newTopic(client, address.topic, nil) else {
      let reason = library.words(library.lastError())
      unsafe library.destroyClient(client)
      throw .notStarted(reason)
    }
    unsafe self.topic = unsafe topic
  }

  deinit {
    // Whoever waits for a receipt gets it, if only to hear that it failed.
    _ = unsafe library.purge(client, 3)
    _ = unsafe library.flush(client, 1000)
    unsafe library.destroyTopic(topic)
    unsafe library.destroyClient(client)
  }

  /// Takes a message to be sent; its bytes are copied.
  ///
  /// - Parameters:
  ///   - key: messages of one key keep their order; nil: any partition.
  ///   - receipt: told once about this message, if it is taken.
  /// - Throws: ``KafkaError/failed(_:)`` when the client can never go on.
  package func send(
    _ value: RawSpan, key: RawSpan?, _ receipt: KafkaReceipt
  ) throws(KafkaError) -> KafkaSending {
    let told = unsafe Unmanaged.passRetained(receipt)
    let code = unsafe value.withUnsafeBytes { value in
      guard let key else { return unsafe produce(value, nil, told.toOpaque()) }
      return unsafe key.withUnsafeBytes { unsafe produce(value, $0, told.toOpaque()) }
    }
    if code == 0 { return .taken }
    unsafe told.release()
    switch code {
    case KafkaCode.queueFull: return .full
    case KafkaCode.fatal:
      throw .failed(unsafe library.fatalReason(of: client) ?? library.words(code))
    default: return .refused(library.words(code))
    }
  }

  private func produce(
    _ value: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer?,
    _ receipt: UnsafeMutableRawPointer
  ) -> Int32 {
    // -1: the partition that the key's hash says; 2: the bytes are copied.
    let answer = unsafe library.produce(
      topic, -1, 2, UnsafeMutableRawPointer(mutating: value.baseAddress), value.count,
      key?.baseAddress, key?.count ?? 0, receipt)
    return answer == 0 ? 0 : library.lastError()
  }

  /// Asks the brokers for the topic; nil when they answer in time, else the library's words.
  package func trouble(milliseconds: Int32) -> String? {
    let question = [KafkaPosition(partition: 0, offset: KafkaCode.end)]
    let code = unsafe library.withPartitions(of: topicName, question) {
      unsafe library.offsetsForTimes(client, $0, milliseconds)
    }
    return code == 0 ? nil : library.words(code)
  }

  /// Tells the receipts of what became of their messages; waits for the first of them.
  package func poll(milliseconds: Int32) { _ = unsafe library.poll(client, milliseconds) }

  /// Waits until nothing is on its way any more; false when that took too long.
  package func flush(milliseconds: Int32) -> Bool {
    unsafe library.flush(client, milliseconds) == 0
  }
}

/// What became of some messages that belong together; tells once, when it is known of all.
package final class KafkaReceipt: Sendable {
  private let state: Mutex<(left: Int, failure: String?)>
  private let done: @Sendable (String?) -> Void

  /// - Parameters:
  ///   - count: of the messages, at least 1.
  ///   - done: called once, on the producer's polling thread; gets the first failure, nil when all are stored.
  package init(count: Int, done: @escaping @Sendable (String?) -> Void) {
    state = Mutex((count, nil))
    self.done = done
  }

  /// Says of one message what became of it.
  package func take(_ failure: String?) {
    let isLast = state.withLock { state in
      state.left -= 1
      state.failure = state.failure ?? failure
      return state.left == 0
    }
    if isLast { done(state.withLock { $0.failure }) }
  }
}

// MARK: - Callbacks

private let delivered: KafkaLibrary.Delivered = { _, message, _ in
  guard case .success(let library) = KafkaLibrary.shared,
    let opaque = unsafe message.pointee.opaque
  else { return }
  let code = unsafe message.pointee.err
  unsafe Unmanaged<KafkaReceipt>.fromOpaque(opaque).takeRetainedValue()
    .take(code == 0 ? nil : library.words(code))
}
