import AuditLog
import Dispatch
import Foundation
import Eligibility
import Testing
import Workspace

@Suite struct ConcurrencyTests {
  @Test func `no change is lost between threads that opened the workspace separately`() throws {
    let test = try TestWorkspace.withDestination()
    let writers = 4
    let changes = 8
    let path = test.pathOnly
    DispatchQueue.concurrentPerform(iterations: writers) { writer in
      let text = errorText {
        let workspace = try path.open()
        for change in 0..<changes {
          try workspace.setDestination(
            "files", settings: ["w\(writer)_\(change)": .integer(Int64(change))])
        }
      }
      #expect(text == "no error")
    }
    let destination = try test.reopened().destination("files")
    #expect(destination.settings.count == writers * changes + 1)
    #expect(destination.quarantine == nil)
    let verdict = AuditLog.verify(
      directory: test.workspace.layout.audit, workspaceID: test.workspace.id)
    #expect(verdict.exitCode == 0)
  }

  @Test func `a change waits while another process holds the lock`() throws {
    let test = try TestWorkspace()
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let lock = test.path + "/workspace.lock"
    holder.arguments = ["flock", lock, "sh", "-c", "echo held; read line"]
    let output = Pipe()
    let input = Pipe()
    holder.standardOutput = output
    holder.standardInput = input
    try holder.run()
    #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
    let path = test.pathOnly
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      _ = try? path.open().setPlan(.team, addon: false)
      done.signal()
    }
    #expect(done.wait(timeout: .now() + 0.2) == .timedOut)
    input.fileHandleForWriting.write(Data("go\n".utf8))
    #expect(done.wait(timeout: .now() + 20) == .success)
    holder.waitUntilExit()
    #expect(try test.reopened().settings.plan == .team)
  }
}

/// A path that may go to another thread.
struct WorkspacePath: Sendable {
  let path: String
  func open() throws -> Workspace { try Workspace.open(at: path) }
}

extension TestWorkspace {
  var pathOnly: WorkspacePath { WorkspacePath(path: path) }
}
