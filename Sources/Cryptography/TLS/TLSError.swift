internal import Glibc

/// Why a TLS connection cannot be made or used; apart from ``CryptographyError``, since most of it is the network's or
/// the other side's doing.
///
/// Names reasons of OpenSSL's own lists, never bytes that were sent.
package enum TLSError: Error, Equatable, Sendable {
  /// The system or the operator's file gives no certificates to trust.
  case trustUnusable(path: String?)
  case certificateUnusable(path: String)
  case keyUnusable(path: String, reason: String)
  case keyOfAnotherCertificate(path: String)
  case hostUnusable
  /// The other side's certificate does not prove that it is who it should be.
  case certificateRefused(reason: String)
  case handshakeFailed(reason: String)
  case protocolFailed(reason: String)
  /// The connection ended without TLS's own goodbye, so something may be missing.
  case truncated
  case connectionFailed(code: Int32)
  case libraryFailed(String)
}

extension TLSError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .trustUnusable(nil):
      "TLS refused: the system's trusted certificates cannot be read. Install ca-certificates."
    case .trustUnusable(let path?):
      "TLS refused, \(path): it holds no certificates in PEM. Name a file that does."
    case .certificateUnusable(let path):
      "TLS refused, \(path): it is no chain of certificates in PEM. Name the server's chain, its own first."
    case .keyUnusable(let path, let reason):
      "TLS refused, \(path): \(reason) Name the certificate's key, without a passphrase, mode 0600."
    case .keyOfAnotherCertificate(let path):
      "TLS refused, \(path): it is not the key of the certificate. Name the two that belong together."
    case .hostUnusable: "TLS refused: the host is neither a name nor an address. Correct the URL."
    case .certificateRefused(let reason):
      "TLS refused: the other side's certificate: \(reason). Mend the certificate, or trust its issuer."
    case .handshakeFailed(let reason):
      "TLS failed, handshake: \(reason). See what the other side offers."
    case .protocolFailed(let reason): "TLS failed: \(reason). Connect again."
    case .truncated: "TLS failed: the connection ended in the middle. Connect again."
    case .connectionFailed(let code):
      "TLS failed: \(unsafe String(cString: strerror(code))). Connect again."
    case .libraryFailed(let operation):
      "OpenSSL failed, \(operation): see that OpenSSL 3 with its default provider is installed."
    }
  }
}
