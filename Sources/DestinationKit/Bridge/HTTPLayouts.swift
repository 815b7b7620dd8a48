internal import CDestinationAdapter

/// A request's texts, one behind the other, and where each of them lies.
struct RequestBytes {
  private var bytes: [UInt8] = []
  private var method = 0..<0
  private var url = 0..<0
  private var headers: [(name: Range<Int>, value: Range<Int>)] = []
  private let timeout: UInt32

  init(_ request: HTTPRequest) {
    timeout = request.timeout.milliseconds
    method = add(request.method)
    url = add(request.url)
    for header in request.headers { headers.append((add(header.name), add(header.value))) }
  }

  private mutating func add(_ text: String) -> Range<Int> {
    let start = bytes.count
    bytes += text.utf8
    return start..<bytes.count
  }

  /// Calls `body` with the request but for its body; the pointers are good during the call.
  func withPointers<Result>(_ body: (destination_http_request) -> Result) -> Result {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      let list = unsafe headers.map { header in
        unsafe destination_http_header(
          name: span(bytes, header.name), value: span(bytes, header.value))
      }
      return unsafe list.withUnsafeBufferPointer { list in
        unsafe body(
          destination_http_request(
            struct_size: UInt32(MemoryLayout<destination_http_request>.size),
            header_stride: UInt32(MemoryLayout<destination_http_header>.stride),
            header_count: UInt32(list.count), body_stride: 0, body_count: 0, timeout_ms: timeout,
            method: span(bytes, method), url: span(bytes, url), headers: list.baseAddress,
            body: nil, call_token: 0))
      }
    }
  }

  private func span(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> destination_span {
    let part = unsafe UnsafeBufferPointer(rebasing: bytes[range])
    return unsafe destination_span(data: part.baseAddress, length: part.count)
  }
}

/// Where the host's receiver puts the answer, before `send` returns.
final class ResponseBox {
  private(set) var response: HTTPResponse?

  static func at(_ pointer: UnsafeMutableRawPointer?) -> ResponseBox? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe Unmanaged<ResponseBox>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Copies the answer; one that is not laid out as version 1.0 has it counts as none.
  func take(_ response: UnsafePointer<destination_http_response>?) {
    guard let response = unsafe response,
      Int(unsafe response.pointee.struct_size) >= ABISize.httpResponse
    else { return }
    let found = unsafe response.pointee
    let stride = Int(unsafe found.header_stride)
    let count = Int(unsafe found.header_count)
    let isThere = unsafe found.headers != nil
    let headerSize = unsafe MemoryLayout<destination_http_header>.size
    guard count == 0 || isThere && stride >= headerSize else {
      return
    }
    var headers: [HTTPHeader] = []
    for index in 0..<count {
      let header = unsafe UnsafeRawPointer(found.headers).map {
        unsafe $0.loadUnaligned(fromByteOffset: index * stride, as: destination_http_header.self)
      }
      guard let header = unsafe header else { return }
      unsafe headers.append(HTTPHeader(text(header.name), text(header.value)))
    }
    self.response = unsafe HTTPResponse(
      status: Int(found.status), headers: headers,
      body: Array(UnsafeBufferPointer(start: found.body.data, count: found.body.length)))
  }

  private func text(_ span: destination_span) -> String {
    unsafe String(
      decoding: UnsafeBufferPointer(start: span.data, count: span.length), as: UTF8.self)
  }
}
