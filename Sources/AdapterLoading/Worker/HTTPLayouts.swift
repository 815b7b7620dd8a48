internal import CDestinationAdapter

/// A `destination_http_request` whose numbers were checked; what it points to is the adapter's.
@safe struct HTTPRequestLayout {
  private let request: destination_http_request
  var callToken: UInt64 { unsafe request.call_token }

  /// Nil where it is smaller than version 1.0 has it, or cannot be walked.
  init?(_ request: UnsafePointer<destination_http_request>?) {
    guard let request = unsafe request,
      unsafe request.pointee.struct_size >= UInt32(DESTINATION_HTTP_REQUEST_SIZE_1_0)
    else { return nil }
    let found = unsafe request.pointee
    let headers = unsafe found.header_count == 0 || found.headers != nil
    let body = unsafe found.body_count == 0 || found.body != nil
    guard headers, body,
      unsafe found.header_count == 0
        || found.header_stride >= UInt32(MemoryLayout<destination_http_header>.size),
      unsafe found.body_count == 0 || found.body_stride >= UInt32(DESTINATION_SPAN_SIZE)
    else { return nil }
    unsafe self.request = found
  }

  /// What goes to the host; nil where it would not take it.
  var message: [UInt8]? {
    guard unsafe request.method.length <= 32, unsafe request.url.length <= HTTPCall.longestURL,
      unsafe request.header_count <= UInt32(HTTPCall.mostHeaders), let headers
    else { return nil }
    var writer = WireWriter()
    unsafe HTTPCall.write(
      method: text(request.method), url: text(request.url), timeout: request.timeout_ms,
      headers: headers, into: &writer)
    let limit = HTTPCall.longest
    for index in 0..<Int(unsafe request.body_count) {
      let piece = unsafe UnsafeRawPointer(request.body).map {
        unsafe $0.loadUnaligned(
          fromByteOffset: index * Int(request.body_stride), as: destination_span.self)
      }
      guard let piece = unsafe piece, unsafe piece.length <= limit - writer.bytes.count else {
        return nil
      }
      unsafe writer.raw(UnsafeBufferPointer(start: piece.data, count: piece.length))
    }
    return writer.bytes
  }

  private var headers: [HTTPCall.Header]? {
    var headers: [HTTPCall.Header] = []
    for index in 0..<Int(unsafe request.header_count) {
      let header = unsafe UnsafeRawPointer(request.headers).map {
        unsafe $0.loadUnaligned(
          fromByteOffset: index * Int(request.header_stride), as: destination_http_header.self)
      }
      guard let header = unsafe header, unsafe header.name.length <= HTTPCall.longestHeader,
        unsafe header.value.length <= HTTPCall.longestHeader
      else { return nil }
      unsafe headers.append(
        HTTPCall.Header(name: text(header.name), value: text(header.value)))
    }
    return headers
  }

  private func text(_ span: destination_span) -> String {
    unsafe String(
      decoding: UnsafeBufferPointer(start: span.data, count: span.length), as: UTF8.self)
  }
}

/// An answer in the header's form, borrowed by the receiver.
enum HTTPResponseLayout {
  static func hand(
    _ status: Int, _ headers: [HTTPCall.Header], _ body: [UInt8],
    to receiver: destination_http_receiver, _ context: UnsafeMutableRawPointer?
  ) {
    // All names and values one behind the other, so that one buffer stays in its place for all spans.
    var texts: [UInt8] = []
    let ranges = headers.map { header in
      let start = texts.count
      texts += header.name.utf8
      let middle = texts.count
      texts += header.value.utf8
      return (name: start..<middle, value: middle..<texts.count)
    }
    unsafe texts.withUnsafeBufferPointer { texts in
      let list = unsafe ranges.map { range in
        unsafe destination_http_header(
          name: span(texts, range.name), value: span(texts, range.value))
      }
      unsafe list.withUnsafeBufferPointer { list in
        unsafe body.withUnsafeBufferPointer { body in
          var response = unsafe destination_http_response(
            struct_size: UInt32(MemoryLayout<destination_http_response>.size),
            status: UInt32(status),
            header_stride: UInt32(MemoryLayout<destination_http_header>.stride),
            header_count: UInt32(list.count), headers: list.baseAddress,
            body: destination_span(data: body.baseAddress, length: body.count))
          unsafe receiver(context, &response)
        }
      }
    }
  }

  private static func span(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> destination_span {
    let part = unsafe UnsafeBufferPointer(rebasing: bytes[range])
    return unsafe destination_span(data: part.baseAddress, length: part.count)
  }
}
