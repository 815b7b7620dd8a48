import AuditLog
import Foundation
import Testing
import Workbench

@testable import Workspace

@Suite struct DeadLetterTests {
  private static let event = Array(
    #"{"type":"track","traits":{"email":"ana@clinic.example"}}"#.utf8)

  @Test func `letters come back in order, also from another store`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    #expect(try store.count() == 0)
    try store.append(letter(1))
    try store.append([letter(2), letter(3)])
    try store.sync()
    let second = try test.reopened().deadLetters(of: "files")
    try second.append(letter(4))
    try second.sync()
    #expect(try store.count() == 4)
    #expect(try all(second).map(\.detail) == ["row 1", "row 2", "row 3", "row 4"])
  }

  @Test func `no plaintext is on the disk, and nobody else may read`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    try store.append(letter(1))
    try store.sync()
    #expect(try filesHolding(Array("ana@clinic".utf8), below: test.path + "/dead-letters").isEmpty)
    let file = try #require(try files(store).first)
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o600)
  }

  @Test func `a file cut off anywhere gives the whole letters before`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    let letters = (1...3).map { letter(Int64($0)) }
    for letter in letters { try store.append(letter) }
    let file = try #require(try files(store).first)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    for length in stride(from: 0, to: whole.count, by: 11) {
      try whole.prefix(length).write(to: URL(fileURLWithPath: file))
      let found = try all(store)
      #expect(found == Array(letters.prefix(found.count)))
      #expect(found.count < 3)
      #expect(try store.count() == found.count)
    }
  }

  @Test func `no flipped bit gives another letter`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    let letters = [letter(1), letter(2)]
    try store.append(letters)
    let file = try #require(try files(store).first)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    for index in whole.indices {
      var bytes = whole
      bytes[index] ^= 1 << UInt8(index % 8)
      try bytes.write(to: URL(fileURLWithPath: file))
      let found = (try? all(store)) ?? []
      #expect(found == Array(letters.prefix(found.count)))
      #expect(found.count < 2)
    }
  }

  @Test func `letters of another destination do not open`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    try store.append(letter(1))
    let moved = test.path + "/dead-letters/other"
    try FileManager.default.copyItem(atPath: store.path, toPath: moved)
    let other = try test.workspace.deadLetters(of: "other")
    #expect(
      errorText { _ = try all(other) }
        .hasSuffix("the file was changed or belongs to another workspace. Put back what was there.")
    )
  }

  @Test func `rejected events have a place of their own`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.rejected(from: "stdin")
    try store.append(letter(1))
    #expect(try test.workspace.deadLetters(of: "stdin").count() == 0)
    #expect(try test.workspace.rejected(from: "stdin").count() == 1)
    #expect(throws: WorkspaceError.self) { try test.workspace.rejected(from: "../audit") }
  }

  @Test func `a letter keeps everything that is known of it`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    let history = (1...40).map {
      DeadLetter.Attempt(unixNanoseconds: $0, remoteCode: 500 + UInt32($0))
    }
    let letter = DeadLetter(
      event: Self.event, form: .sealed, reason: "retries_exhausted", detail: "remote code 540",
      receivedUnixNanoseconds: 7, attempts: 40, history: history)
    let line = DeadLetter(
      event: [0xFF, 0x0A], form: .line, reason: "not_json", detail: "", receivedUnixNanoseconds: 8,
      line: .max)
    try store.append([letter, line])
    #expect(try all(store) == [letter, line])
    #expect(letter.history.count == 32 && letter.remoteCode == 540)
    #expect(letter.id.count == 16 && letter.id != line.id)
  }

  @Test func `letters are taken out for good, under a writer that goes on`() throws {
    let test = try TestWorkspace()
    let writer = try test.workspace.deadLetters(of: "files")
    let letters = (1...6).map { letter(Int64($0)) }
    for letter in letters[..<4] { try writer.append(letter) }
    let other = try test.reopened().deadLetters(of: "files")
    #expect(try other.remove { [letters[0].id, letters[2].id].contains($0.id) } == 2)
    #expect(try all(other) == [letters[1], letters[3]])
    try writer.append(letters[4])
    try writer.sync()
    #expect(try all(other) == [letters[1], letters[3], letters[4]])
    #expect(try other.remove { _ in true } == 3)
    #expect(try files(other).isEmpty)
    try writer.append(letters[5])
    #expect(try all(other) == [letters[5]])
    #expect(try other.remove { $0.id == "none" } == 0)
  }

  @Test func `writers and one who takes out at the same time lose nothing`() async throws {
    let test = try TestWorkspace()
    let workspace = test.workspace
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<3 {
        group.addTask { try Self.append(60, from: writer, to: workspace) }
      }
      group.addTask {
        let store = try workspace.deadLetters(of: "files")
        for _ in 0..<40 { try store.remove { $0.receivedUnixNanoseconds % 2 == 1 } }
      }
      try await group.waitForAll()
    }
    let store = try test.workspace.deadLetters(of: "files")
    try store.remove { $0.receivedUnixNanoseconds % 2 == 1 }
    let left = try all(store).map(\.receivedUnixNanoseconds).sorted()
    var expected: [Int64] = []
    for writer in 0..<3 {
      for number in stride(from: 0, to: 60, by: 2) {
        expected.append(Int64(writer * 1000 + number))
      }
    }
    #expect(left == expected)
  }

  @Test func `a damaged file is told, kept, and keeps no other from being read`() throws {
    let test = try TestWorkspace()
    let first = try test.workspace.deadLetters(of: "files")
    try first.append([letter(1), letter(2)])
    let file = try #require(try files(first).first)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: file))
    let second = try test.workspace.deadLetters(of: "files")
    try second.append(letter(3))
    var told: [String] = []
    var found: [String] = []
    try second.forEach(damaged: { told.append("\($0)") }) { found.append($0.detail) }
    #expect(found == ["row 1", "row 3"])
    #expect(told.count == 1 && told[0].contains(file))
    #expect(try second.remove { _ in true } == 2)
    #expect(try files(second) == [file])
    try second.removeAll()
    #expect(try files(second).isEmpty)
  }

  @Test
  func `of a damaged file what can be read is given and taken out, the rest stays and is told`()
    throws
  {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    let letters = (1...3).map { letter(Int64($0)) }
    try store.append(letters)
    let file = try #require(try files(store).first)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    let record = (whole.count - 24) / 3
    // In the middle of the second letter, and in the length of the third.
    for (place, given) in [(24 + record + record / 2, [0, 2]), (24 + 2 * record + 3, [0, 1])] {
      var bytes = whole
      bytes[place] ^= 0x80
      try bytes.write(to: URL(fileURLWithPath: file))
      var told = 0
      var found: [DeadLetter] = []
      try store.forEach(damaged: { _ in told += 1 }) { found.append($0) }
      #expect(found == given.map { letters[$0] } && told == 1)
      #expect(try store.remove { $0.id == letters[0].id } == 1)
      #expect(try store.remove { $0.id == letters[0].id } == 0)
      found = []
      try store.forEach(damaged: { _ in told += 1 }) { found.append($0) }
      #expect(found == [letters[given[1]]] && told == 2)
      #expect(try store.remove { _ in true } == 1)
      let left = try Data(contentsOf: URL(fileURLWithPath: file))
      #expect(left.suffix(record) == bytes[(24 + (place - 24) / record * record)...].prefix(record))
    }
  }

  @Test func `files are bounded, so that taking letters out writes little anew`() throws {
    let test = try TestWorkspace()
    let store = DeadLetterStore(
      test.workspace.layout, folder: "dead-letters", workspaceID: test.workspace.id, name: "files",
      maximumFile: 500)
    let letters = (1...20).map { letter(Int64($0)) }
    for letter in letters { try store.append(letter) }
    try store.sync()
    let before = try files(store)
    #expect(before.count > 4)
    #expect(try all(store) == letters)
    let last = try inode(before[before.count - 1])
    var sizes: [Int] = []
    try store.takeOut(damaged: { _ in Issue.record("damage") }) { letters in
      sizes.append(letters.count)
      return sizes.count == 1 ? [letters[0].id] : []
    }
    #expect(sizes.count == before.count && sizes.reduce(0, +) == 20)
    #expect(try all(store) == Array(letters[1...]))
    #expect(try inode(before[before.count - 1]) == last)
  }

  @Test func `a purge of all takes what a crash left of a file that was written anew`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.deadLetters(of: "files").append(letter(1))
    try test.write("dead-letters/files/.new-17-abcdef", [1])
    #expect(try test.workspace.purgeLetters(in: .destination("files"), where: nil).all == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: test.path + "/dead-letters/files").isEmpty
    )
  }

  private func inode(_ path: String) throws -> UInt64? {
    let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber]
    return (number as? NSNumber)?.uint64Value
  }

  @Test func `another workspace's key opens nothing`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    try store.append(letter(1))
    try test.write("keys/storage.key", Array(repeating: 9, count: 32))
    var told = 0
    try store.forEach(damaged: { _ in told += 1 }) { _ in Issue.record("it opened") }
    #expect(told == 1)
  }

  @Test func `redriven letters are elsewhere, purged ones nowhere, and the log says so`() throws {
    let test = try TestWorkspace.withDestination()
    let w = test.workspace
    let store = try w.deadLetters(of: "files")
    let letters = (1...4).map { letter(Int64($0)) }
    try store.append(letters)
    #expect(try w.redriveLetters(of: "files") { $0.id != letters[0].id } == 3)
    #expect(try all(store) == [letters[0]])
    #expect(try all(w.redriven(to: "files")) == Array(letters[1...]))
    #expect(try w.purgeLetters(in: .destination("files"), where: nil).all == 4)
    #expect(try all(store).isEmpty && all(w.redriven(to: "files")).isEmpty)
    let records = try test.records(of: "dead-letters/files")
    #expect(records.map(\.outcome) == [.intent, .ok, .intent, .ok])
    #expect(throws: WorkspaceError.self) { try w.letters(in: .destination("nobody")) }
  }

  private static func append(
    _ count: Int, from writer: Int, to workspace: Workspace
  ) throws {
    let store = try workspace.deadLetters(of: "files")
    for number in 0..<count { try store.append(letter(Int64(writer * 1000 + number))) }
    try store.sync()
  }

  private func letter(_ number: Int64) -> DeadLetter { Self.letter(number) }

  private static func letter(_ number: Int64) -> DeadLetter {
    DeadLetter(
      event: event, reason: "rejected", detail: "row \(number)", receivedUnixNanoseconds: number)
  }

  private func all(_ store: DeadLetterStore) throws -> [DeadLetter] {
    var letters: [DeadLetter] = []
    try store.forEach { letters.append($0) }
    return letters
  }

  private func files(_ store: DeadLetterStore) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: store.path).sorted()
      .map { store.path + "/" + $0 }
  }
}
