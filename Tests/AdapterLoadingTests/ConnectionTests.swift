import CDestinationAdapter
import Foundation
import Synchronization
import Testing
import Workbench

@testable import AdapterLoading

/// `host.connection/1` between an adapter and the host, in a worker with the required sandbox.
@Suite(.enabled(if: CCompiler.isPossible, "no C compiler"))
struct ConnectionTests {
  private let scratch: Scratch
  private let asked = Asked()

  init() throws { scratch = try Scratch() }

  /// What the host was asked for, and how often a worker's connections came to their end.
  final class Asked: Sendable {
    private let calls = Mutex<[ConnectionCall]>([])
    let ends = Atomic<Int>(0)
    let tables = Atomic<Int>(0)
    func add(_ call: ConnectionCall) { calls.withLock { $0.append(call) } }
    var all: [ConnectionCall] { calls.withLock { $0 } }
  }

  /// A peer that says "hello".
  private final class Connections: WorkerConnections {
    let asked: Asked
    let failure: ServiceFailure?
    init(_ asked: Asked, _ failure: ServiceFailure?) {
      (self.asked, self.failure) = (asked, failure)
    }

    func answer(
      _ call: ConnectionCall, by deadline: ContinuousClock.Instant, worker: Int32
    ) -> ConnectionAnswer {
      asked.add(call)
      if let failure { return .failure(failure, "for a reason") }
      return switch call.wish {
      case .open: .opened(77)
      case .read: .bytes(Array("hello".utf8))
      case .write, .close: .done
      }
    }

    func end() { asked.ends.add(1, ordering: .relaxed) }
  }

  private func worker(
    _ what: String, notices: Notices = Notices(), failing failure: ServiceFailure? = nil,
    isThere: Bool = true
  ) throws -> SupervisedWorker {
    var configuration = try CallingAdapter.connections.configuration(
      what, in: scratch, notices: notices)
    if isThere {
      configuration.connections = { [asked] in
        asked.tables.add(1, ordering: .relaxed)
        return Connections(asked, failure)
      }
    }
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    return worker
  }

  @Test func `each call reaches the host whole, and its answer the adapter`() throws {
    let worker = try worker("plain")
    let result = try worker.deliverOne()
    #expect(result.remoteCode == DESTINATION_OK)
    #expect(result.detail == "hello")
    #expect(worker.sandbox?.isFull == true)
    #expect(
      asked.all.map(\.wish) == [
        .open(host: "logs.example.com", port: 6514, isSecure: true),
        .write(77, Array("one,two".utf8)[...]), .read(77, most: 100), .close(77),
      ])
    #expect(asked.all.allSatisfy { $0.timeout == .milliseconds(250) })
  }

  @Test func `a connection outlives its batch, is there in flush, and ends with the worker`() throws
  {
    let worker = try worker("keep")
    for _ in 0..<3 { #expect(try worker.deliverOne().remoteCode == DESTINATION_OK) }
    #expect(try worker.flush() == nil)
    #expect(asked.all.count == 5, "opened once, written to three times, and in flush")
    #expect(asked.ends.load(ordering: .relaxed) == 0)
    worker.stop()
    #expect(asked.ends.load(ordering: .relaxed) == 1)
  }

  @Test func `a worker that dies leaves nothing open, and the next one begins with nothing`() throws
  {
    let notices = Notices()
    let worker = try worker("crash", notices: notices)
    #expect(try worker.deliverOne().detail?.hasPrefix("the adapter fails on this event") == true)
    worker.stop()
    let tables = asked.tables.load(ordering: .relaxed)
    #expect(tables >= 3, "one for each worker")
    #expect(asked.ends.load(ordering: .relaxed) == tables)
  }

  @Test(arguments: [
    "small", "port", "security", "nameless", "endless", "nowhere", "nothing", "unused", "hollow",
    "narrow", "thread", "in_create",
  ])
  func `a call that makes no sense, or comes from elsewhere, goes nowhere`(what: String) throws {
    #expect(try worker(what).deliverOne().remoteCode == DESTINATION_INVALID)
    #expect(asked.all.isEmpty)
  }

  @Test func `more than a write takes is too large`() throws {
    let result = try worker("huge").deliverOne()
    #expect(result.remoteCode == DESTINATION_TOO_LARGE)
    #expect(result.detail == "one write takes at most 1048576 bytes. Write in parts.")
    #expect(asked.all.isEmpty)
  }

  @Test(
    arguments: zip(
      ServiceFailure.allCases,
      [
        DESTINATION_INVALID, DESTINATION_REFUSED, DESTINATION_UNAVAILABLE, DESTINATION_TIMED_OUT,
        DESTINATION_CANCELLED, DESTINATION_TOO_LARGE, DESTINATION_NOT_FOUND,
      ]))
  func `each failure has its status, and the host's words`(
    failure: ServiceFailure, status: Int32
  ) throws {
    let result = try worker("opens", failing: failure).deliverOne()
    #expect(result.remoteCode == status)
    #expect(result.detail == "for a reason")
  }

  @Test func `a host that connects nowhere refuses`() throws {
    let result = try worker("opens", isThere: false).deliverOne()
    #expect(result.remoteCode == DESTINATION_REFUSED)
    #expect(result.detail == "adapter.json names no host:port under permissions.network.")
  }

  @Test(arguments: ["garbage", "outside"])
  func `a worker whose message is malformed or endless is ended`(what: String) throws {
    let notices = Notices()
    let worker = try worker(what, notices: notices)
    #expect(
      try worker.deliverOne().detail?.hasPrefix("the adapter fails on this event: it sent a m")
        == true)
    #expect(asked.all.isEmpty)
  }
}

