internal import CDestinationAdapter
public import DestinationKit
internal import Synchronization

/// A host for unit tests: runs an adapter in the test's own process, answers its requests from a script, and keeps what
/// it said.
///
/// ```swift
/// let host = FakeHost(answers: [.status(429, headers: ["retry-after": "7"])])
/// let adapter = try host.start(CRMDestination.self, settings: #"{"url":"https://crm.example.com/"}"#)
/// let results = adapter.deliver([#"{"type":"track","messageId":"m-1"}"#])
/// #expect(results[0].outcome == .retry)
/// ```
///
/// The adapter is called through the same C table as in production, so what a test sees is what a host sees. Any thread.
@safe public final class FakeHost: Sendable {
  struct State {
    var answers: [FakeAnswer]
    var secrets: [String: String]
    var requests: [FakeRequest] = []
    var peers: [FakePeer]
    var connections: [FakeConnection] = []
    var lines: [String] = []
    var details: [UInt32: String] = [:]
    var cancelled: Set<UInt64> = []
    var nextCall: UInt64 = 1
    var now: Duration = .zero
  }

  let state: Mutex<State>

  // Written in `init` only; the functions behind it take the lock above.
  nonisolated(unsafe) let table: UnsafeMutablePointer<destination_host>

  /// A host that answers requests with `answers`, one after the other; the last goes on, and none means 200 for ever.
  ///
  /// `secrets` are those that `adapter.json` names under `permissions.secrets`; `peers` are who answers its connections,
  /// one after the other, the last for ever, and none means ``FakePeer/silent``.
  public init(
    answers: [FakeAnswer] = [], secrets: [String: String] = [:], peers: [FakePeer] = []
  ) {
    state = Mutex(State(answers: answers, secrets: secrets, peers: peers))
    unsafe table = .allocate(capacity: 1)
    unsafe table.initialize(to: unsafe FakeHost.functions)
    unsafe table.pointee.context = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    unsafe table.deallocate()
  }

  /// The requests so far, marks of secrets as the adapter wrote them.
  public var requests: [FakeRequest] { state.withLock { $0.requests } }

  /// The connections so far, in the order in which they were opened.
  public var connections: [FakeConnection] { state.withLock { $0.connections } }

  /// What the adapter logged.
  public var lines: [String] { state.withLock { $0.lines } }

  /// What the next requests are answered.
  public func answer(with answers: [FakeAnswer]) {
    state.withLock { $0.answers = answers }
  }

  /// Moves the clock of deadlines on.
  public func advance(by time: Duration) {
    state.withLock { $0.now += time }
  }

  /// Makes, configures and starts an adapter; throws ``FakeHostFailure`` with the adapter's words where it refuses.
  ///
  /// `settings` is one JSON object, without secrets.
  public func start<Adapter: DestinationAdapter>(
    _ type: Adapter.Type, settings: String = "{}"
  ) throws(FakeHostFailure) -> RunningAdapter {
    let adapter = try RunningAdapter(type, self)
    try adapter.configure(settings)
    try adapter.start()
    return adapter
  }
}

/// Why an adapter did not start, in its own words.
public struct FakeHostFailure: Error, Equatable, Sendable {
  /// The call that failed: `create`, `configure`, `start` or `flush`.
  public let call: String

  /// What it returned: `DESTINATION_INVALID` and its like.
  public let status: Int32

  /// What it wrote into `problem`.
  public let problem: String

  /// A failure to compare with.
  public init(call: String, status: Int32, problem: String) {
    self.call = call
    self.status = status
    self.problem = problem
  }
}

// MARK: - The table

extension FakeHost {
  private static var functions: destination_host {
    unsafe destination_host(
      struct_size: UInt32(MemoryLayout<destination_host>.size),
      abi_major: UInt32(DESTINATION_ABI_MAJOR), abi_minor: UInt32(DESTINATION_ABI_MINOR),
      reserved: 0, features: DESTINATION_HOST_HTTP | DESTINATION_HOST_CONNECTION, context: nil,
      log: { host, _, text in
        let line = unsafe string(text)
        unsafe FakeHost.of(host).state.withLock { $0.lines.append(line) }
      },
      detail: { host, _, index, text in
        let detail = unsafe string(text)
        unsafe FakeHost.of(host).state.withLock { $0.details[index] = detail }
      },
      unix_ns: { host in
        unsafe 1_764_000_000_000_000_000 + FakeHost.of(host).nanoseconds
      },
      mono_ns: { host in unsafe UInt64(1_000_000 + FakeHost.of(host).nanoseconds) },
      cancelled: { host, call in
        unsafe FakeHost.of(host).state.withLock { $0.cancelled.contains(call) ? 1 : 0 }
      },
      secret: { host, name, out in
        let name = unsafe string(name)
        let secret = unsafe FakeHost.of(host).state.withLock { $0.secrets[name] }
        return unsafe FakeHost.hand(secret, to: out)
      },
      extension: { _, id in
        switch unsafe string(id) {
        case DESTINATION_EXTENSION_HTTP_1: unsafe UnsafeRawPointer(FakeHTTP.table)
        case DESTINATION_EXTENSION_CONNECTION_1: unsafe UnsafeRawPointer(FakeConnections.table)
        default: nil
        }
      })
  }

  var nanoseconds: Int64 {
    let now = state.withLock { $0.now }
    return now.components.seconds * 1_000_000_000 + now.components.attoseconds / 1_000_000_000
  }

  static func of(_ host: UnsafePointer<destination_host>?) -> FakeHost {
    guard let context = unsafe host?.pointee.context else {
      fatalError("an adapter called a service without its host")
    }
    return unsafe Unmanaged<FakeHost>.fromOpaque(context).takeUnretainedValue()
  }

  private static func hand(
    _ secret: String?, to out: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    guard let secret, let out = unsafe out else { return DESTINATION_NOT_FOUND }
    unsafe out.pointee.length = secret.utf8.count
    guard unsafe secret.utf8.count <= out.pointee.capacity else { return DESTINATION_TOO_LARGE }
    for (index, byte) in secret.utf8.enumerated() { unsafe out.pointee.data[index] = byte }
    return DESTINATION_OK
  }
}

/// A copy of the text.
func string(_ span: destination_span) -> String {
  unsafe String(decoding: UnsafeBufferPointer(start: span.data, count: span.length), as: UTF8.self)
}
