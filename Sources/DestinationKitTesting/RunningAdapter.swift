internal import CDestinationAdapter
public import DestinationKit
internal import Synchronization

/// An adapter that a ``FakeHost`` has started; stopped and destroyed when it goes away.
///
/// Used by one thread.
@safe public final class RunningAdapter {
  /// What became of one event.
  public struct Result: Sendable, Equatable {
    /// Nil where the adapter wrote none, or one that the contract does not know.
    public let outcome: Outcome.Kind?

    /// The destination's own code.
    public let code: Int32

    /// Nil where the host decides.
    public let retryAfter: Duration?

    /// Whether the delay is the destination's.
    public let isForWholeDestination: Bool

    /// Why, in the adapter's words.
    public let detail: String?
  }

  private let host: FakeHost
  private let table: UnsafePointer<destination_adapter>
  private var instance: UnsafeMutableRawPointer?
  private var isRunning = false

  init<Adapter: DestinationAdapter>(
    _ type: Adapter.Type, _ host: FakeHost
  ) throws(FakeHostFailure) {
    guard let table = unsafe export(type, hostMajor: UInt32(DESTINATION_ABI_MAJOR)) else {
      throw FakeHostFailure(call: "entry", status: DESTINATION_FAILED, problem: "")
    }
    self.host = host
    unsafe self.table = table
    unsafe instance = nil
    var made: UnsafeMutableRawPointer?
    try unsafe RunningAdapter.check("create") {
      unsafe table.pointee.create(table, host.table, &made, $0)
    }
    unsafe instance = made
  }

  deinit {
    if isRunning { unsafe table.pointee.stop(instance, 0) }
    unsafe table.pointee.destroy(instance)
  }

  func configure(_ settings: String) throws(FakeHostFailure) {
    let bytes = Array(settings.utf8)
    try unsafe RunningAdapter.check("configure") { problem in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        var configuration = unsafe destination_configuration(
          struct_size: UInt32(MemoryLayout<destination_configuration>.size), reserved: 0,
          settings: destination_span(data: bytes.baseAddress, length: bytes.count),
          destination_id: destination_span())
        return unsafe table.pointee.configure(instance, &configuration, problem)
      }
    }
  }

  func start() throws(FakeHostFailure) {
    try unsafe RunningAdapter.check("start") { unsafe table.pointee.start(instance, $0) }
    isRunning = true
  }

  /// Delivers events, each one JSON object with `type` and `messageId`; one result for each.
  ///
  /// With `isCancelled` the call is called off before it begins. `deadline` counts from now on the fake host's clock.
  public func deliver(
    _ events: [String], attempt: UInt32 = 1, deadline: Duration? = nil, isCancelled: Bool = false
  ) -> [Result] {
    let call = host.state.withLock { state -> UInt64 in
      state.details = [:]
      let call = state.nextCall
      state.nextCall += 1
      if isCancelled { state.cancelled.insert(call) }
      return call
    }
    let end =
      deadline.map { UInt64(1_000_000 + host.nanoseconds + $0.nanoseconds) } ?? 0
    return unsafe FakeBatch(events, attempt).deliver(call: call, deadline: end) { batch, results in
      unsafe table.pointee.deliver(instance, batch, results)
    }.enumerated().map { index, result in
      Result(result, host.state.withLock { $0.details[UInt32(index)] })
    }
  }

  /// Throws where the adapter says that it could not make all durable.
  public func flush() throws(FakeHostFailure) {
    try unsafe RunningAdapter.check("flush") { unsafe table.pointee.flush(instance, 0, $0) }
  }

  private static func check(
    _ call: String, _ body: (UnsafeMutablePointer<destination_text>) -> Int32
  ) throws(FakeHostFailure) {
    var bytes = [UInt8](repeating: 0, count: 1024)
    var length = 0
    let status = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      var text = unsafe destination_text(
        data: buffer.baseAddress, capacity: buffer.count, length: 0)
      let status = unsafe body(&text)
      length = unsafe min(text.length, buffer.count)
      return status
    }
    guard status == DESTINATION_OK else {
      let problem = String(decoding: bytes.prefix(length), as: UTF8.self)
      throw FakeHostFailure(call: call, status: status, problem: problem)
    }
  }
}

extension RunningAdapter.Result {
  fileprivate init(_ result: destination_result, _ detail: String?) {
    self.init(
      outcome: Outcome.Kind(rawValue: result.outcome), code: result.remote_code,
      retryAfter: result.retry_after_ms == 0 ? nil : .milliseconds(Int64(result.retry_after_ms)),
      isForWholeDestination: result.flags & DESTINATION_WHOLE_DESTINATION != 0, detail: detail)
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
