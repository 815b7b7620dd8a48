package import Cryptography

/// What a log says about itself at one size, signed: https://c2sp.org/tlog-checkpoint.
package struct Checkpoint: Sendable, Equatable {
  /// Which log.
  package let origin: String
  /// How many records it covers.
  package let size: UInt64
  /// The RFC 6962 root over their lines.
  package let root: SHA256Digest
  let note: SignedNote

  /// The note as it is stored and handed out.
  package var text: String { String(decoding: note.bytes, as: UTF8.self) }

  init(
    origin: String, size: UInt64, root: SHA256Digest, signedBy key: Ed25519.SigningKey
  ) throws(CryptographyError) {
    (self.origin, self.size, self.root) = (origin, size, root)
    let body = unsafe "\(origin)\n\(size)\n\(Base64.encode(root.bytes.span.bytes))\n"
    note = try SignedNote(body, signedBy: key, as: origin)
  }

  /// Reads a note, also one with further lines and the signatures of witnesses; says nothing of its signatures.
  ///
  /// Throws `notACheckpoint`.
  package init(_ bytes: [UInt8]) throws(AuditError) {
    guard let note = SignedNote(bytes) else {
      throw .notACheckpoint(reason: "it is no signed note")
    }
    let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 4, !lines[0].isEmpty, let size = UInt64(lines[1]),
      String(size) == lines[1], size > 0
    else { throw .notACheckpoint(reason: "it does not begin with an origin and a size") }
    guard let root = Base64.bytes(of: lines[2]).flatMap(SHA256Digest.init(bytes:)) else {
      throw .notACheckpoint(reason: "its root is no SHA-256 digest in base64")
    }
    (origin, self.size, self.root) = (String(lines[0]), size, root)
    self.note = note
  }

  /// Whether it is one the log itself wrote: nothing in it but what has to be.
  var isPlain: Bool {
    let body = unsafe "\(origin)\n\(size)\n\(Base64.encode(root.bytes.span.bytes))\n"
    return note.text == body && note.signatures.count == 1
  }

  /// A log's name in its checkpoints; what a note's key name cannot have is written `%XX`.
  static func origin(workspaceID: String) -> String {
    workspaceID.utf8.reduce(into: "sealpost/") { origin, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        origin.unicodeScalars.append(Unicode.Scalar(byte))
      default: origin += "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
      }
    }
  }
}

/// The key that signs a segment's checkpoints; public.
package struct AuditSigner: Sendable, Equatable {
  /// The segment in which it begins.
  package let segment: Int
  /// The 32 bytes of RFC 8032.
  package let publicKey: [UInt8]
  /// How many records stand before the one that says so.
  package let since: UInt64
}
