internal import SystemLibrary

/// Reads and writes gzip (RFC 1952) through the system's zlib, where that is installed.
///
/// The library is loaded once for the process, when it is first needed; any thread.
package enum Gzip {
  /// Whether the system has zlib.
  package static var isAvailable: Bool { library != nil }

  /// The Debian package that has it.
  package static let debianPackage = ZLib.required.debianPackage

  static var library: ZLib? { try? ZLib.shared.get() }
}

package enum GzipError: Error, Equatable, Sendable {
  /// There is no zlib here.
  case unavailable
  /// The bytes are no gzip, end too early, or go on behind its end.
  case malformed
  case tooLong
}
