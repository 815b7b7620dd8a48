internal import CDestinationAdapter

/// HTTP through the host, which looks up names, verifies TLS, keeps connections, and lets through only what the
/// operator approved; an adapter needs no network right of its own.
///
/// For the thread that runs `start`, `deliver`, `flush` or `stop`, during that call: elsewhere the host refuses.
///
/// `@unchecked`: it holds pointers to what does not change while the instance lives; the host checks the thread.
@safe public struct HTTPClient: @unchecked Sendable {
  private let host: UnsafePointer<destination_host>
  private let table: UnsafePointer<destination_http>

  init?(_ host: AdapterHost) {
    let pointer = unsafe host.pointer
    let found = unsafe withSpan(of: DESTINATION_EXTENSION_HTTP_1) { id in
      unsafe pointer.pointee.`extension`?(pointer, id)
    }
    guard let found = unsafe found else { return nil }
    let table = unsafe found.assumingMemoryBound(to: destination_http.self)
    guard unsafe Int(table.pointee.struct_size) >= ABISize.http else { return nil }
    unsafe self.host = pointer
    unsafe self.table = table
  }

  /// Sends a request with a body and waits for the answer, whatever its status.
  ///
  /// `call` is ``Batch/call`` in `deliver`, nil elsewhere: a call that is cancelled ends its request. Throws
  /// ``HTTPFailure``.
  public func send(
    _ request: HTTPRequest, body: RawSpan = RawSpan(), call: CallToken? = nil
  ) throws(HTTPFailure) -> HTTPResponse {
    let box = ResponseBox()
    var problem = [UInt8](repeating: 0, count: 1024)
    var length = 0
    let status = unsafe RequestBytes(request).withPointers { layout in
      unsafe body.withUnsafeBytes { body in
        var piece = unsafe destination_span(
          data: body.baseAddress?.assumingMemoryBound(to: UInt8.self), length: body.count)
        return unsafe withUnsafePointer(to: &piece) { piece in
          var layout = unsafe layout
          unsafe layout.body_stride = UInt32(MemoryLayout<destination_span>.stride)
          unsafe layout.body_count = body.isEmpty ? 0 : 1
          unsafe layout.body = piece
          unsafe layout.call_token = call?.rawValue ?? 0
          return unsafe send(&layout, box, &problem, &length)
        }
      }
    }
    if status == DESTINATION_OK, let response = box.response { return response }
    throw HTTPFailure(
      HTTPFailure.Kind(rawValue: status) ?? .unavailable,
      String(decoding: problem.prefix(max(0, length)), as: UTF8.self))
  }

  private func send(
    _ layout: inout destination_http_request, _ box: ResponseBox, _ problem: inout [UInt8],
    _ length: inout Int
  ) -> Int32 {
    unsafe problem.withUnsafeMutableBufferPointer { buffer in
      var text = unsafe destination_text(
        data: buffer.baseAddress, capacity: buffer.count, length: 0)
      let status = unsafe table.pointee.send?(
        host, &layout,
        { context, response in unsafe ResponseBox.at(context)?.take(response) },
        Unmanaged.passUnretained(box).toOpaque(), &text)
      length = unsafe text.length
      return status ?? DESTINATION_FAILED
    }
  }
}

extension AdapterHost {
  /// HTTP through the host; nil where it has none.
  ///
  /// Name ``HostFeatures/http`` in ``AdapterDescription/requiredHostFeatures``, and it is there.
  public var http: HTTPClient? { HTTPClient(self) }

  /// The same for an adapter that cannot work without; throws an ``AdapterProblem`` where there is none.
  public func requiredHTTP() throws -> HTTPClient {
    guard let http else {
      throw AdapterProblem.unavailable("the host sends no HTTP requests. Use a newer host.")
    }
    return http
  }
}
