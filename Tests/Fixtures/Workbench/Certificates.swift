internal import Foundation

/// The certificates of `Tests/Fixtures/Certificates/make.sh`, made once for this process by `openssl`.
package struct Certificates: Sendable {
  package static let shared = Result { try Certificates() }

  private let folder: Scratch

  private init() throws {
    folder = try Scratch()
    let script = URL.fixtures.appendingPathComponent("Certificates/make.sh").path
    try Judge.run(["bash", script, folder.path])
  }

  /// The one that signed the others, which nobody else trusts.
  package var root: String { folder.file("root.pem") }

  package func certificate(_ name: String) -> String { folder.file("\(name).pem") }
  package func key(_ name: String) -> String { folder.file("\(name).key") }
}

extension URL {
  /// `Tests/Fixtures`.
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
}
