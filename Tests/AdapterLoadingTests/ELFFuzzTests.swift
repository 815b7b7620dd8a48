import Foundation
import Testing
import Workbench

@testable import AdapterLoading

/// Real libraries with random damage: nothing traps, nothing outside the file is read, every refusal says what to do.
///
/// Some ten thousand changes by default, a million in the nightly form. Under the address sanitizer: `Tests/fuzz-elf.sh`.
@Suite struct ELFFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count =
    environment["SEALPOST_FUZZ"].flatMap(Int.init)
    ?? (environment["SEALPOST_NIGHTLY"] == "1" ? 1_000_000 : 20_000)
  private static let seed = environment["SEALPOST_FUZZ_SEED"].flatMap(UInt64.init) ?? 20_261_124

  /// The libraries of this build; or of another, since those that a sanitizer is built into are not what is loaded.
  private func library(_ name: String) throws -> [UInt8] {
    let folder = Self.environment["SEALPOST_FUZZ_LIBRARIES"] ?? Built.folder.path
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/lib\(name).so")))
  }

  @Test(arguments: ["CountingAdapter", "HostileAdapter", "NDJSONFileDestination"])
  func `no damage of a library traps, and each refusal has a mend`(name: String) throws {
    let whole = try library(name)
    var random = SeededGenerator(seed: Self.seed)
    var library = whole
    let places = try interesting(whole)
    var refused = 0
    for _ in 0..<Self.count / 3 {
      let changes = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        (place: places.randomElement(using: &random) ?? 0, bytes: random.damage())
      }
      for change in changes { library.write(change.bytes, at: change.place) }
      if try isRefused(library) { refused += 1 }
      for change in changes { library.restore(change.bytes.count, at: change.place, from: whole) }
    }
    #expect(library == whole)
    #expect(try !isRefused(whole))
    print("\(name): \(Self.count / 3) changes, \(refused) refused, seed \(Self.seed)")
    #expect(refused > Self.count / 30)
  }

  /// Cut off, in memory of just that size: a read beyond the end is what the sanitizer finds.
  @Test func `no cut of a library traps or reads on`() throws {
    let whole = try library("CountingAdapter")
    for length in stride(from: 0, to: whole.count, by: Self.count >= 1_000_000 ? 1 : 61) {
      _ = try isRefused(Array(whole.prefix(length)))
    }
    #expect(try isRefused(Array(whole.prefix(400))))
  }

  private func isRefused(_ bytes: [UInt8]) throws -> Bool {
    do throws(ELFRefusal) {
      try unsafe ELFRules.standard.check(bytes.span.bytes)
      _ = try unsafe AdapterNote(in: bytes.span.bytes)
      return false
    } catch {
      let text = error.description
      guard text.hasSuffix("."), text.contains(". ") else {
        Issue.record("a refusal without a mend: \(text)")
        return true
      }
      return true
    }
  }

  /// The header, the program headers, the dynamic section, its strings, the notes: what the reader reads.
  private func interesting(_ bytes: [UInt8]) throws -> [Int] {
    let image = try unsafe ELFImage(bytes.span.bytes)
    var places = Array(0..<64 + 56 * image.segments.count)
    for segment in image.segments where segment.kind == .dynamic || segment.kind == .note {
      places += Int(segment.offset)..<Int(segment.offset + segment.fileSize)
    }
    places += Array(Int(image.strings.lowerBound)..<Int(image.strings.upperBound)).shuffled()
      .prefix(200)
    return places
  }
}

extension [UInt8] {
  fileprivate mutating func write(_ bytes: [UInt8], at place: Int) {
    for (index, byte) in bytes.enumerated() where place + index < count {
      self[place + index] = byte
    }
  }

  fileprivate mutating func restore(_ length: Int, at place: Int, from whole: [UInt8]) {
    for index in place..<Swift.min(place + length, count) { self[index] = whole[index] }
  }
}

extension SeededGenerator {
  /// One byte, or a number of 2, 4 or 8 bytes, as the format has them.
  fileprivate mutating func damage() -> [UInt8] {
    guard Int.random(in: 0..<3, using: &self) == 0 else { return [interestingByte()] }
    let bounds: [UInt64] = [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 63, .max - 4095, .max - 1, .max]
    let number =
      Bool.random(using: &self)
      ? bounds.randomElement(using: &self) ?? 0 : next() >> UInt64.random(in: 0..<64, using: &self)
    let size = [2, 4, 8].randomElement(using: &self) ?? 8
    return (0..<size).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
  }

  /// Bounds more often than chance would have them.
  fileprivate mutating func interestingByte() -> UInt8 {
    let bounds: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]
    return Bool.random(using: &self)
      ? bounds.randomElement(using: &self) ?? 0 : UInt8(truncatingIfNeeded: next())
  }
}
