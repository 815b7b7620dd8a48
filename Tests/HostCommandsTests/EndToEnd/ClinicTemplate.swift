import Foundation
import Synchronization
import Workbench

@testable import HostCommands

/// A clinic's folder as `workspace init` leaves it, made once and copied: a password costs half a second each time.
final class ClinicTemplate: Sendable {
  static let shared = ClinicTemplate()

  private struct Made {
    let folder: Scratch
    let at: ContinuousClock.Instant
  }

  private let made = Mutex<Made?>(nil)

  /// A copy in a folder of its own, where `HOME` holds the owner's session.
  func copy() throws -> Scratch {
    try made.withLock { made in
      // Its session must not be near its end.
      if made.map({ $0.at.duration(to: .now) > .seconds(300) }) ?? true {
        made = Made(folder: try Self.make(), at: .now)
      }
      guard let source = made?.folder.path else { throw CocoaError(.fileNoSuchFile) }
      let target = try Scratch()
      for name in try FileManager.default.contentsOfDirectory(atPath: source) {
        try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: target.file(name))
      }
      return target
    }
  }

  private static func make() throws -> Scratch {
    let folder = try Scratch()
    atExit(folder.path)
    let sealpost = Sealpost(folder: folder)
    try folder.write("owner.password", "correct horse battery\n")
    for words in [
      [
        "workspace", "init", "workspace", "--name", "Clinic", "--plan", "business", "--owner",
        Clinic.owner, "--password-file", "owner.password",
      ],
      ["adapter", "keygen", "--output", "release.key"],
      ["adapter", "trust", "add", "release.key.pub", "--name", "Release"],
    ] {
      let outcome = try sealpost(words)
      guard outcome.code == 0 else { throw Sealpost.Failure(outcome: outcome) }
    }
    return folder
  }

  private static let folders = Mutex<[String]>([])

  /// What a static property holds is never let go of.
  private static func atExit(_ folder: String) {
    let isFirst = folders.withLock { folders in
      folders.append(folder)
      return folders.count == 1
    }
    guard isFirst else { return }
    atexit {
      for folder in ClinicTemplate.folders.withLock({ $0 }) {
        try? FileManager.default.removeItem(atPath: folder)
      }
    }
  }
}
