internal import CDestinationAdapter
internal import Glibc
internal import Synchronization

/// What the worker offers its adapter: the functions of `destination_host`, and the state behind them.
///
/// Any thread of the adapter may call them, so all state is behind a lock or atomic.
@safe final class HostServices: Sendable {
  private struct State {
    var secrets: [String: [UInt8]] = [:]
    /// The call that runs; 0 when none does.
    var token: UInt64 = 0
    var eventCount = 0
    var details: [Int: String] = [:]
  }

  private let state = Mutex(State())
  private let cancelledToken = Atomic<UInt64>(0)
  private let runningToken = Atomic<UInt64>(0)
  private let deadline = Atomic<UInt64>(0)
  /// Whether the session's thread is in a call during which the host sends requests.
  private let mayRequest = Atomic<Bool>(false)
  /// Whether any thread of the process counts as the session's: a trial makes calls on several.
  private let acceptsEveryThread = Atomic<Bool>(false)
  // The thread that made this is the session's; read-only.
  private let session = pthread_self()
  // Written once, by `init`, and read-only from then on; lives as long as the process.
  nonisolated(unsafe) let table: UnsafeMutablePointer<destination_host>

  /// Services with their table; never freed, since an adapter's threads may outlive everything.
  init() {
    unsafe table = .allocate(capacity: 1)
    unsafe table.initialize(
      to: unsafe destination_host(
        struct_size: UInt32(MemoryLayout<destination_host>.size),
        abi_major: UInt32(DESTINATION_ABI_MAJOR), abi_minor: UInt32(DESTINATION_ABI_MINOR),
        reserved: 0, features: HostServices.features,
        context: unsafe Unmanaged.passUnretained(self).toOpaque(),
        log: { host, level, text in unsafe services(host).log(level, text) },
        detail: { host, token, index, text in
          unsafe services(host).detail(token, index, text)
        },
        unix_ns: { _ in HostServices.now(CLOCK_REALTIME) },
        mono_ns: { _ in UInt64(HostServices.now(CLOCK_MONOTONIC)) },
        cancelled: { host, token in unsafe services(host).isCancelled(token) ? 1 : 0 },
        secret: { host, name, out in unsafe services(host).secret(name, out) },
        extension: { _, id in unsafe HTTPService.table(id) ?? ConnectionService.table(id) }))
    _ = unsafe Unmanaged.passRetained(self)
  }

  /// What `extension` answers; an adapter that requires another is refused by name.
  static var features: UInt64 { DESTINATION_HOST_HTTP | DESTINATION_HOST_CONNECTION }

  static func now(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// The services behind the table that an adapter hands back.
func services(_ host: UnsafePointer<destination_host>?) -> HostServices {
  guard let context = unsafe host?.pointee.context else {
    fatalError("an adapter called a service without its host")
  }
  return unsafe Unmanaged<HostServices>.fromOpaque(context).takeUnretainedValue()
}

// MARK: - For the session

extension HostServices {
  func take(secrets: [String: [UInt8]]) { state.withLock { $0.secrets = secrets } }

  func begin(token: UInt64, events: Int, deadline: UInt64) {
    state.withLock { state in
      state.token = token
      state.eventCount = events
      state.details.removeAll(keepingCapacity: true)
    }
    self.deadline.store(deadline, ordering: .relaxed)
    runningToken.store(token, ordering: .releasing)
  }

  /// Ends the call; gives the texts that the adapter said about its events.
  func end() -> [Int: String] {
    runningToken.store(0, ordering: .releasing)
    return state.withLock { state in
      state.token = 0
      return state.details
    }
  }

  /// Runs a call in which the adapter may have requests sent.
  func requesting<Result>(_ call: () -> Result) -> Result {
    mayRequest.store(true, ordering: .relaxed)
    defer { mayRequest.store(false, ordering: .relaxed) }
    return call()
  }

  /// Whether this is the thread of `start`, `deliver`, `flush` or `stop`, in one of them.
  var isRequesting: Bool {
    (pthread_equal(session, pthread_self()) != 0 || acceptsEveryThread.load(ordering: .relaxed))
      && mayRequest.load(ordering: .relaxed)
  }

  /// For a trial, whose session waits while other threads call.
  func acceptEveryThread() { acceptsEveryThread.store(true, ordering: .relaxed) }

  func cancel(_ token: UInt64) { cancelledToken.store(token, ordering: .releasing) }
}

// MARK: - For the adapter

extension HostServices {
  private static let longestLine = 4096

  /// A line that the host does not take in time is dropped: an adapter is never held up by its log.
  fileprivate func log(_ level: UInt32, _ text: destination_span) {
    guard let text = unsafe String(span: text, longest: HostServices.longestLine) else { return }
    var writer = WireWriter()
    writer.number(level)
    writer.text(text)
    _ = unsafe writer.bytes.withUnsafeBytes { bytes in
      unsafe send(
        WorkerDescriptor.log, bytes.baseAddress, bytes.count,
        Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    }
  }

  fileprivate func detail(_ token: UInt64, _ index: UInt32, _ text: destination_span) {
    guard let text = unsafe String(span: text, longest: ResultsMessage.longestDetail) else {
      return
    }
    state.withLock { state in
      guard token != 0, token == state.token, Int(index) < state.eventCount else { return }
      state.details[Int(index)] = text
    }
  }

  func isCancelled(_ token: UInt64) -> Bool {
    guard token != 0, token == runningToken.load(ordering: .acquiring) else { return false }
    let end = deadline.load(ordering: .relaxed)
    return cancelledToken.load(ordering: .acquiring) == token
      || end != 0 && UInt64(HostServices.now(CLOCK_MONOTONIC)) >= end
  }

  fileprivate func secret(
    _ name: destination_span, _ out: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    guard let name = unsafe String(span: name, longest: 256), let out = unsafe out else {
      return DESTINATION_NOT_FOUND
    }
    return state.withLock { state in
      guard let secret = state.secrets[name] else { return DESTINATION_NOT_FOUND }
      unsafe out.pointee.length = secret.count
      guard unsafe out.pointee.capacity >= secret.count else { return DESTINATION_TOO_LARGE }
      if let target = unsafe out.pointee.data {
        unsafe secret.withUnsafeBufferPointer { source in
          if let bytes = source.baseAddress {
            unsafe target.update(from: bytes, count: source.count)
          }
        }
      }
      return DESTINATION_OK
    }
  }
}

extension String {
  /// Text of an adapter: cut to `longest` bytes, what is not UTF-8 replaced; nil for a span that has no bytes.
  init?(span: destination_span, longest: Int) {
    guard unsafe span.length > 0, let data = unsafe span.data else { return nil }
    let bytes = unsafe UnsafeBufferPointer(start: data, count: Swift.min(span.length, longest))
    var text = unsafe String(decoding: bytes, as: UTF8.self)
    while text.utf8.count > longest { text.removeLast() }
    self = text
  }
}
