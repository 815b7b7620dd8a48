internal import CDestinationAdapter

extension destination_span {
  /// The bytes for the time of the call; none where the other side's numbers make no sense.
  func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    guard let data = unsafe data, unsafe length > 0 else {
      return try body(RawSpan())
    }
    let bytes = unsafe UnsafeRawBufferPointer(start: data, count: length)
    return try unsafe body(bytes.bytes)
  }
}

/// Calls `body` with a span of the text's UTF-8, valid for the time of the call.
func withSpan<R>(of text: String, _ body: (destination_span) -> R) -> R {
  var text = text
  return text.withUTF8 { utf8 in
    unsafe body(destination_span(data: utf8.baseAddress, length: utf8.count))
  }
}

/// Writes a text into the caller's buffer, or as much of it as fits, and says how long it is.
@safe func say(_ text: String, to out: UnsafeMutablePointer<destination_text>?) {
  guard let out = unsafe out else { return }
  var text = text
  text.withUTF8 { utf8 in
    let room = unsafe out.pointee.data == nil ? 0 : max(0, out.pointee.capacity)
    if let data = unsafe out.pointee.data, let source = utf8.baseAddress {
      unsafe data.update(from: source, count: min(room, utf8.count))
    }
    unsafe out.pointee.length = utf8.count
  }
}
