internal import CKafka
internal import SystemLibrary

/// The functions of librdkafka that the host uses, found at run time; all their types stand here.
///
/// Every function is thread-safe as the library has it. Documented in its `rdkafka.h`.
@safe struct KafkaLibrary: @unchecked Sendable {
  // Protected by immutability: function pointers of a library that stays loaded.
  typealias Client = OpaquePointer
  typealias Configuration = OpaquePointer
  typealias Topic = OpaquePointer
  typealias Failure = OpaquePointer
  typealias Partitions = UnsafeMutablePointer<kafka_partition_list>
  typealias Message = UnsafeMutablePointer<kafka_message>
  typealias Text = UnsafePointer<CChar>

  let newConfiguration: @convention(c) () -> Configuration?
  let destroyConfiguration: @convention(c) (Configuration) -> Void
  let set: @convention(c) (Configuration, Text, Text, UnsafeMutablePointer<CChar>, Int) -> Int32
  let setOpaque: @convention(c) (Configuration, UnsafeMutableRawPointer?) -> Void
  let onRebalance: @convention(c) (Configuration, Rebalanced) -> Void
  let onCommit: @convention(c) (Configuration, Committed) -> Void
  let onError: @convention(c) (Configuration, Failed) -> Void
  let onLog: @convention(c) (Configuration, Logged) -> Void
  let onDelivery: @convention(c) (Configuration, Delivered) -> Void

  /// Kind 0 is a producer, 1 a consumer; takes the configuration over when it succeeds.
  let newClient: @convention(c) (Int32, Configuration, UnsafeMutablePointer<CChar>, Int) -> Client?
  let destroyClient: @convention(c) (Client) -> Void
  let destroyClientWithFlags: @convention(c) (Client, Int32) -> Void
  let opaque: @convention(c) (Client) -> UnsafeMutableRawPointer?
  let errorText: @convention(c) (Int32) -> Text?
  let fatalError: @convention(c) (Client, UnsafeMutablePointer<CChar>, Int) -> Int32
  let lastError: @convention(c) () -> Int32
  let destroyError: @convention(c) (Failure) -> Void
  let errorString: @convention(c) (Failure) -> Text?

  let newPartitions: @convention(c) (Int32) -> Partitions?
  let copyPartitions: @convention(c) (Partitions) -> Partitions?
  let destroyPartitions: @convention(c) (Partitions) -> Void
  let addPartition:
    @convention(c) (Partitions, Text, Int32) -> UnsafeMutablePointer<kafka_partition>?

  let subscribe: @convention(c) (Client, Partitions) -> Int32
  let pollConsumer: @convention(c) (Client, Int32) -> Message?
  let redirectMainQueue: @convention(c) (Client) -> Int32
  let yield: @convention(c) (Client) -> Void
  let destroyMessage: @convention(c) (Message) -> Void
  let timestamp: @convention(c) (Message, UnsafeMutablePointer<Int32>) -> Int64
  let assign: @convention(c) (Client, Partitions) -> Failure?
  let unassign: @convention(c) (Client, Partitions) -> Failure?
  let isAssignmentLost: @convention(c) (Client) -> Int32
  let commit: @convention(c) (Client, Partitions, Int32) -> Int32
  let storeOffsets: @convention(c) (Client, Partitions) -> Int32
  let committed: @convention(c) (Client, Partitions, Int32) -> Int32
  let pause: @convention(c) (Client, Partitions) -> Int32
  let resume: @convention(c) (Client, Partitions) -> Int32
  let cachedWatermarks:
    @convention(c) (Client, Text, Int32, UnsafeMutablePointer<Int64>, UnsafeMutablePointer<Int64>)
      -> Int32
  let offsetsForTimes: @convention(c) (Client, Partitions, Int32) -> Int32
  let closeConsumer: @convention(c) (Client) -> Int32

  let newTopic: @convention(c) (Client, Text, OpaquePointer?) -> Topic?
  let destroyTopic: @convention(c) (Topic) -> Void
  let produce:
    @convention(c) (
      Topic, Int32, Int32, UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int,
      UnsafeMutableRawPointer?
    ) -> Int32
  let poll: @convention(c) (Client, Int32) -> Int32
  let flush: @convention(c) (Client, Int32) -> Int32
  let purge: @convention(c) (Client, Int32) -> Int32