/// The messages themselves, from a sender that lies.
@Suite struct ConnectionMessageTests {
  private static let calls: [ConnectionCall] = [
    .init(.open(host: "a.example", port: 514, isSecure: false), timeout: .milliseconds(7)),
    .init(.write(.max, [1, 2, 3])), .init(.read(1, most: ConnectionCall.longestRead)),
    .init(.close(0), timeout: .seconds(1)),
  ]
  private static let answers: [ConnectionAnswer] = [
    .opened(3), .done, .bytes([1, 2, 3]), .bytes([]), .failure(.notFound, "for a reason"),
  ]

  private func bytes(_ write: (inout WireWriter) -> Void) -> [UInt8] {
    var writer = WireWriter()
    write(&writer)
    return writer.bytes
  }

  @Test func `what was written is read`() {
    for call in Self.calls { #expect(ConnectionCall(bytes(call.write)) == call) }
    for answer in Self.answers { #expect(ConnectionAnswer(bytes(answer.write)) == answer) }
  }

  @Test func `no cut, no byte too many and no changed byte traps`() {
    let calls = Self.calls.map { bytes($0.write) }
    let answers = Self.answers.map { bytes($0.write) }
    for message in calls + answers {
      for length in 0..<message.count {
        let cut = Array(message.prefix(length))
        if answers.contains(message) { #expect(ConnectionAnswer(cut) == nil) }
        _ = ConnectionCall(cut)
      }
      for place in message.indices {
        for byte in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
          var damaged = message
          damaged[place] = byte
          _ = ConnectionCall(damaged)
          _ = ConnectionAnswer(damaged)
        }
      }
    }
    for call in calls where ConnectionCall(call)?.wish != Self.calls[1].wish {
      #expect(ConnectionCall(call + [0]) == nil)
    }
    for answer in answers { #expect(ConnectionAnswer(answer + [0]) == nil) }
  }

  @Test func `numbers out of range are refused before anything is done`() {
    func message(_ kind: UInt32, _ fields: (inout WireWriter) -> Void) -> [UInt8] {
      bytes { writer in
        writer.number(UInt32(0))
        writer.number(kind)
        fields(&writer)
      }
    }
    for port in [0, 65_536, .max] as [UInt32] {
      #expect(
        ConnectionCall(
          message(1) {
            $0.number(port)
            $0.number(UInt32(1))
            $0.text("a")
          }) == nil)
    }
    for most in [0, 65_537, .max] as [UInt32] {
      #expect(
        ConnectionCall(
          message(3) {
            $0.number(UInt64(1))
            $0.number(most)
          }) == nil)
    }
    let long = [UInt8](repeating: 0, count: ConnectionCall.longestWrite + 1)
    #expect(
      ConnectionCall(
        message(2) {
          $0.number(UInt64(1))
          $0.raw(long)
        }) == nil)
    #expect(
      ConnectionCall(
        message(1) {
          $0.number(UInt32(1))
          $0.number(UInt32(1))
          $0.text(String(repeating: "a", count: 256))
        }) == nil)
  }
}
