/// The one copy of an event's bytes: what is selected is replaced, every other byte goes over as it was.
package enum EventRewriter {
  /// Appends `event` to `out` with the values of `matches` that `isSelected` wants replaced.
  ///
  /// Inside a value that is replaced nothing else is: an object under a selected key is one value.
  ///
  /// - Parameters:
  ///   - event: the bytes that ``EventScanner`` scanned.
  ///   - matches: the scanner's matches, by their start.
  ///   - landmark: an offset into `event` outside every match (the messageId's).
  ///   - replace: appends the JSON text that takes the place of the value it is given.
  /// - Returns: where `landmark` came to stand, counted from the start of what was appended.
  /// - Throws: what `replace` throws; `out` is then as it was.
  @inline(__always)
  package static func rewrite<Failure: Error>(
    _ event: RawSpan, _ matches: [KeyMatch], landmark: Int, appendingTo out: inout [UInt8],
    where isSelected: (KeySelection.KeyID) -> Bool,
    replace: (RawSpan, inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    let origin = out.count
    var copied = 0
    var moved = landmark
    for match in matches where match.start >= copied && isSelected(match.key) {
      append(event, copied, match.start, to: &out)
      let before = out.count
      do throws(Failure) {
        try replace(event.extracting(match.start..<match.end), &out)
      } catch {
        out.removeSubrange(origin...)
        throw error
      }
      if match.end <= landmark { moved += out.count - before - (match.end - match.start) }
      copied = match.end
    }
    append(event, copied, event.byteCount, to: &out)
    return moved
  }

  /// The event with a `messageId`, for one that has none (or `null`, or an empty string).
  ///
  /// - Parameters:
  ///   - event: a valid event.
  ///   - shape: where its fields are.
  ///   - identifier: the new id: ASCII letters, digits and `-`.
  /// - Returns: the event's bytes with the id put in place of the empty one, or first in the object.
  package static func addMessageID(_ event: RawSpan, _ shape: EventShape, _ identifier: [UInt8])
    -> [UInt8]
  {
    var out: [UInt8] = []
    out.reserveCapacity(event.byteCount + identifier.count + 16)
    let quoted = [Byte.quote] + identifier + [Byte.quote]
    if shape.messageID.kind == .absent {
      var brace = 0
      while unsafe event.unsafeLoad(fromByteOffset: brace, as: UInt8.self) != Byte.openBrace {
        brace += 1
      }
      append(event, 0, brace + 1, to: &out)
      out += Array("\"messageId\":".utf8) + quoted + [Byte.comma]
      append(event, brace + 1, event.byteCount, to: &out)
    } else {
      append(event, 0, shape.messageID.start, to: &out)
      out += quoted
      append(event, shape.messageID.end, event.byteCount, to: &out)
    }
    return out
  }

  @inline(__always)
  private static func append(_ bytes: RawSpan, _ start: Int, _ end: Int, to out: inout [UInt8]) {
    unsafe bytes.extracting(start..<end).withUnsafeBytes { unsafe out.append(contentsOf: $0) }
  }
}
