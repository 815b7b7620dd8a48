import Foundation
import Testing
import Workspace

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
    #expect(try all(second) == [1, 2, 3, 4].map(letter))
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
    for number in 1...3 { try store.append(letter(Int64(number))) }
    let file = try #require(try files(store).first)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    for length in stride(from: 0, to: whole.count, by: 11) {
      try whole.prefix(length).write(to: URL(fileURLWithPath: file))
      let found = try all(store)
      #expect(found == (1...3).prefix(found.count).map { letter(Int64($0)) })
      #expect(found.count < 3)
      #expect(try store.count() == found.count)
    }
  }

  @Test func `no flipped bit gives another letter`() throws {
    let test = try TestWorkspace()
    let store = try test.workspace.deadLetters(of: "files")
    try store.append([letter(1), letter(2)])
    let file = try #require(try files(store).first)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    for index in whole.indices {
      var bytes = whole
      bytes[index] ^= 1 << UInt8(index % 8)
      try bytes.write(to: URL(fileURLWithPath: file))
      let found = (try? all(store)) ?? []
      #expect(found == [letter(1), letter(2)].prefix(found.count).map { $0 })
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

  private func letter(_ number: Int64) -> DeadLetter {
    DeadLetter(
      event: Self.event, reason: "rejected", detail: "row \(number)",
      receivedUnixNanoseconds: number)
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
