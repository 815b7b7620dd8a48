import Foundation
import Synchronization
import Testing

@testable import AuditLog

@Suite struct EveryBitTests {
  private let test: TestLog
  private let fold: Fold

  init() throws {
    test = try TestLog()
    try test.write(49)
    fold = try Fold(test)
  }

  /// Runs the body once for each number, on every core; the numbers for which it is false.
  private func failures(_ count: Int, _ body: @Sendable (Int) -> Bool) -> [Int] {
    let failed = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: count) { number in
      if !body(number) { failed.withLock { $0.append(number) } }
    }
    return failed.withLock { $0.sorted() }
  }

  @Test func `every single bit of fifty records that is flipped is noticed`() {
    #expect(fold.lines.count == 50)
    #expect(!fold.isRefused(fold.rest(from: 0), from: 0))
    let failed = failures(fold.lines.count) { [fold] index in
      var bytes = fold.lines[index]
      // A line feed that is lost makes one line of two.
      let next = index + 1 < fold.lines.count ? fold.lines[index + 1] : []
      return (0..<8 * bytes.count).allSatisfy { bit in
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        defer { bytes[bit / 8] ^= 1 << UInt8(bit % 8) }
        return fold.isRefused(bytes + next, from: index)
      }
    }
    #expect(failed == [])
  }

  @Test func `every single bit of the checkpoint that is flipped is noticed`() throws {
    let note = try Data(contentsOf: URL(fileURLWithPath: test.note))
    let failed = failures(8 * note.count) { [fold] bit in
      var bytes = [UInt8](note)
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let changed = try? Checkpoint(bytes, path: "") else { return true }
      return fold.isRefused(fold.lines[49], from: 49, changed)
    }
    #expect(failed == [])
  }

  @Test func `bits flipped in the files are noticed by verify and by the next start`() throws {
    for path in [test.file, test.note] {
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      for _ in 0..<40 {
        var bytes = whole
        bytes[Int.random(in: bytes.indices)] ^= 1 << UInt8.random(in: 0..<8)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect([1, 3].contains(test.verify().exitCode))
        #expect(throws: AuditError.self) { _ = try test.open() }
      }
      try Data(whole).write(to: URL(fileURLWithPath: path))
    }
    #expect(test.sound != nil)
  }

  @Test func `cut off at any byte, the log is shorter than its checkpoint says`() {
    let failed = failures(fold.lines.count) { [fold] index in
      (0..<fold.lines[index].count).allSatisfy { length in
        var reader = ChainReader(workspaceID: TestLog.workspaceID, from: fold.states[index])
        reader.expect(.init(path: "note", checkpoint: fold.checkpoint))
        let end = unsafe reader.take(Array(fold.lines[index].prefix(length)).span.bytes)
        guard end == nil, reader.state.sequence == UInt64(index) else { return false }
        do throws(AuditError) {
          try reader.finishMarks()
          return false
        } catch {
          return error == .rolledBack(path: "note", records: UInt64(index), expected: 50)
        }
      }
    }
    #expect(failed == [])
  }

  @Test func `a file that is cut off is refused by verify and by the next start`() throws {
    let bytes = try test.bytes()
    for length in [0, 1, fold.lines[0].count, bytes.count / 2, bytes.count - 1] {
      try test.replace(Array(bytes.prefix(length)))
      #expect(test.verify().exitCode == 3)
      #expect(throws: AuditError.self) { _ = try test.open() }
      #expect(try test.bytes().count == length)
    }
  }

  @Test func `a line that is removed, doubled, swapped or put in is noticed`() {
    let failed = failures(fold.lines.count) { [fold] index in
      let lines = fold.lines
      let others = [
        Array(lines[(index + 1)...]), [lines[index]] + lines[index...],
        index + 1 < lines.count
          ? [lines[index + 1], lines[index]] + lines[(index + 2)...] : [lines[0]],
        [lines[0]] + lines[index...], [lines[49]] + lines[index...],
      ]
      return others.allSatisfy { changed in
        let bytes = changed.flatMap { $0 }
        // The last line in its own place is no change.
        return changed == Array(lines[index...]) || fold.isRefused(bytes, from: index)
      }
    }
    #expect(failed == [])
  }
}
