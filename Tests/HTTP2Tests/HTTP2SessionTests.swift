import Foundation
import HTTPWire
import Testing
import Workbench

@testable import HTTP2

private let isThere = (try? HTTP2Library.shared.get()) != nil

/// The session alone, without a socket: what bytes of a server make of it.
@Suite(.enabled(if: isThere, "libnghttp2 is needed"))
struct HTTP2SessionTests {
  /// An answer as a server writes it: its settings, ours acknowledged, a head from HPACK's static table, a body.
  private static let settings = "000006040000000000 000300000064"
  private static let acknowledged = "000000040100000000"
  private static let head = "000001010400000001 88"
  private static let body = "000005000100000001 68656c6c6f"
  private static let answers = [
    [settings, acknowledged, head, body],
    // :status 204 and the end; a literal field and its place in the table; trailers.
    [settings, acknowledged, "000001010500000001 89"],
    [settings, "000007010500000001 884001780179be"],
    [settings, head, "000002000000000001 6869", "000005010500000001 4001780179"],
    // A window that opens, a ping, a goodbye behind the answer.
    [
      settings, "000004080000000000 00010000", "000008060000000000 0102030405060708", head, body,
      "000008070000000000 0000000100000000",
    ],
    [settings, "000004030000000001 00000007"], [settings, "000008070000000000 0000000000000000"],
  ].map { $0.map(bytes).reduce([], +) }

  @Test func `an answer comes out whole, in one piece or byte by byte`() throws {
    for step in [1, 7, 1000] {
      let (session, stream) = try begun()
      try feed(Self.answers[0], to: session, by: step)
      let finished = session.takeFinished()
      #expect(finished.map(\.stream) == [stream])
      #expect(
        try finished.first?.outcome.get()
          == HTTP2Answer(status: 200, fields: [], body: Array("hello".utf8)))
      #expect(session.streamCount == 0 && !session.isDraining)
    }
  }

  @Test func `a request's head begins with the connection's preface`() throws {
    let session = try HTTP2Session(try HTTP2Library.shared.get())
    var output: [UInt8] = []
    try session.send(into: &output)
    #expect(output.starts(with: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)))
  }

  @Test func `what is refused or not begun before a goodbye is told so`() throws {
    for bytes in Self.answers.suffix(2) {
      let (session, _) = try begun()
      try feed(bytes, to: session, by: bytes.count)
      #expect(session.takeFinished().first?.outcome == .failure(.refused))
    }
  }

  @Test func `a cancelled request has no outcome`() throws {
    let (session, stream) = try begun()
    session.cancel(stream)
    try feed(Self.answers[0], to: session, by: 1000)
    #expect(session.takeFinished().isEmpty && session.streamCount == 0)
  }

  /// A million, under the address sanitizer: Tests/fuzz-http.sh.
  @Test
  func `damaged bytes of a server trap nothing, and no request has more than one outcome`() throws {
    let environment = ProcessInfo.processInfo.environment
    let count =
      environment["SEALPOST_FUZZ"].flatMap(Int.init)
      ?? (environment["SEALPOST_NIGHTLY"] == "1" ? 300_000 : 5_000)
    var random = SeededGenerator(
      seed: environment["SEALPOST_FUZZ_SEED"].flatMap(UInt64.init) ?? 20_261_125)
    var (answered, failed, broken) = (0, 0, 0)
    for index in 0..<count {
      var bytes = Self.answers[index % Self.answers.count]
      for _ in 0..<Int.random(in: 0...3, using: &random) { damage(&bytes, &random) }
      let (session, stream) = try begun()
      do { try feed(bytes, to: session, by: Int.random(in: 1...40, using: &random)) } catch {
        broken += 1
      }
      let finished = session.takeFinished()
      #expect(finished.count <= 1 && finished.allSatisfy { $0.stream == stream })
      for (_, outcome) in finished {
        if case .success = outcome { answered += 1 } else { failed += 1 }
      }
    }
    print("\(count) damaged connections: \(answered) answered, \(failed) failed, \(broken) broken")
    #expect(answered > count / 100 && failed > count / 100 && broken > count / 100)
  }

  // MARK: - How

  private func begun() throws -> (HTTP2Session, Int32) {
    let session = try HTTP2Session(try HTTP2Library.shared.get())
    let stream = try session.submit(
      HTTP2Request(
        method: "POST", scheme: "https", authority: "a.example", path: "/", fields: [],
        body: Array("body".utf8)[...]))
    var output: [UInt8] = []
    try session.send(into: &output)
    return (session, stream)
  }

  private func feed(_ bytes: [UInt8], to session: HTTP2Session, by step: Int) throws {
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      try session.receive(bytes[start..<min(start + step, bytes.count)])
      try session.send(into: &output)
    }
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0...4, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    case 3 where bytes.count > 1: bytes.remove(at: place)
    default: bytes += bytes[place...]
    }
  }
}

private func bytes(_ hexadecimal: String) -> [UInt8] {
  let digits = Array(hexadecimal.filter { $0 != " " })
  return stride(from: 0, to: digits.count, by: 2).map {
    UInt8(String(digits[$0...$0 + 1]), radix: 16)!
  }
}
