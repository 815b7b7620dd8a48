import DeliveryQueue
import Foundation
import Testing
import Workbench
import Workspace

/// What is on the disk when the power goes in the middle of a command: every state that the calls it made allow.
@Suite(
  .enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"),
  .enabled(if: CallTrace.isPossible, "strace is absent or may not trace"))
struct PowerLossTests {
  private let clinic: Clinic
  private let workspace: String
  private let letters: Set<String>

  /// A destination with three letters, whose queue is paused: what it gets stays there.
  init() throws {
    clinic = try Clinic()
    workspace = clinic.folder.file("workspace")
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try clinic.done("queue", "pause", "file")
    let made = (0..<3).map {
      DeadLetter(
        event: Array(#"{"type":"track","event":"E","userId":"u","messageId":"m\#($0)"}"#.utf8),
        form: .sealed, reason: "test", detail: "", receivedUnixNanoseconds: 1)
    }
    let store = try Workspace.open(at: workspace).deadLetters(of: "file")
    try store.append(made)
    try store.sync()
    letters = Set(made.map(\.id))
  }

  /// Runs the command, and looks at each workspace that it may leave.
  private func losePower(
    _ words: [String], code: Int32 = 0, unsynced: String? = nil,
    _ look: (Workspace) throws -> Void
  ) throws {
    var disk = try PowerLoss(of: workspace, unsynced: unsynced)
    let trace = clinic.folder.file("trace")
    let outcome = try Sealpost.run(
      "env",
      CallTrace.words(tracingTo: trace) + [Sealpost.executable] + words
        + ["--workspace", workspace], in: clinic.folder.path)
    try #require(outcome.code == code, "\(outcome.errors)")
    let copy = clinic.folder.file("copy")
    let calls = try CallTrace(String(contentsOfFile: trace, encoding: .utf8))
    try disk.forEach(of: calls, at: copy) { _ in try look(try Workspace.open(at: copy)) }
  }

  private func found(_ workspace: Workspace) throws -> [String: BoxedLetters.State] {
    var found: [String: BoxedLetters.State] = [:]
    try workspace.letters(in: .destination("file")).forEach { found[$0.id] = $1 }
    return found
  }

  @Test func `a letter that is redriven is in one place or the other`() throws {
    var waiting: [Int] = []
    try losePower(["dead-letter", "redrive", "file", "--all"]) { workspace in
      let found = try found(workspace)
      #expect(Set(found.keys) == letters)
      waiting.append(found.values.count { $0 == .waitingForRedrive })
    }
    #expect(waiting.first == 0 && waiting.last == 3)
  }

  @Test func `one that an interrupted redrive left unsynced is synced before it leaves`() throws {
    let waiting = try Workspace.open(at: workspace).redriven(to: "file")
    try Workspace.open(at: workspace).deadLetters(of: "file").forEach {
      letter throws(WorkspaceError) in
      try waiting.append(letter)
    }
    try losePower(["dead-letter", "redrive", "file", "--all"], unsynced: "redrive") { workspace in
      let found = try found(workspace)
      #expect(Set(found.keys) == letters)
    }
  }

  @Test func `a letter that a host takes is among those that wait until it is in the queue`() throws
  {
    try clinic.done("dead-letter", "redrive", "file", "--all")
    var queued: [Int] = []
    try losePower(["run", "--input", "/dev/null"], code: 75) { workspace in
      let survey = try QueueSurvey(folder: workspace.queueFolder(of: "file"))
      let waiting = try found(workspace).count
      #expect(survey.waiting == 3 || waiting == 3)
      queued.append(survey.waiting)
    }
    #expect(queued.first == 0 && queued.last == 3)
  }

  @Test func `the model itself loses what was not synced, and no more`() throws {
    let folder = clinic.folder.file("model")
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false)
    try clinic.folder.write("model/old", "old")
    var disk = try PowerLoss(of: folder)
    let trace = clinic.folder.file("trace")
    let script = """
      cd /; printf new > "$1/new"; sync "$1/new"; sync "$1"
      mkdir "$1/deep"; printf more >> "$1/old"; mv "$1/new" "$1/deep/moved"; rm "$1/old"; sync "$1"
      """
    _ = try Sealpost.run(
      "env", CallTrace.words(tracingTo: trace) + ["sh", "-c", script, "sh", folder])
    var images: [String] = []
    try disk.forEach(
      of: CallTrace(String(contentsOfFile: trace, encoding: .utf8)),
      at: clinic.folder.file("copy")
    ) { _ in
      let names = try FileManager.default.subpathsOfDirectory(atPath: clinic.folder.file("copy"))
      images.append(
        names.sorted().map { name in
          let bytes = FileManager.default.contents(atPath: clinic.folder.file("copy/" + name))
          return name + "=" + String(decoding: bytes ?? Data(), as: UTF8.self)
        }.joined(separator: " "))
    }
    #expect(
      images == [
        "old=old", "new= old=old", "new=new old=old", "deep= new=new old=old",
        "deep= deep/moved=new old=old", "deep= deep/moved=new", "deep=",
      ])
  }
}
