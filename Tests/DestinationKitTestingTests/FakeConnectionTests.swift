import DestinationKit
import DestinationKitTesting
import Synchronization
import Testing

/// An adapter of a stranger's that writes lines over a connection and keeps it.
private final class LineDestination: DestinationAdapter {
  struct Settings: DescribedSettings {
    static let described = [Setting("host", .string(), isRequired: true, summary: "Where to.")]
    let host: String
    init(_ values: SettingValues) throws { host = try values.text("host") }
  }

  static let description = AdapterDescription(
    product: "com.example.lines", version: "1.0.0", displayName: "Lines",
    settings: Settings.described, requiredHostFeatures: .connection)

  private let settings: Settings
  private let host: AdapterHost
  private let connections: ConnectionClient
  private let kept = Mutex<HostConnection?>(nil)

  init(settings: Settings, host: AdapterHost) throws {
    self.settings = settings
    self.host = host
    connections = try host.requiredConnections()
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    let call = batch.call
    var connection = kept.withLock { $0 }
    if let there = connection, !there.isOpen(call: call) { connection = nil }
    let open = try connection ?? connections.open(settings.host, port: 6514, call: call)
    kept.withLock { $0 = open }
    try batch.withNDJSON { try open.write($0, call: call) }
    return .all(.delivered)
  }

  func flush(before deadline: Deadline) throws {
    guard let connection = kept.withLock({ $0 }) else { return }
    do throws(ConnectionFailure) {
      host.log(.info, "heard: \(String(decoding: try connection.read(), as: UTF8.self))")
      try connection.close(timeout: .seconds(1))
    } catch {
      throw AdapterProblem.unavailable("\(error.kind)")
    }
  }
}

@Suite struct FakeConnectionTests {
  private let settings = #"{"host":"lines.example.com"}"#
  private let event = #"{"type":"track","messageId":"m-1"}"#

  @Test func `what was written is seen, and the connection is kept from batch to batch`() throws {
    let host = FakeHost()
    let adapter = try host.start(LineDestination.self, settings: settings)
    for _ in 0..<2 { #expect(adapter.deliver([event])[0].outcome == .delivered) }
    #expect(host.connections.count == 1)
    let connection = try #require(host.connections.first)
    #expect(connection.host == "lines.example.com" && connection.port == 6514)
    #expect(connection.isSecure && !connection.isClosed)
    #expect(connection.written == event + event)
  }

  @Test func `a peer may speak, and answers the goodbye as the test wants it`() throws {
    let host = FakeHost(peers: [.saying("hello"), .leaving])
    let adapter = try host.start(LineDestination.self, settings: settings)
    _ = adapter.deliver([event])
    try adapter.flush()
    #expect(host.lines == ["heard: hello"] && host.connections[0].isClosed)
    _ = adapter.deliver([event])
    #expect(throws: FakeHostFailure.self) { try adapter.flush() }
  }

  @Test func `a peer that breaks, hangs up or refuses costs a retry, or the operator's look`()
    throws
  {
    let host = FakeHost(peers: [
      .breaking(afterWrites: 1), .hangingUp, .silent, .refusing(.unavailable), .refusing(.refused),
    ])
    let adapter = try host.start(LineDestination.self, settings: settings)
    #expect(adapter.deliver([event])[0].outcome == .delivered)
    let broken = adapter.deliver([event])[0]
    #expect(broken.outcome == .retry && broken.isForWholeDestination)
    // The next ones are seen to have gone before they are used again.
    #expect(adapter.deliver([event])[0].outcome == .delivered)
    #expect(adapter.deliver([event])[0].outcome == .delivered)
    #expect(host.connections.count == 3)
    #expect(host.connections.map(\.written) == [event, event, event])

    let closed = FakeHost(peers: [.refusing(.unavailable), .refusing(.refused)])
    let other = try closed.start(LineDestination.self, settings: settings)
    #expect(other.deliver([event])[0].outcome == .retry)
    #expect(other.deliver([event])[0].outcome == .credentialsRefused)
    #expect(closed.connections.isEmpty)
  }

  @Test func `a failure in any kind is the error's kind`() {
    for kind in [
      ConnectionFailure.Kind.invalid, .unavailable, .cancelled, .timedOut, .notFound, .tooLarge,
    ] {
      #expect(ConnectionFailure(kind, "why").outcome.kind == .retry)
    }
    #expect(ConnectionFailure(.refused, "why").outcome.kind == .credentialsRefused)
  }
}
