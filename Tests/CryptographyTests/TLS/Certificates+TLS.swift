import Workbench

@testable import Cryptography

extension Certificates {
  func server(_ name: String) throws -> TLSServerContext {
    try TLSServerContext(certificatePath: certificate(name), keyPath: key(name))
  }

  /// A client that trusts the tests' root beside the system's.
  func client() throws -> TLSClientContext { try TLSClientContext(additionalTrust: root) }
}
