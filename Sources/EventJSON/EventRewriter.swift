/// What becomes of one member of an object on its way into a copy.
package enum MemberEdit: Sendable {
  /// It goes over as it is.
  case keep
  /// Its key stays, another value takes the place of its value; `null` stays `null`.
  case replace
  /// Key and value go, and the comma that parted them from a neighbour.
  case remove
}

/// The one copy of an event's bytes: what is chosen is replaced or removed, every other byte goes over as it was.
package enum EventRewriter {
  /// Appends `event` to `out` with the members of `matches` edited.
  ///
  /// Inside a value that is replaced nothing else is replaced: an object under a chosen key is one value. But what
  /// is to be removed inside it is removed before `replace` sees it. A member that goes takes with it the white
  /// space up to the next member; the last one, the comma before it.
  ///
  /// - Parameters:
  ///   - event: the bytes that ``EventScanner`` scanned.
  ///   - matches: the scanner's matches, by their start; each is the value of an object's member.
  ///   - landmark: an offset into `event`, in a value outside every match (the messageId's).
  ///   - edit: asked once or more for each match.
  ///   - replace: appends the JSON text that takes the place of the value it is given.
  /// - Returns: where `landmark` came to stand, counted from the start of what was appended.
  /// - Throws: what `replace` throws; `out` is then as it was.
  @inline(__always)
  package static func rewrite<Failure: Error>(
    _ event: RawSpan, _ matches: [KeyMatch], landmark: Int, appendingTo out: inout [UInt8],
    edit: (KeyMatch) -> MemberEdit,
    replace: (KeyMatch, RawSpan, inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> Int {
    let origin = out.count
    var copied = 0
    var moved = landmark
    for index in matches.indices where matches[index].start >= copied {
      let match = matches[index]
      switch edit(match) {
      case .keep: continue
      case .replace where match.kind == .null: continue
      case .replace:
        append(event, copied, match.start, to: &out)
        do throws(Failure) {
          try Self.replace(event, index, matches, edit, replace, &out)
        } catch {
          out.removeSubrange(origin...)
          throw error
        }
        copied = match.end
      case .remove: remove(match, from: event, &copied, &out)
      }
      if copied <= landmark { moved = out.count - origin + landmark - copied }
    }
    append(event, copied, event.byteCount, to: &out)
    return moved
  }

  /// Appends what takes the place of one value, without the members of it that are to be removed.
  @inline(__always)
  private static func replace<Failure: Error>(
    _ event: RawSpan, _ index: Int, _ matches: [KeyMatch], _ edit: (KeyMatch) -> MemberEdit,
    _ replace: (KeyMatch, RawSpan, inout [UInt8]) throws(Failure) -> Void, _ out: inout [UInt8]
  ) throws(Failure) {
    let match = matches[index]
    guard match.kind == .object || match.kind == .array else {
      return try replace(match, event.extracting(match.start..<match.end), &out)
    }
    let inside = matches[(index + 1)...].prefix { $0.start < match.end }
    guard inside.contains(where: { edit($0) == .remove }) else {
      return try replace(match, event.extracting(match.start..<match.end), &out)
    }
    var value: [UInt8] = []
    var copied = match.start
    for inner in inside where inner.start >= copied && edit(inner) == .remove {
      remove(inner, from: event, &copied, &value)
    }
    append(event, copied, match.end, to: &value)
    try unsafe replace(match, value.span.bytes, &out)
  }

  /// Appends what comes before the member and steps over it.
  private static func remove(
    _ match: KeyMatch, from event: RawSpan, _ copied: inout Int, _ out: inout [UInt8]
  ) {
    let member = JSONMember(ofValue: match.start..<match.end, in: event)
    append(event, copied, member.start, to: &out)
    if member.isLast { removeCommaAtEnd(of: &out) }
    copied = member.end
  }

  /// Before a last member stands a comma, or the brace when every member before it is gone.
  private static func removeCommaAtEnd(of out: inout [UInt8]) {
    guard let last = out.lastIndex(where: { !Byte.isSpace($0) }), out[last] == Byte.comma else {
      return
    }
    out.removeSubrange(last...)
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
