internal import Cryptography

/// The form of one file of sealed letters.
///
/// Header: `SPDL0002` and 16 random bytes. Then records: length of what follows in 4 bytes (little-endian), then
/// AES-256-GCM ciphertext and tag of one letter. The key is derived from the storage key with the random bytes as
/// salt, so each file has its own; the IV is the record's number, never repeated as no file is opened for
/// appending twice. Authenticated with each record: the header and the number, so that no record can be moved.
struct DeadLetterFile: ~Copyable {
  static let magic = Array("SPDL0002".utf8)
  static let headerLength = magic.count + 16
  /// The longest record in bytes: 64 MiB.
  static let maximumRecord = 64 * 1024 * 1024

  let header: [UInt8]
  private var cipher: AES256GCM
  /// The number of the next record.
  private(set) var number: UInt64 = 0

  /// Nil when the header is not one.
  init?(header: [UInt8], purpose: String, _ layout: WorkspaceLayout) throws(WorkspaceError) {
    guard header.count == Self.headerLength, header.starts(with: Self.magic) else { return nil }
    self.header = header
    let key = try StorageKey.derived(
      layout, for: purpose, salt: Array(header.dropFirst(Self.magic.count)))
    cipher = try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      var cipher = try AES256GCM()
      try cipher.setKey(key)
      return cipher
    }
  }

  static func newHeader() -> [UInt8] { magic + SecureRandom.bytes(16) }

  /// Appends the next record, its length first.
  mutating func seal(
    _ letter: DeadLetter, appendingTo out: inout [UInt8]
  ) throws(WorkspaceError) {
    var plaintext: [UInt8] = []
    letter.append(to: &plaintext)
    guard plaintext.count + AES256GCM.tagLength <= Self.maximumRecord else {
      throw .deadLetterTooLong(maximum: Self.maximumRecord)
    }
    let iv = self.iv
    let label = self.label
    let start = out.count
    DeadLetter.append(UInt64(plaintext.count + AES256GCM.tagLength), 4, to: &out)
    do throws(CryptographyError) {
      try unsafe cipher.seal(
        plaintext.span.bytes, iv: iv.span.bytes, authenticating: label.span.bytes,
        appendingTo: &out)
    } catch {
      out.removeSubrange(start...)
      throw .cryptography(error)
    }
    number += 1
  }

  /// The next record without its length; nil when it is not authentic: those behind it may be.
  mutating func open(_ sealed: [UInt8]) -> DeadLetter? {
    let iv = self.iv
    let label = self.label
    defer { number += 1 }
    var plaintext: [UInt8] = []
    do throws(CryptographyError) {
      try unsafe cipher.open(
        sealed.span.bytes, iv: iv.span.bytes, authenticating: label.span.bytes,
        appendingTo: &plaintext)
    } catch {
      return nil
    }
    return DeadLetter(plaintext)
  }

  private var iv: [UInt8] {
    var iv: [UInt8] = [0, 0, 0, 0]
    DeadLetter.append(number, 8, to: &iv)
    return iv
  }

  private var label: [UInt8] {
    var label = header
    DeadLetter.append(number, 8, to: &label)
    return label
  }
}
