import Cryptography
import EventJSON
import FieldEncryption
import Foundation
import Testing
import Workbench

/// decrypt(encrypt(x)) = x, and every other byte is equal: on random events, through the pieces a run is made of.
struct RoundTripTests {
  /// `SEALPOST_SEEDS=3` or `0-4` runs some of the nightly seeds, to try one again or to run them one by one.
  private static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    let bounds = environment["SEALPOST_SEEDS"]?.split(separator: "-").compactMap { UInt64($0) }
    if let bounds, let first = bounds.first, let last = bounds.last, first <= last {
      return Array(first...last)
    }
    return environment["SEALPOST_NIGHTLY"] == "1" ? Array(0..<20) : [0, 1]
  }()
  private static let eventsPerSeed =
    ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] == "1" ? 50_000 : 500

  /// In turns, so that most of the RSA operations, which are what takes long, serve several values.
  private static let formats: [EncryptionFormat] = [.jwe, .auto, .jwe, .oaep, .jwe]

  @Test(arguments: seeds)
  func `what is opened is the event as it was, byte by byte`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let piece = 100
    for index in 0..<Self.eventsPerSeed / piece {
      try check(piece, Self.formats[index % Self.formats.count], &random)
    }
  }

  private func check(
    _ count: Int, _ format: EncryptionFormat, _ random: inout SeededGenerator
  ) throws {
    let key = TestKeys.rsa2048
    let longest = key.publicKey.maximumPlaintext
    let events = (0..<count).map { _ in SealedEvent(format, longestRaw: longest, &random) }
    let lines = try seal(events, format, key.publicKey)
    let opened = try open(lines, key)
    let expected = events.flatMap { $0.opened + [UInt8(ascii: "\n")] }
    #expect(opened.bytes == expected)
    #expect(opened.summary.opened == events.reduce(0) { $0 + $1.outside.count - 1 })
    #expect(opened.summary.failed == 0)
    #expect(opened.summary.notJSON == 0)
  }

  /// The sealed lines, each held against its event's pieces.
  private func seal(
    _ events: [SealedEvent], _ format: EncryptionFormat, _ key: RSAPublicKey
  ) throws -> [UInt8] {
    var scanner = EventScanner(selecting: KeySelection(SealedEvent.keys))
    var sealer = try FieldSealer(key: key, format: format, maximumStringLength: .max)
    var out: [UInt8] = []
    for event in events {
      let start = out.count
      let bytes = unsafe event.event.span.bytes
      let rejection = scanner.scan(bytes)
      try #require(rejection == nil)
      sealer.beginEvent()
      _ = try EventRewriter.rewrite(
        bytes, scanner.matches, landmark: 0, appendingTo: &out, edit: { _ in .replace },
        replace: { (_, value, out) throws(SealError) in
          try sealer.seal(json: value, appendingTo: &out)
        })
      let isRight = event.isSealed(as: out[start...])
      try #require(isRight, "\(String(decoding: event.event, as: UTF8.self))")
      out.append(UInt8(ascii: "\n"))
    }
    return out
  }

  private func open(
    _ lines: [UInt8], _ key: RSAPrivateKey
  ) throws -> (bytes: [UInt8], summary: DecryptionSummary) {
    let folder = try Scratch()
    let source = URL(fileURLWithPath: folder.path + "/in")
    try Data(lines).write(to: source)
    let target = URL(fileURLWithPath: try folder.write("out", "", mode: 0o600))
    let reading = try FileHandle(forReadingFrom: source)
    let writing = try FileHandle(forWritingTo: target)
    let summary = try Decryption.decryptStream(
      from: reading.fileDescriptor, to: writing.fileDescriptor, keys: [key])
    return (Array(try Data(contentsOf: target)), summary)
  }
}