  typealias Rebalanced =
    @convention(c) (Client, Int32, Partitions, UnsafeMutableRawPointer?) -> Void
  typealias Committed =
    @convention(c) (Client, Int32, Partitions?, UnsafeMutableRawPointer?) -> Void
  typealias Failed = @convention(c) (Client, Int32, Text, UnsafeMutableRawPointer?) -> Void
  typealias Logged = @convention(c) (Client, Int32, Text, Text) -> Void
  typealias Delivered = @convention(c) (Client, Message, UnsafeMutableRawPointer?) -> Void
}

// MARK: - Loading

extension KafkaLibrary {
  /// 1.6.0 is the first with incremental assignment.
  static let required = LibraryRequirement(
    "the Kafka client library", sonames: ["librdkafka.so.1"], symbolPrefix: "rd_kafka_",
    debianPackage: "librdkafka1", oldest: LibraryVersion(1, 6, 0))

  /// The library, loaded once for the process and never unloaded.
  static let shared: Result<KafkaLibrary, KafkaError> = Result { () throws(SystemLibraryError) in
    try KafkaLibrary(try SystemLibrary(required))
  }.mapError(KafkaError.noLibrary)

  init(_ library: SystemLibrary) throws(SystemLibraryError) {
    let version: @convention(c) () -> Int32 = try library.function("version")
    // Its last byte tells release candidates apart.
    try library.require(LibraryVersion(bytes: version() >> 8))
    unsafe newConfiguration = try library.function("conf_new")
    unsafe destroyConfiguration = try library.function("conf_destroy")
    unsafe set = try library.function("conf_set")
    unsafe setOpaque = try library.function("conf_set_opaque")
    unsafe onRebalance = try library.function("conf_set_rebalance_cb")
    unsafe onCommit = try library.function("conf_set_offset_commit_cb")
    unsafe onError = try library.function("conf_set_error_cb")
    unsafe onLog = try library.function("conf_set_log_cb")
    unsafe onDelivery = try library.function("conf_set_dr_msg_cb")
    unsafe newClient = try library.function("new")
    unsafe destroyClient = try library.function("destroy")
    unsafe destroyClientWithFlags = try library.function("destroy_flags")
    unsafe opaque = try library.function("opaque")
    unsafe errorText = try library.function("err2str")
    unsafe fatalError = try library.function("fatal_error")
    lastError = try library.function("last_error")
    unsafe destroyError = try library.function("error_destroy")
    unsafe errorString = try library.function("error_string")
    unsafe newPartitions = try library.function("topic_partition_list_new")
    unsafe copyPartitions = try library.function("topic_partition_list_copy")
    unsafe destroyPartitions = try library.function("topic_partition_list_destroy")
    unsafe addPartition = try library.function("topic_partition_list_add")
    unsafe subscribe = try library.function("subscribe")
    unsafe pollConsumer = try library.function("consumer_poll")
    unsafe redirectMainQueue = try library.function("poll_set_consumer")
    unsafe yield = try library.function("yield")
    unsafe destroyMessage = try library.function("message_destroy")
    unsafe timestamp = try library.function("message_timestamp")
    unsafe assign = try library.function("incremental_assign")
    unsafe unassign = try library.function("incremental_unassign")
    unsafe isAssignmentLost = try library.function("assignment_lost")
    unsafe commit = try library.function("commit")
    unsafe storeOffsets = try library.function("offsets_store")
    unsafe committed = try library.function("committed")
    unsafe pause = try library.function("pause_partitions")
    unsafe resume = try library.function("resume_partitions")
    unsafe cachedWatermarks = try library.function("get_watermark_offsets")
    unsafe offsetsForTimes = try library.function("offsets_for_times")
    unsafe closeConsumer = try library.function("consumer_close")
    unsafe newTopic = try library.function("topic_new")
    unsafe destroyTopic = try library.function("topic_destroy")
    unsafe produce = try library.function("produce")
    unsafe poll = try library.function("poll")
    unsafe flush = try library.function("flush")
    unsafe purge = try library.function("purge")
  }

  /// Why a client cannot go on; nil when it can.
  func fatalReason(of client: Client) -> String? {
    let (code, reason) = unsafe CText.filled { unsafe fatalError(client, $0, $1) }
    return code == 0 ? nil : reason
  }

  /// The library's words for a code.
  func words(_ code: Int32) -> String {
    unsafe errorText(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}
