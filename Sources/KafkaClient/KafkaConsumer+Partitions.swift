internal import CKafka

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

  func withPartitions<Answer>(
    _ positions: [KafkaPosition], _ body: (KafkaLibrary.Partitions) -> Answer
  ) -> Answer {
    unsafe library.withPartitions(of: topic, positions, body)
  }
}
