internal import CDestinationAdapter
internal import Synchronization

/// One instance as the host sees it: holds the adapter and its place in the life cycle.
///
/// The host has to keep the order of the calls; this object answers a call out of order with a problem, not a crash.
final class Instance: Sendable {
  private enum State {
    case created
    case configured(any DestinationAdapter)
    case running(any DestinationAdapter)
    case stopped
  }

  private let kind: AdapterKind
  private let host: AdapterHost
  private let state = Mutex<State>(.created)

  init(_ kind: AdapterKind, host: AdapterHost) {
    self.kind = kind
    self.host = host
  }

  static func at(_ pointer: UnsafeMutableRawPointer?) -> Instance? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe Unmanaged<Instance>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// The adapter between a successful `start` and `stop`.
  private var running: (any DestinationAdapter)? {
    state.withLock { state in
      if case .running(let adapter) = state { adapter } else { nil }
    }
  }
}

// MARK: - The calls

extension Instance {
  func configure(_ settings: destination_span) throws {
    let mayConfigure = state.withLock { state in
      switch state {
      case .created, .stopped: true
      case .configured, .running: false
      }
    }
    guard mayConfigure else { throw OutOfOrder(call: "configure", needed: "create or stop") }
    let adapter = try unsafe settings.withBytes { (bytes) throws in try kind.make(bytes, host) }
    state.withLock { $0 = .configured(adapter) }
  }

  func start() throws {
    let configured: (any DestinationAdapter)? = state.withLock { state in
      if case .configured(let adapter) = state { adapter } else { nil }
    }
    guard let adapter = configured else { throw OutOfOrder(call: "start", needed: "configure") }
    try adapter.start()
    state.withLock { $0 = .running(adapter) }
  }

  /// Writes an outcome for each event, whatever the adapter does.
  func deliver(
    _ batch: UnsafePointer<destination_batch>, _ results: UnsafeMutablePointer<destination_result>?
  ) {
    guard let layout = unsafe BatchLayout(batch),
      let writer = unsafe ResultWriter(results, of: batch, host: host)
    else {
      host.log(
        .error, "deliver, about the batch: it is not laid out as ABI 1.0 has it. Update the host.")
      return
    }
    guard let adapter = running else {
      writer.write(.all(.retry(detail: "deliver, about this instance: it is not running.")))
      return
    }
    do {
      writer.write(try adapter.deliver(Batch(layout, host: host)))
    } catch {
      writer.write(.all(Outcome(of: error)))
    }
  }

  func flush(before deadline: UInt64) throws {
    guard let adapter = running else { throw OutOfOrder(call: "flush", needed: "start") }
    try adapter.flush(before: Deadline(rawValue: deadline, host: host))
  }

  func cancel(_ call: CallToken) {
    let adapter: (any DestinationAdapter)? = state.withLock { state in
      switch state {
      case .configured(let adapter), .running(let adapter): adapter
      case .created, .stopped: nil
      }
    }
    adapter?.cancel(call)
  }

  func stop(before deadline: UInt64) {
    guard let adapter = running else { return }
    adapter.stop(before: Deadline(rawValue: deadline, host: host))
    state.withLock { $0 = .stopped }
  }
}
