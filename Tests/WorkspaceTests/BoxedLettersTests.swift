import AuditLog
import Foundation
import Testing
import Workspace

/// Letters that wait to be delivered once more, beside those that are dead.
@Suite struct BoxedLettersTests {
  private let test: TestWorkspace
  private let letters: [DeadLetter]

  private var workspace: Workspace { test.workspace }

  init() throws {
    test = try TestWorkspace.withDestination()
    letters = (1...4).map {
      DeadLetter(
        event: Array("{}".utf8), reason: "row \($0)", detail: "", receivedUnixNanoseconds: $0)
    }
    let store = try test.workspace.deadLetters(of: "files")
    try store.append(letters)
    try store.sync()
  }

  /// What a redrive that was killed before its last step leaves: this letter in both places.
  private func leaveInBothPlaces(_ number: Int) throws {
    let waiting = try workspace.redriven(to: "files")
    try waiting.append(letters[number - 1])
    try waiting.sync()
  }

  private func found() throws -> [String] {
    var found: [String] = []
    try workspace.letters(in: .destination("files")).forEach { letter, state in
      found.append("\(letter.reason) \(state.rawValue)")
    }
    return found
  }

  @Test func `each is given once, as what it is`() throws {
    _ = try workspace.redriveLetters(of: "files") { $0.reason == "row 2" }
    try leaveInBothPlaces(3)
    #expect(
      try found() == [
        "row 1 dead", "row 4 dead", "row 2 waiting_for_redrive", "row 3 waiting_for_redrive",
      ])
  }

  @Test func `a redrive after one that was interrupted sends no letter twice`() throws {
    try leaveInBothPlaces(3)
    #expect(try workspace.redriveLetters(of: "files") { _ in true } == 4)
    var waiting: [String] = []
    try workspace.redriven(to: "files").forEach { waiting.append($0.id) }
    #expect(waiting.sorted() == letters.map(\.id).sorted())
    #expect(try workspace.deadLetters(of: "files").count() == 0)
    #expect(try workspace.redriveLetters(of: "files") { _ in true } == 0)
  }

  @Test func `a purge takes those that wait too, and counts each once`() throws {
    _ = try workspace.redriveLetters(of: "files") { $0.reason == "row 2" }
    try leaveInBothPlaces(3)
    let some = try workspace.purgeLetters(in: .destination("files")) {
      ["row 1", "row 3"].contains($0.reason)
    }
    #expect(some == BoxedLetters.Count(all: 2, waiting: 1))
    #expect(try found() == ["row 4 dead", "row 2 waiting_for_redrive"])
    let changes = try test.records(of: "dead-letters/files").last?.entry.changes
    #expect(changes?.map { "\($0.setting) \($0.new)" } == ["letters 2", "waiting_for_redrive 1"])
  }

  @Test func `a purge of all takes damaged files of both places`() throws {
    _ = try workspace.redriveLetters(of: "files") { $0.reason == "row 2" }
    try leaveInBothPlaces(3)
    for folder in ["dead-letters", "redrive"] {
      try test.write("\(folder)/files/00000000000000000001-damaged.letters", [1, 2, 3])
    }
    let all = try workspace.purgeLetters(in: .destination("files"), where: nil)
    #expect(all == BoxedLetters.Count(all: 4, waiting: 2))
    for folder in ["dead-letters", "redrive"] {
      let left = try FileManager.default.contentsOfDirectory(
        atPath: "\(test.path)/\(folder)/files")
      #expect(left.isEmpty, "\(folder)")
    }
  }

  @Test func `those of a destination that is no more can still be seen and purged`() throws {
    _ = try workspace.redriveLetters(of: "files") { _ in true }
    try workspace.removeDestination("files")
    try FileManager.default.removeItem(atPath: "\(test.path)/dead-letters/files")
    #expect(try found().count == 4)
    let all = try workspace.purgeLetters(in: .destination("files")) { _ in true }
    #expect(all == BoxedLetters.Count(all: 4, waiting: 4))
  }
}
