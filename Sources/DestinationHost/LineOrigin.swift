internal import Cryptography

/// Where the lines of a block come from: a line that is read again is the same event.
protocol LineOrigin: Sendable {
  /// What tells a line of the block from every other that its source will ever give; nothing of its content.
  ///
  /// - Parameter number: of the line in the block, from 1.
  func identity(ofLine number: Int) -> String
  /// The line's number in its source, for people.
  func place(ofLine number: Int) -> Int
}

extension MessageIDs {
  /// The `messageId` of an event that came without one, the same whenever its line is read: a UUID whose bits are a
  /// digest of the line's identity (RFC 9562, version 8).
  ///
  /// The identity is no secret, and nothing of the event is in it, so the id tells nothing of the event either.
  static func stable(_ identity: String) -> [UInt8] {
    text(
      Array(SHA256.hash(Array("sealpost messageId\0\(identity)".utf8)).bytes.prefix(16)), version: 8
    )
  }
}
