import Foundation
import Testing
import Workbench

@testable import HTTPWire

/// Sound messages with random damage: nothing traps, nothing is read beyond its end, the pieces never matter.
///
/// A million, under the address sanitizer:
/// `SEALPOST_FUZZ=1000000 swift test --sanitize=address --scratch-path .build-asan --filter HTTPWireTests`
@Suite struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count =
    environment["SEALPOST_FUZZ"].flatMap(Int.init)
    ?? (environment["SEALPOST_NIGHTLY"] == "1" ? 1_000_000 : 12_000)
  private static let seed = environment["SEALPOST_FUZZ_SEED"].flatMap(UInt64.init) ?? 20_261_125

  private static let requests = [
    "POST /v1/batch HTTP/1.1\r\nHost: a.example\r\nContent-Length: 12\r\n\r\n{\"batch\":[]}",
    "PUT /x?y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;e=1\r\nhello\r\n1\r\n!\r\n0\r\nT: 1\r\n\r\n",
    "\r\nGET / HTTP/1.0\r\nConnection: keep-alive\r\nX: a, b\r\n\r\n",
  ].map(\.bytes)

  @Test func `a damaged request is read alike in one piece and byte by byte, or refused alike`() {
    var random = SeededGenerator(seed: Self.seed)
    var (read, refused) = (0, 0)
    for index in 0..<Self.count {
      var bytes = Self.requests[index % Self.requests.count]
      damage(&bytes, &random)
      let whole = Result { () throws(WireError) in try Reading.request(bytes) }
      let step = Int.random(in: 1...9, using: &random)
      let pieces = Result { () throws(WireError) in try Reading.request(bytes, by: step) }
      guard whole == pieces else {
        Issue.record("read differently in pieces of \(step): \(bytes)")
        return
      }
      if case .success = whole { read += 1 } else { refused += 1 }
    }
    print("\(Self.count) damaged requests: \(read) read, \(refused) refused, seed \(Self.seed)")
    #expect(read > Self.count / 100)
    #expect(refused > Self.count / 10)
  }

  /// The oracle is the contract itself: what was accepted has one length, one host, no line that hides another.
  @Test func `what a damaged request is read as can be written and read again as the same`() throws
  {
    var random = SeededGenerator(seed: Self.seed &+ 1)
    for index in 0..<Self.count / 4 {
      var bytes = Self.requests[index % Self.requests.count]
      damage(&bytes, &random)
      guard let head = try? RequestParser.head(of: bytes) else { continue }
      // Bytes that are not UTF-8 were replaced, and a replaced one is written as it is.
      let written = try head.written()
      #expect(try RequestParser.head(of: written) == head)
      #expect(written.filter { $0 == 10 }.count == head.fields.list.count + 2)
    }
  }

  @Test func `a damaged answer is read alike in one piece and in several, or refused alike`() {
    let answers = [
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: y\r\n\r\nabc",
      "HTTP/1.1 429 Slow\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n",
      "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    ].map(\.bytes)
    var random = SeededGenerator(seed: Self.seed &+ 2)
    for index in 0..<Self.count {
      var bytes = answers[index % answers.count]
      damage(&bytes, &random)
      let whole = Result { () throws(WireError) in try Reading.answer(bytes) }
      let pieces = Result { () throws(WireError) in try Reading.answer(bytes, by: 1) }
      if whole != pieces { Issue.record("read differently: \(bytes)") }
    }
  }

  @Test func `no text traps the reader of URLs, and what it takes it takes again`() {
    var random = SeededGenerator(seed: Self.seed &+ 3)
    let seeds = [
      "https://a.example:8443/b?c#d", "http://[2001:db8::1]:80/", "https://127.0.0.1/../x",
    ]
    for index in 0..<Self.count {
      var bytes = seeds[index % seeds.count].bytes
      damage(&bytes, &random)
      let text = String(decoding: bytes, as: UTF8.self)
      guard let url = try? HTTPURL(text) else { continue }
      #expect((try? HTTPURL(url.origin + url.target)) == url)
      _ = try? url.resolving(text)
    }
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where !bytes.isEmpty: bytes.remove(at: place)
      case 1: bytes.insert(random.interestingByte(), at: min(place, bytes.count))
      case 2 where !bytes.isEmpty: bytes.removeLast(bytes.count - place)
      case 3 where !bytes.isEmpty:
        let length = Int.random(in: 0...min(20, bytes.count - place), using: &random)
        bytes.insert(contentsOf: bytes[place..<place + length], at: place)
      default: if !bytes.isEmpty { bytes[place] = random.interestingByte() }
      }
    }
  }
}

extension SeededGenerator {
  /// Bytes that mean something to HTTP more often than chance would have them.
  fileprivate mutating func interestingByte() -> UInt8 {
    let bytes: [UInt8] = [
      0, 9, 10, 13, 32, 0x2C, 0x2F, 0x30, 0x3A, 0x3B, 0x3D, 0x40, 0x7F, 0x80, 0xFF,
    ]
    return Bool.random(using: &self)
      ? bytes.randomElement(using: &self) ?? 0 : UInt8(truncatingIfNeeded: next())
  }
}
