import DestinationFilter
import DestinationHost
import Foundation
import Testing
import Workbench
import Workspace

@Suite(.enabled(if: Built.hasSealpost, "sealpost was not built beside the tests"))
struct RedriveTests {
  @Test func `letters go once more, sealed ones as they are, accepted ones through everything`()
    throws
  {
    let host = try TestHost()
    let path = try host.addFile("file", fields: ["email"])
    try host.set("no-price", "true", .remove(["properties.price"]), of: "file")
    let store = try host.workspace.deadLetters(of: "file")
    try store.append([
      letter(
        1, .sealed, TestHost.event(1).replacingOccurrences(of: "p1@example.com", with: "CIPHER")),
      letter(2, .accepted, TestHost.event(2)),
    ])
    #expect(try host.workspace.redriveLetters(of: "file") { _ in true } == 2)
    let summary = try host.run(TestHost.event(3) + "\n")
    #expect(summary.redriven == 2 && summary.accepted == 1)
    let lines = try host.lines(path)
    #expect(lines.count == 3)
    #expect(lines[0].contains(#""email":"CIPHER","price":120.50"#) && lines[0].contains("m-1"))
    #expect(
      lines[1].contains(#""messageId":"m-2""#) && !lines[1].contains("p2@")
        && !lines[1].contains("price"))
    #expect(try host.workspace.redriven(to: "file").count() == 0)
    #expect(try host.deadLetters("file").isEmpty)
  }

  /// What a kill leaves between two steps is made by putting a folder back as it was.
  private func copyOfLetters(_ host: TestHost) throws -> () throws -> Void {
    let folder = host.workspace.layout.root + "/redrive"
    let copy = host.folder + "/copy-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: folder, toPath: copy)
    return {
      try FileManager.default.removeItem(atPath: folder)
      try FileManager.default.copyItem(atPath: copy, toPath: folder)
    }
  }

  @Test func `killed after letters are to be redriven and before they leave, none is lost`() throws
  {
    let host = try TestHost()
    let path = try host.addFile("file")
    let store = try host.workspace.deadLetters(of: "file")
    let letters = (1...3).map { letter(Int64($0), .sealed, TestHost.event($0)) }
    try store.append(letters)
    try store.sync()
    // The first step alone: they are in both places.
    let waiting = try host.workspace.redriven(to: "file")
    try waiting.append(letters)
    try waiting.sync()
    _ = try host.run("")
    #expect(try host.workspace.redriveLetters(of: "file") { _ in true } == 3)
    _ = try host.run("")
    // Twice, and the same both times.
    #expect(
      try host.lines(path) == (1...3).map { TestHost.event($0) }
        + (1...3).map { TestHost.event($0) })
    #expect(try host.deadLetters("file").isEmpty)
  }

  @Test func `killed after letters are in the queue and before they leave the disk, none is lost`()
    throws
  {
    let host = try TestHost()
    let path = try host.addFile("file")
    try host.workspace.deadLetters(of: "file").append(letter(1, .sealed, TestHost.event(1)))
    _ = try host.workspace.redriveLetters(of: "file") { _ in true }
    let restore = try copyOfLetters(host)
    _ = try host.run("")
    try restore()
    #expect(try host.run("").redriven == 1)
    #expect(try host.lines(path) == [TestHost.event(1), TestHost.event(1)])
    #expect(try host.workspace.redriven(to: "file").count() == 0)
  }

  @Test func `an id that was seen is no reason to drop a letter`() throws {
    let host = try TestHost()
    let path = try host.addFile("file")
    let drops = { (run: inout HostRun) in run.dropsDuplicates = true }
    _ = try host.run(TestHost.event(1) + "\n", change: drops)
    try host.workspace.deadLetters(of: "file").append(letter(1, .sealed, TestHost.event(1)))
    _ = try host.workspace.redriveLetters(of: "file") { _ in true }
    _ = try host.run("", change: drops)
    #expect(try host.lines(path).count == 2)
  }

  @Test func `letters beside a damaged one go once, however often it is met`() throws {
    let host = try TestHost()
    let path = try host.addFile("file")
    try host.workspace.deadLetters(of: "file").append(
      (1...3).map { letter(Int64($0), .sealed, TestHost.event($0)) })
    _ = try host.workspace.redriveLetters(of: "file") { _ in true }
    let folder = host.workspace.layout.root + "/redrive/file"
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    let url = URL(fileURLWithPath: folder + "/" + file)
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: url)
    // Met at the start, and once a second.
    _ = try host.live { _, _ in usleep(2_500_000) }
    #expect(try host.run("").redriven == 0)
    #expect(try host.lines(path) == [1, 3].map { TestHost.event($0) })
    let told = host.reports.all.count {
      if case .damaged(let text) = $0 { text.contains(file) } else { false }
    }
    #expect(told == 2, "once in each run")
  }

  @Test func `letters of a destination that is off wait`() throws {
    let host = try TestHost()
    try host.addFile("file")
    try host.addFile("off")
    try host.workspace.deadLetters(of: "off").append(letter(1, .sealed, TestHost.event(1)))
    _ = try host.workspace.redriveLetters(of: "off") { _ in true }
    try host.workspace.disableDestination("off")
    #expect(try host.run(TestHost.event(3) + "\n").redriven == 0)
    #expect(try host.workspace.redriven(to: "off").count() == 1)
  }

  @Test func `rejected lines are kept, sealed, with number and reason`() throws {
    let host = try TestHost()
    try host.addFile("file")
    let long = String(repeating: "x", count: 40_000)
    let summary = try host.run("\(TestHost.event(1))\n{\"secret\n{}\n\(long)\n")
    #expect(summary.rejected == 3 && summary.rejectedNotKept == 0)
    var letters: [DeadLetter] = []
    try host.workspace.letters(in: .rejected).forEach { letter, _ in letters.append(letter) }
    #expect(
      Set(letters.map { "\($0.line) \($0.reason)" }) == [
        "2 not_json", "3 missing_type", "4 too_long",
      ])
    #expect(letters.first { $0.line == 2 }?.event == Array("{\"secret".utf8))
    #expect(letters.allSatisfy { $0.form == .line })
  }

  private func letter(_ number: Int64, _ form: DeadLetter.Form, _ event: String) -> DeadLetter {
    DeadLetter(
      event: Array(event.utf8), form: form, reason: "test", detail: "",
      receivedUnixNanoseconds: number)
  }
}
