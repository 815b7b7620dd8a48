internal import Cryptography

/// A signed note of https://c2sp.org/signed-note: lines of text, an empty line, lines of signatures.
struct SignedNote: Sendable, Equatable {
  /// Name, 4 bytes of the key's id, signature.
  struct Signature: Sendable, Equatable {
    var name: String
    var bytes: [UInt8]
  }

  /// With its last line feed.
  var text: String
  var signatures: [Signature]

  /// Longest note that is read.
  static let longest = 16_384

  /// Signs the text, which ends in a line feed.
  init(_ text: String, signedBy key: Ed25519.SigningKey, as name: String) throws(CryptographyError)
  {
    self.text = text
    let verifier = NoteKey(name: name, key: key.verifyingKey.rawBytes)
    let signature = try unsafe key.signature(of: Array(text.utf8).span.bytes)
    signatures = [Signature(name: name, bytes: verifier.id + signature)]
  }

  /// Nil for bytes that are no note.
  init?(_ bytes: [UInt8]) {
    guard bytes.count <= SignedNote.longest, let whole = String(validating: bytes, as: UTF8.self),
      bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }), whole.utf8.last == 0x0A
    else { return nil }
    var lines = whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.removeLast()
    guard let gap = lines.lastIndex(of: ""), gap > 0, gap < lines.count - 1 else { return nil }
    text = lines[..<gap].map { $0 + "\n" }.joined()
    signatures = []
    for line in lines[(gap + 1)...] {
      guard let signature = Signature(line: line) else { return nil }
      signatures.append(signature)
    }
  }

  var bytes: [UInt8] { Array((text + "\n" + signatures.map(\.line).joined()).utf8) }

  /// Whether one of the signatures is the key's; those of other keys are passed over, as the format demands.
  func isSigned(by key: NoteKey) -> Bool {
    signatures.contains { signature in
      guard signature.name == key.name, signature.bytes.starts(with: key.id),
        let verifier = try? Ed25519.VerifyingKey(rawBytes: key.key)
      else { return false }
      let bytes = Array(signature.bytes.dropFirst(4))
      return
        (try? unsafe verifier.verifies(bytes.span.bytes, of: Array(text.utf8).span.bytes)) == true
    }
  }
}

extension SignedNote.Signature {
  private static let dash = "\u{2014} "

  init?(line: String) {
    guard line.hasPrefix(Self.dash) else { return nil }
    let parts = line.dropFirst(Self.dash.count)
      .split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, NoteKey.isName(parts[0]), let bytes = Base64.bytes(of: parts[1]),
      bytes.count > 4
    else { return nil }
    (name, self.bytes) = (String(parts[0]), bytes)
  }

  var line: String { "\(Self.dash)\(name) \(unsafe Base64.encode(bytes.span.bytes))\n" }
}

/// Who signs notes: a name and an Ed25519 public key.
struct NoteKey: Sendable, Equatable {
  var name: String
  /// The 32 bytes of RFC 8032.
  var key: [UInt8]

  /// The first 4 bytes of the SHA-256 of name, line feed, algorithm and key.
  var id: [UInt8] { Array(SHA256.hash(Array(name.utf8) + [0x0A, 0x01] + key).bytes.prefix(4)) }

  /// As a verifier takes it: name, id and key with their algorithm, joined by `+`.
  var text: String {
    let digits = id.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    return unsafe "\(name)+\(digits)+\(Base64.encode(([0x01] + key).span.bytes))"
  }

  /// Nil unless the text is ``text`` of some key.
  init?(text: String) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, NoteKey.isName(parts[0]), let bytes = Base64.bytes(of: parts[2]),
      bytes.count == 33, bytes[0] == 0x01
    else { return nil }
    self.init(name: String(parts[0]), key: Array(bytes.dropFirst()))
    guard self.text == text else { return nil }
  }

  init(name: String, key: [UInt8]) {
    self.name = name
    self.key = key
  }

  static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && !text.contains("+") && !text.contains(where: \.isWhitespace)
  }
}

extension Base64 {
  /// What canonical text stands for; nil for any other.
  static func bytes(of text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    do throws(CryptographyError) {
      try unsafe decode(Array(text.utf8).span.bytes, appendingTo: &bytes)
    } catch { return nil }
    return bytes
  }
}
