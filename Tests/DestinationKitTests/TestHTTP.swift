import CDestinationAdapter
import Synchronization

/// A fake of `host.http/1`: answers from a script, and writes down what it was asked.
enum TestHTTP {
  struct Request: Equatable, Sendable {
    var method = ""
    var url = ""
    var headers: [String] = []
    var body = ""
    var timeout: UInt32 = 0
    var call: UInt64 = 0
  }

  /// What `send` does; one that fails says why.
  enum Step: Sendable {
    case answer(status: UInt32, headers: [(String, String)] = [], body: String = "")
    case failure(Int32, String)
    /// An answer that is smaller than the header has it.
    case shortAnswer
    /// OK, and no answer.
    case silence
  }

  struct Script: Sendable {
    var steps: [Step] = []
    var requests: [Request] = []
  }

  /// The extension's table for the host whose script this is; never freed, as the contract says.
  static func table() -> UnsafeMutablePointer<destination_http> {
    let table = UnsafeMutablePointer<destination_http>.allocate(capacity: 1)
    unsafe table.initialize(to: destination_http())
    unsafe table.pointee.struct_size = DESTINATION_HTTP_SIZE_1_0
    unsafe table.pointee.send = { host, request, receiver, context, problem in
      let step = unsafe TestHost.of(host).http.withLock { script -> Step in
        unsafe script.requests.append(Request(request!.pointee))
        return script.steps.isEmpty
          ? .answer(status: 200) : script.steps.removeFirst()
      }
      return unsafe TestHTTP.perform(step, receiver!, context, problem)
    }
    return unsafe table
  }

  private static func perform(
    _ step: Step, _ receiver: destination_http_receiver, _ context: UnsafeMutableRawPointer?,
    _ problem: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    switch step {
    case .answer(let status, let headers, let body):
      unsafe hand(status, headers, body, DESTINATION_HTTP_RESPONSE_SIZE_1_0, receiver, context)
      return DESTINATION_OK
    case .shortAnswer:
      unsafe hand(200, [], "", 8, receiver, context)
      return DESTINATION_OK
    case .silence: return DESTINATION_OK
    case .failure(let status, let text):
      let bytes = Array(text.utf8)
      unsafe problem!.pointee.length = bytes.count
      for (index, byte) in bytes.prefix(unsafe problem!.pointee.capacity).enumerated() {
        unsafe problem!.pointee.data[index] = byte
      }
      return status
    }
  }

  private static func hand(
    _ status: UInt32, _ headers: [(String, String)], _ body: String, _ size: UInt32,
    _ receiver: destination_http_receiver, _ context: UnsafeMutableRawPointer?
  ) {
    let texts = headers.flatMap { [$0.0, $0.1] } + [body]
    let buffers = unsafe texts.map { text in
      let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
      _ = unsafe buffer.initialize(fromContentsOf: Array(text.utf8))
      return unsafe buffer
    }
    defer { unsafe buffers.forEach { unsafe $0.deallocate() } }
    let spans = unsafe buffers.map {
      unsafe destination_span(data: UnsafePointer($0.baseAddress), length: $0.count)
    }
    let list = unsafe headers.indices.map {
      unsafe destination_http_header(name: spans[2 * $0], value: spans[2 * $0 + 1])
    }
    unsafe list.withUnsafeBufferPointer { list in
      var response = unsafe destination_http_response(
        struct_size: size, status: status,
        header_stride: UInt32(MemoryLayout<destination_http_header>.stride),
        header_count: UInt32(list.count), headers: list.baseAddress, body: spans.last!)
      unsafe receiver(context, &response)
    }
  }
}

extension TestHTTP.Request {
  init(_ request: destination_http_request) {
    method = unsafe string(request.method)
    url = unsafe string(request.url)
    timeout = unsafe request.timeout_ms
    call = unsafe request.call_token
    for index in 0..<Int(unsafe request.header_count) {
      let header = unsafe request.headers[index]
      unsafe headers.append("\(string(header.name)): \(string(header.value))")
    }
    for index in 0..<Int(unsafe request.body_count) { body += unsafe string(request.body[index]) }
  }
}
