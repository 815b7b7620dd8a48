import Cryptography
import EventJSON
import Foundation
import Testing

@testable import DestinationHost

@Suite final class SeenMessagesTests {
  private let folder: String
  private var now: Int64 = 1_764_000_000_000

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test func `an id is new once, for 24 hours at least`() {
    let seen = seen()
    #expect(seen.insert(digest(1)) && seen.insert(digest(2)) && !seen.insert(digest(1)))
    for hour in 1...23 {
      now += 3_600_000
      _ = seen.insert(digest(100 + hour))
    }
    #expect(!seen.insert(digest(1)))
    now += 2 * 3_600_000
    _ = seen.insert(digest(500))
    #expect(seen.insert(digest(1)))
    #expect(seen.forgottenEarly == 0)
  }

  @Test func `a clock that is set back forgets nothing`() {
    let seen = seen()
    _ = seen.insert(digest(1))
    now -= 1_000_000_000
    #expect(!seen.insert(digest(1)))
    #expect(seen.insert(digest(2)))
    // Nor when it is put right again, which is no time that has passed for the second.
    now += 1_000_000_000 + 1_000_000
    #expect(seen.insert(digest(3)))
    #expect(!seen.insert(digest(2)) && !seen.insert(digest(1)))
  }

  @Test func `a file of a clock that was ahead counts from now`() throws {
    let first = seen()
    _ = first.insert(digest(1))
    _ = first.keep()
    let ahead = Date(timeIntervalSince1970: Double(now) / 1000 + 30 * 86_400)
    try FileManager.default.setAttributes(
      [.modificationDate: ahead], ofItemAtPath: try #require(files().first).path)
    let second = seen()
    #expect(!second.insert(digest(1)))
    now += 25 * 3_600_000
    #expect(second.insert(digest(2)))
    #expect(second.insert(digest(1)))
  }

  @Test func `what was kept is known after a restart, what was not is new`() throws {
    let first = seen()
    for number in 0..<1000 { _ = first.insert(digest(number)) }
    #expect(first.keep() == nil)
    _ = first.insert(digest(5000))
    let second = seen()
    #expect((0..<1000).allSatisfy { !second.insert(digest($0)) })
    #expect(second.insert(digest(5000)))
  }

  @Test func `the bound holds, the oldest go first, and it is said`() throws {
    var limits = SeenMessages.Limits()
    limits.identifiers = 6400
    let seen = seen(limits)
    for number in 0..<10_000 {
      #expect(seen.insert(digest(number)))
      if number % 500 == 0 { _ = seen.keep() }
    }
    #expect(seen.count <= 6400 && seen.count > 6000)
    #expect(seen.forgottenEarly == 10_000 - seen.count)
    #expect((9000..<10_000).allSatisfy { !seen.insert(digest($0)) })
    #expect(seen.insert(digest(0)))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count <= 66)
  }

  @Test func `a million ids take 24 bytes each or fewer, and none is lost`() {
    let table = Table()
    let count = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] == "1" ? 8_000_000 : 300_000
    for number in 0..<count { #expect(table.insert(digest(number), generation: 1)) }
    #expect(table.size <= count * 25)
    for number in stride(from: 0, to: count, by: 37) {
      #expect(!table.insert(digest(number), generation: 1))
    }
  }

  @Test func `the table is what a set with times is`() {
    var random = SystemRandomNumberGenerator()
    let table = Table()
    var model: [Int: UInt16] = [:]
    for step in 0..<60_000 {
      if step % 997 == 0 {
        let next = table.live.upperBound + 1
        table.live = (next > 9 ? next - 9 : 1)...next
        model = model.filter { table.live.contains($0.value) }
      }
      let number = Int.random(in: 0..<9000, using: &random)
      let isNew = model[number] == nil
      if isNew { model[number] = table.live.upperBound }
      #expect(table.insert(digest(number), generation: table.live.upperBound) == isNew)
    }
  }

  @Test func `numbers of generations begin anew without an id lost`() {
    var limits = SeenMessages.Limits()
    limits.identifiers = 64
    let seen = Seen(
      SeenMessages(
        folder: folder, limits: limits, firstNumber: .max - 20, clock: { [unowned self] in now }))
    for number in 0..<200 {
      #expect(seen.insert(digest(number)))
      for known in max(0, number - 60)..<number { #expect(!seen.insert(digest(known))) }
    }
  }

  @Test func `a file that is cut anywhere gives the whole ids before`() throws {
    let first = seen()
    for number in 0..<5 { _ = first.insert(digest(number)) }
    _ = first.keep()
    let file = try #require(files().first)
    let whole = try Data(contentsOf: file)
    #expect(whole.count == 80)
    for length in 0..<80 {
      try whole.prefix(length).write(to: file)
      let second = seen()
      for number in 0..<5 { #expect(second.insert(digest(number)) == (number >= length / 16)) }
      _ = second.keep()
      let third = seen()
      #expect((0..<5).allSatisfy { !third.insert(digest($0)) })
      for other in try files() where other != file { try FileManager.default.removeItem(at: other) }
    }
  }

  @Test func `a flipped bit costs a duplicate and never an event`() throws {
    let first = seen()
    for number in 0..<3 { _ = first.insert(digest(number)) }
    _ = first.keep()
    let file = try #require(files().first)
    let whole = try Data(contentsOf: file)
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      try bytes.write(to: file)
      let second = seen()
      #expect((10..<40).allSatisfy { second.insert(digest($0)) })
      #expect((0..<3).count { second.insert(digest($0)) } == 1)
    }
  }

  @Test func `what does not belong there is left alone, what is too old is removed`() throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/000000000000001.seen", withIntermediateDirectories: true)
    for name in ["x.seen", "1.seen", "note", "-00000000000001.seen"] {
      try Data(repeating: 7, count: 64).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    let first = seen()
    _ = first.insert(digest(1))
    _ = first.keep()
    now += 200 * 3_600_000
    // The file was written now, by the machine's clock; only then is it old.
    for file in try files() where file.lastPathComponent.hasPrefix("00176") {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_764_000_000)], ofItemAtPath: file.path)
    }
    let second = seen()
    #expect(second.insert(digest(1)))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).contains("note"))
  }

  @Test func `a folder that cannot be written is told, and nothing else happens`() throws {
    try Data().write(to: URL(fileURLWithPath: folder))
    let seen = seen()
    #expect(seen.insert(digest(1)))
    #expect(seen.keep()?.hasPrefix("seen messages, ") == true)
    #expect(!seen.insert(digest(1)))
  }

  @Test func `a digest is the id's text under the key`() throws {
    let digester = try MessageDigester(key: secret([1, 2, 3]))
    let other = try MessageDigester(key: secret([1, 2, 4]))
    let plain = digest(#""messageId":"m-1""#, digester)
    #expect(plain == digest(#""messageId":"\u006d-1""#, digester))
    #expect(plain != digest(#""messageId":"m-2""#, digester))
    #expect(plain != digest(#""messageId":"m-1""#, other))
  }

  // MARK: - Parts

  private func seen(_ limits: SeenMessages.Limits = .init()) -> Seen {
    Seen(SeenMessages(folder: folder, limits: limits, clock: { [unowned self] in now }))
  }

  private func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(copying: bytes.span.bytes)
  }

  private func files() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: URL(fileURLWithPath: folder), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "seen" }
  }

  /// Spread as a digest is.
  private func digest(_ number: Int) -> MessageDigest {
    let bytes = SHA256.hash(Array("id \(number)".utf8)).hex
    return MessageDigest(
      high: UInt64(bytes.prefix(16), radix: 16) ?? 0,
      low: UInt64(bytes.dropFirst(16).prefix(16), radix: 16) ?? 0)
  }

  private func digest(_ field: String, _ digester: MessageDigester) -> MessageDigest {
    let event = Array(#"{"type":"page","userId":"u",\#(field)}"#.utf8)
    var scanner = EventScanner(selecting: KeySelection([]))
    let span = unsafe event.span.bytes
    #expect(scanner.scan(span) == nil)
    return digester.digest(scanner.shape.messageID, span)
  }
}

/// The values under test in an object, as an expectation takes no call that changes one.
private final class Seen {
  private var seen: SeenMessages

  init(_ seen: SeenMessages) { self.seen = seen }

  func insert(_ digest: MessageDigest) -> Bool { seen.insert(digest) }
  func keep() -> String? { seen.keep() }
  var count: Int { seen.count }
  var forgottenEarly: Int { seen.forgottenEarly }
}

private final class Table {
  private var table = DigestTable(live: 1...1)

  func insert(_ digest: MessageDigest, generation: UInt16) -> Bool {
    table.insert(digest, generation: generation)
  }
  var size: Int { table.size }
  var live: ClosedRange<UInt16> {
    get { table.live }
    set { table.live = newValue }
  }
}
