import Foundation
import Testing

@testable import AuditLog

/// A sound log's lines, and where the chain stands before each of them.
///
/// Verifying is a fold over the lines: a change in line n is seen from the state before n just as from the beginning.
/// So a test of every bit reads one line for each bit, not the whole log.
struct Fold: Sendable {
  let lines: [[UInt8]]
  let states: [LogState]
  let checkpoint: Checkpoint

  init(_ test: TestLog) throws {
    lines = try test.lines()
    checkpoint = try #require(try test.layout.readCheckpoint(1))
    var reader = ChainReader(
      workspaceID: TestLog.workspaceID, from: LogState(workspaceID: TestLog.workspaceID))
    var states = [reader.state]
    for line in lines {
      #expect(unsafe reader.take(line.span.bytes) == nil)
      states.append(reader.state)
    }
    self.states = states
  }

  /// Whether the log is refused whose lines from `index` on are these bytes.
  func isRefused(_ bytes: [UInt8], from index: Int, _ checkpoint: Checkpoint? = nil) -> Bool {
    var reader = ChainReader(workspaceID: TestLog.workspaceID, from: states[index])
    reader.expect(.init(path: "checkpoint", checkpoint: checkpoint ?? self.checkpoint))
    if unsafe reader.take(bytes.span.bytes) != nil { return true }
    return (try? reader.finishMarks()) == nil
  }

  func rest(from index: Int) -> [UInt8] { lines[index...].flatMap { $0 } }
}
