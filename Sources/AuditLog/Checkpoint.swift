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
    origin: String, size: UInt64, root: SHA256Digest, extensions: [String] = [],
    signedBy key: Ed25519.SigningKey
  ) throws(CryptographyError) {
    (self.origin, self.size, self.root) = (origin, size, root)
    let lines = unsafe [origin, "\(size)", Base64.encode(root.bytes.span.bytes)] + extensions
    note = try SignedNote(lines.map { $0 + "\n" }.joined(), signedBy: key, as: origin)
  }

  var bytes: [UInt8] { note.bytes }

  /// The lines behind the root.
  var extensions: [String] {
    note.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3).dropLast()
      .map(String.init)
  }

  /// Reads a note, also one with further lines and the signatures of witnesses; says nothing of its signatures.
  ///
  /// Throws `notACheckpoint`, with the path of the file that the bytes are from.
  package init(_ bytes: [UInt8], path: String) throws(AuditError) {
    guard let note = SignedNote(bytes) else {
      throw .notACheckpoint(path: path, reason: "it is no signed note")
    }
    let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 4, !lines[0].isEmpty, let size = UInt64(lines[1]),
      String(size) == lines[1], size > 0
    else {
      throw .notACheckpoint(path: path, reason: "it does not begin with an origin and a size")
    }
    guard let root = Base64.bytes(of: lines[2]).flatMap(SHA256Digest.init(bytes:)) else {
      throw .notACheckpoint(path: path, reason: "its root is no SHA-256 digest in base64")
    }
    (origin, self.size, self.root) = (String(lines[0]), size, root)
    self.note = note
  }

  /// Longest file that is read as one.
  package static var longest: Int { SignedNote.longest }

  /// The key that signed it, as a verifier of signed notes takes it.
  package func verifierKey(_ signer: AuditSigner) -> String {
    NoteKey(name: origin, key: signer.publicKey).text
  }

  /// Whether it is one the log itself wrote: nothing in it but what has to be.
  var isPlain: Bool {
    extensions.isEmpty && note.signatures.count == 1
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
  /// Whether it took the place of a key that was lost, which therefore did not sign it.
  package var isReplacement = false
}

/// A public key that an auditor kept.
package enum AuditPublicKey {
  /// The 32 bytes of a key in PEM, or in a note's verifier key.
  ///
  /// Throws `notAPublicKey`, with the path of the file that the text is from.
  package static func bytes(of text: [UInt8], path: String) throws(AuditError) -> [UInt8] {
    if let key = try? Ed25519.VerifyingKey(pem: text) { return key.rawBytes }
    let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first ?? ""
    guard let key = NoteKey(text: String(line)) else { throw .notAPublicKey(path: path) }
    return key.key
  }
}
