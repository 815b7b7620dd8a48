import CDestinationAdapter
import Foundation
import Synchronization
import Testing
import Workbench

@testable import AdapterLoading

/// `host.http/1` between an adapter and the host: what goes over, when, and what a liar gets.
@Suite struct HTTPTests {
  private let scratch: Scratch
  private let asked = Asked()

  init() throws { scratch = try Scratch() }

  /// What the host was asked for.
  final class Asked: Sendable {
    private let calls = Mutex<[HTTPCall]>([])
    func add(_ call: HTTPCall) { calls.withLock { $0.append(call) } }
    var all: [HTTPCall] { calls.withLock { $0 } }
  }

  private func worker(
    _ what: String, notices: Notices = Notices(),
    _ answer: HTTPAnswer? = .response(
      status: 202, headers: [.init(name: "x-c", value: "3")], body: Array("fine".utf8))
  ) throws -> SupervisedWorker {
    var configuration = try CallingAdapter.http.configuration(what, in: scratch, notices: notices)
    if let answer {
      configuration.http = { [asked] call, _, _ in
        asked.add(call)
        return answer
      }
    }
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    return worker
  }

  @Test(.enabled(if: CCompiler.isPossible, "no C compiler"))
  func `a request reaches the host whole, and its answer the adapter`() throws {
    let worker = try worker("plain")
    let result = try worker.deliverOne()
    #expect(result.remoteCode == DESTINATION_OK)
    #expect(result.detail == "202 x-c=3 fine")
    let call = try #require(asked.all.last)
    #expect(call.method == "POST" && call.url == "https://a.example/x")
    #expect(call.headers == [.init(name: "X-A", value: "1"), .init(name: "X-B", value: "2")])
    #expect(Array(call.body) == Array("one,two,three".utf8))
    #expect(call.timeout == .milliseconds(250))
  }

  @Test(.enabled(if: CCompiler.isPossible, "no C compiler"))
  func `start, deliver, flush and stop may ask, create may not`() throws {
    let worker = try worker("in_create")
    #expect(asked.all.count == 1)
    #expect(try worker.deliverOne().remoteCode == DESTINATION_INVALID)
    #expect(try worker.flush() == nil)
    #expect(asked.all.count == 2)
    worker.stop()
    #expect(asked.all.count == 3)
    #expect(try self.worker("in_start").deliverOne().remoteCode == DESTINATION_OK)
    #expect(try self.worker("twice").deliverOne().remoteCode == DESTINATION_OK)
  }

  @Test(
    .enabled(if: CCompiler.isPossible, "no C compiler"),
    arguments: ["small", "stride", "nowhere", "many", "huge", "nothing", "deaf", "thread"])
  func `a request that makes no sense, or comes from another thread, goes nowhere`(
    what: String
  ) throws {
    let worker = try worker(what)
    #expect(try worker.deliverOne().remoteCode == DESTINATION_INVALID)
    // That of `start` alone.
    #expect(asked.all.count == 1)
  }

  @Test(
    .enabled(if: CCompiler.isPossible, "no C compiler"),
    arguments: zip(
      HTTPAnswer.Failure.allCases,
      [
        DESTINATION_INVALID, DESTINATION_REFUSED, DESTINATION_UNAVAILABLE, DESTINATION_TIMED_OUT,
        DESTINATION_CANCELLED, DESTINATION_TOO_LARGE, DESTINATION_NOT_FOUND,
      ]))
  func `each failure has its status, and the host's words`(
    failure: HTTPAnswer.Failure, status: Int32
  ) throws {
    let result = try worker("plain", .failure(failure, "for a reason")).deliverOne()
    #expect(result.remoteCode == status)
    #expect(result.detail == "for a reason")
  }

  @Test(.enabled(if: CCompiler.isPossible, "no C compiler"))
  func `a host that sends nothing refuses`() throws {
    #expect(try worker("plain", nil).deliverOne().remoteCode == DESTINATION_REFUSED)
  }

  @Test(
    .enabled(if: CCompiler.isPossible, "no C compiler"), arguments: ["garbage", "outside"])
  func `a worker whose request is malformed or endless is ended`(what: String) throws {
    let notices = Notices()
    let worker = try worker(what, notices: notices)
    #expect(
      try worker.deliverOne().detail?.hasPrefix("the adapter fails on this event: it sent a m")
        == true)
    #expect(asked.all.allSatisfy { $0.method == "POST" })
    #expect(
      notices.all.contains {
        if case .restarted(let reason, _) = $0 {
          reason.contains("its process was killed")
        } else {
          false
        }
      })
  }
}

/// The messages themselves, from a sender that lies.
@Suite struct HTTPMessageTests {
  private static let headers = [HTTPCall.Header(name: "X", value: "y")]

  private static var call: [UInt8] {
    var writer = WireWriter()
    HTTPCall.write(
      method: "POST", url: "https://a.example/", timeout: 5, headers: headers, into: &writer)
    writer.raw(Array("body".utf8))
    return writer.bytes
  }

  private static var answer: [UInt8] {
    var writer = WireWriter()
    HTTPAnswer.response(status: 200, headers: headers, body: [1, 2, 3]).write(to: &writer)
    return writer.bytes
  }

  @Test func `what was written is read`() {
    #expect(HTTPCall(Self.call)?.body.count == 4)
    #expect(
      HTTPAnswer(Self.answer) == .response(status: 200, headers: Self.headers, body: [1, 2, 3]))
  }

  @Test func `no cut and no changed byte traps`() {
    for message in [Self.call, Self.answer] {
      for length in 0..<message.count {
        _ = HTTPCall(Array(message.prefix(length)))
        #expect(message != Self.answer || HTTPAnswer(Array(message.prefix(length))) == nil)
      }
      for place in message.indices {
        for byte in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
          var damaged = message
          damaged[place] = byte
          _ = HTTPCall(damaged)
          _ = HTTPAnswer(damaged)
        }
      }
    }
  }

  @Test func `more headers than there may be are refused before they are read`() {
    var writer = WireWriter()
    HTTPCall.write(
      method: "POST", url: "https://a.example/", timeout: 0,
      headers: Array(repeating: Self.headers[0], count: HTTPCall.mostHeaders + 1), into: &writer)
    #expect(HTTPCall(writer.bytes) == nil)
  }
}
