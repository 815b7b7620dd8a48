extension MessageHead {
  /// The head as it goes over the wire, with the empty line behind it.
  ///
  /// Throws `notWritable` for whatever would make another message of it: a line break in a value, a space in a target.
  package func written() throws(WireError) -> [UInt8] {
    var text = try start.written() + "\r\n"
    for field in fields.list { text += try FieldLine.write(field) + "\r\n" }
    return Array((text + "\r\n").utf8)
  }
}

/// The chunks of a body whose length is not known at first (RFC 9112, section 7.1).
package enum Chunk {
  /// What stands before a chunk of that many bytes, 1 at least; behind it stands `end`.
  package static func line(_ count: Int) -> [UInt8] {
    Array("\(String(count, radix: 16))\r\n".utf8)
  }

  package static let end = Array("\r\n".utf8)
  package static let last = Array("0\r\n\r\n".utf8)
}
