internal import Cryptography

/// Where what stands in a snapshot's file: six lines, the index, the contents.
struct SnapshotForm: Sendable {
  static let magic = "sealpost workspace snapshot "
  private static let purpose = DetachedSignature.Purpose(
    head: "sealpost workspace snapshot signature 1", domain: "sealpost workspace snapshot index 1")
  /// The six lines are shorter.
  private static let longestHead = 512

  let key: Ed25519.VerifyingKey
  private let signature: DetachedSignature
  private let indexRange: Range<Int>

  /// Finds the parts; believes none.
  init(_ bytes: [UInt8]) throws(SnapshotError) {
    var head = HeadReader(bytes.prefix(Self.longestHead))
    try Self.checkMagic(head.line())
    guard let key = Self.key(head.line()) else { throw .damaged("its key is none") }
    let start = head.position
    for _ in 0..<3 { _ = head.line() }
    guard
      let signature = DetachedSignature(
        text: Array(bytes[start..<head.position]), for: Self.purpose), signature.keyID == key.id
    else { throw .damaged("its signature is none") }
    guard let length = Self.length(head.line()), length <= bytes.count - head.position else {
      throw .damaged("its index is cut off, or longer than an index may be")
    }
    self.key = key
    self.signature = signature
    indexRange = head.position..<head.position + length
  }

  /// What stands before the index.
  static func head(
    of index: [UInt8], signedBy key: Ed25519.SigningKey
  ) throws(SnapshotError) -> [UInt8] {
    do throws(CryptographyError) {
      let signature = try DetachedSignature(of: index, by: key, for: purpose)
      let publicKey = key.verifyingKey.rawBytes
      let lines = unsafe [
        "\(magic)\(SnapshotIndex.currentFormat)\n", "\(Base64.encode(publicKey.span.bytes))\n",
        signature.text, "\(index.count)\n",
      ]
      return Array(lines.joined().utf8) + index
    } catch {
      throw .cryptography(error)
    }
  }

  func index(_ bytes: [UInt8]) -> [UInt8] { Array(bytes[indexRange]) }

  /// The index, once its signature was found to hold.
  func verifiedIndex(_ bytes: [UInt8]) throws(SnapshotError) -> [UInt8] {
    let index = index(bytes)
    guard (try? signature.isMade(by: key, over: index)) == true else {
      throw .damaged("its signature does not fit its index")
    }
    return index
  }

  func contents(_ bytes: [UInt8]) -> ArraySlice<UInt8> { bytes[indexRange.upperBound...] }

  private static func checkMagic(_ line: ArraySlice<UInt8>) throws(SnapshotError) {
    guard line.starts(with: magic.utf8) else { throw .notASnapshot }
    let text = String(decoding: line.dropFirst(magic.utf8.count), as: UTF8.self)
    guard let format = Int(text), String(format) == text, format > 0 else { throw .notASnapshot }
    guard format == SnapshotIndex.currentFormat else { throw .formatTooNew(format) }
  }

  private static func key(_ line: ArraySlice<UInt8>) -> Ed25519.VerifyingKey? {
    var bytes: [UInt8] = []
    do throws(CryptographyError) {
      try unsafe Base64.decode(Array(line).span.bytes, appendingTo: &bytes)
      return try Ed25519.VerifyingKey(rawBytes: bytes)
    } catch {
      return nil
    }
  }

  private static func length(_ line: ArraySlice<UInt8>) -> Int? {
    let text = String(decoding: line, as: UTF8.self)
    guard let length = Int(text), String(length) == text,
      (1...SnapshotIndex.longest).contains(length)
    else { return nil }
    return length
  }
}

/// Lines of a head, one after the other; an empty one where there is none.
private struct HeadReader {
  private let bytes: ArraySlice<UInt8>
  private(set) var position = 0

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// Without its line feed.
  mutating func line() -> ArraySlice<UInt8> {
    let rest = bytes[position...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
    position = end + 1
    return rest[..<end]
  }
}
