import Foundation
import Workbench

@testable import Cryptography

/// The certificates of `Tests/Fixtures/Certificates/make.sh`, made once for this process by `openssl`.
struct TestCertificates {
  static let shared = Result { try TestCertificates() }

  private let folder: String

  private init() throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/Certificates/make.sh").standardized.path
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("sealpost-certificates-\(getpid())")
    try? FileManager.default.removeItem(at: url)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
    try Judge.run(["bash", script, folder])
  }

  var root: String { folder + "/root.pem" }
  func certificate(_ name: String) -> String { "\(folder)/\(name).pem" }
  func key(_ name: String) -> String { "\(folder)/\(name).key" }

  func server(_ name: String) throws -> TLSServerContext {
    try TLSServerContext(certificatePath: certificate(name), keyPath: key(name))
  }

  /// A client that trusts the tests' root beside the system's.
  func client() throws -> TLSClientContext { try TLSClientContext(additionalTrust: root) }
}
