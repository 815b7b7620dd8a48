/// How much of a message is taken before it is refused.
package struct WireLimits: Sendable, Equatable {
  /// Of the first line, in bytes, without its end.
  package var startLine = 8 << 10
  /// Of one header field's line.
  package var fieldLine = 8 << 10
  /// Header fields; trailer fields count anew.
  package var fields = 100
  /// Of the first line and all fields together, and of the trailer.
  package var head = 32 << 10
  /// Of a chunk's line with its extensions.
  package var chunkLine = 256
  /// Of the body, in bytes, chunks without their lines.
  package var body = 1 << 20

  package init() {}
}
