internal import Cryptography

/// The right edge of the RFC 6962 tree over the log's lines: grows leaf by leaf, in memory of its height.
///
/// A leaf is a record's line without its line feed; hashes have the prefixes of RFC 6962 section 2.1.
struct MerkleFrontier: Sendable, Equatable {
  private(set) var count: UInt64 = 0
  /// The roots of the perfect subtrees, from the largest to the smallest, 32 bytes each.
  private(set) var nodes: [UInt8] = []

  init() {}

  /// One that stood at `count` leaves with these subtrees; nil when their number is another.
  init?(count: UInt64, nodes: [UInt8]) {
    guard nodes.count == 32 * count.nonzeroBitCount else { return nil }
    self.count = count
    self.nodes = nodes
  }

  static func leafHash(_ line: RawSpan, _ hasher: inout SHA256Hasher) -> SHA256Digest {
    hasher.update(unsafe leafPrefix.span.bytes)
    hasher.update(line)
    return hasher.finalizeAndReset()
  }

  mutating func append(_ line: RawSpan, _ hasher: inout SHA256Hasher) {
    hasher.update(unsafe MerkleFrontier.leafPrefix.span.bytes)
    hasher.update(line)
    nodes.append(contentsOf: MerkleFrontier.room)
    hasher.finalizeAndReset(into: &nodes, at: nodes.count - 32)
    // As in a binary counter: each carry joins two subtrees of one size.
    var carries = count
    while carries & 1 == 1 {
      hasher.update(unsafe MerkleFrontier.nodePrefix.span.bytes)
      hasher.update(unsafe nodes.span.bytes.extracting(nodes.count - 64..<nodes.count))
      hasher.finalizeAndReset(into: &nodes, at: nodes.count - 64)
      nodes.removeLast(32)
      carries >>= 1
    }
    count += 1
  }

  func root(_ hasher: inout SHA256Hasher) -> SHA256Digest {
    guard count > 0 else { return hasher.finalizeAndReset() }
    var root = Array(nodes.suffix(32))
    for start in stride(from: nodes.count - 64, through: 0, by: -32) {
      hasher.update(unsafe MerkleFrontier.nodePrefix.span.bytes)
      hasher.update(unsafe nodes.span.bytes.extracting(start..<start + 32))
      hasher.update(unsafe root.span.bytes)
      hasher.finalizeAndReset(into: &root, at: 0)
    }
    guard let digest = SHA256Digest(bytes: root) else { fatalError("a digest of another length") }
    return digest
  }

  private static let leafPrefix: [UInt8] = [0]
  private static let nodePrefix: [UInt8] = [1]
  private static let room = [UInt8](repeating: 0, count: 32)
}
