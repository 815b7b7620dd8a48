internal import CKafka
internal import Glibc

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
  /// The library, loaded once for the process and never unloaded.
  static let shared: Result<KafkaLibrary, KafkaError> = Result { () throws(KafkaError) in
    try KafkaLibrary(named: "librdkafka.so.1")
  }

  /// 1.6.0, the first with incremental assignment, as `rd_kafka_version` counts.
  private static let oldest: Int32 = 0x0106_00FF

  init(named name: String) throws(KafkaError) {
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
      throw .noLibrary(unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason is given")
    }
    let symbols = unsafe Symbols(handle)
    let version: @convention(c) () -> Int32 = try symbols.find("version")
    guard version() >= Self.oldest else {
      throw .unsuitableLibrary("it is of version \(Self.text(version())), older than 1.6.0")
    }
    try self.init(symbols)
  }

  private init(_ symbols: borrowing Symbols) throws(KafkaError) {
    unsafe newConfiguration = try symbols.find("conf_new")
    unsafe destroyConfiguration = try symbols.find("conf_destroy")
    unsafe set = try symbols.find("conf_set")
    unsafe setOpaque = try symbols.find("conf_set_opaque")
    unsafe onRebalance = try symbols.find("conf_set_rebalance_cb")
    unsafe onCommit = try symbols.find("conf_set_offset_commit_cb")
    unsafe onError = try symbols.find("conf_set_error_cb")
    unsafe onLog = try symbols.find("conf_set_log_cb")
    unsafe onDelivery = try symbols.find("conf_set_dr_msg_cb")
    unsafe newClient = try symbols.find("new")
    unsafe destroyClient = try symbols.find("destroy")
    unsafe destroyClientWithFlags = try symbols.find("destroy_flags")
    unsafe opaque = try symbols.find("opaque")
    unsafe errorText = try symbols.find("err2str")
    unsafe fatalError = try symbols.find("fatal_error")
    lastError = try symbols.find("last_error")
    unsafe destroyError = try symbols.find("error_destroy")
    unsafe errorString = try symbols.find("error_string")
    unsafe newPartitions = try symbols.find("topic_partition_list_new")
    unsafe copyPartitions = try symbols.find("topic_partition_list_copy")
    unsafe destroyPartitions = try symbols.find("topic_partition_list_destroy")
    unsafe addPartition = try symbols.find("topic_partition_list_add")
    unsafe subscribe = try symbols.find("subscribe")
    unsafe pollConsumer = try symbols.find("consumer_poll")
    unsafe redirectMainQueue = try symbols.find("poll_set_consumer")
    unsafe yield = try symbols.find("yield")
    unsafe destroyMessage = try symbols.find("message_destroy")
    unsafe timestamp = try symbols.find("message_timestamp")
    unsafe assign = try symbols.find("incremental_assign")
    unsafe unassign = try symbols.find("incremental_unassign")
    unsafe isAssignmentLost = try symbols.find("assignment_lost")
    unsafe commit = try symbols.find("commit")
    unsafe storeOffsets = try symbols.find("offsets_store")
    unsafe committed = try symbols.find("committed")
    unsafe pause = try symbols.find("pause_partitions")
    unsafe resume = try symbols.find("resume_partitions")
    unsafe cachedWatermarks = try symbols.find("get_watermark_offsets")
    unsafe offsetsForTimes = try symbols.find("offsets_for_times")
    unsafe closeConsumer = try symbols.find("consumer_close")
    unsafe newTopic = try symbols.find("topic_new")
    unsafe destroyTopic = try symbols.find("topic_destroy")
    unsafe produce = try symbols.find("produce")
    unsafe poll = try symbols.find("poll")
    unsafe flush = try symbols.find("flush")
    unsafe purge = try symbols.find("purge")
  }

  /// `1.9.2` from `0x010902ff`.
  static func text(_ version: Int32) -> String {
    "\(version >> 24 & 0xFF).\(version >> 16 & 0xFF).\(version >> 8 & 0xFF)"
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

/// The symbols of one loaded library.
@safe private struct Symbols: ~Copyable {
  private let handle: UnsafeMutableRawPointer

  init(_ handle: UnsafeMutableRawPointer) { unsafe self.handle = unsafe handle }

  /// - Parameter name: without the `rd_kafka_` that each begins with.
  func find<Function>(_ name: String) throws(KafkaError) -> Function {
    guard let address = unsafe dlsym(handle, "rd_kafka_\(name)") else {
      throw .unsuitableLibrary("it has no function rd_kafka_\(name)")
    }
    return unsafe unsafeBitCast(address, to: Function.self)
  }
}
