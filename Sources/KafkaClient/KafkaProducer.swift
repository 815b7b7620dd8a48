internal import CKafka
internal import Synchronization

/// Sends messages to one topic; a message is acknowledged when every replica in sync has it (`acks=all`).
///
/// Idempotent: what the client itself repeats is stored once, and the order of a partition holds. ``send(_:key:_:)``
/// may be called on any thread; ``poll(milliseconds:)`` on one, all the time: it is what tells the receipts.
@safe package final class KafkaProducer: @unchecked Sendable {
  // Protected by the library, whose calls are thread-safe; all else is immutable.
  private let library: KafkaLibrary
  private let client: KafkaLibrary.Client
  private let topic: KafkaLibrary.Topic
  private let listener: KafkaListener

  /// - Parameter tell: called on any thread.
  package init(
    _ address: KafkaAddress, _ properties: KafkaProperties = KafkaProperties(),
    tell: @escaping @Sendable (KafkaNotice) -> Void
  ) throws(KafkaError) {
    library = try KafkaLibrary.shared.get()
    listener = KafkaListener(tell)
    let configuration = try KafkaConfiguration(library)
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
  ///   - receipt: told once about this message, unless the answer is false.
  /// - Returns: false when the client holds as many messages as it may: the sender has to wait.
  package func send(
    _ value: RawSpan, key: RawSpan?, _ receipt: KafkaReceipt
  ) throws(KafkaError) -> Bool {
    let told = unsafe Unmanaged.passRetained(receipt)
    let code = unsafe value.withUnsafeBytes { value in
      guard let key else { return unsafe produce(value, nil, told.toOpaque()) }
      return unsafe key.withUnsafeBytes { unsafe produce(value, $0, told.toOpaque()) }
    }
    if code == 0 { return true }
    unsafe told.release()
    guard code == KafkaCode.queueFull else { throw .failed(library.words(code)) }
    return false
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
