internal import CDestinationAdapter

/// `host.http/1` as the adapter sees it: a request goes to the host, which sends it, and its answer comes back.
enum HTTPService {
  // Written once and read-only from then on; lives as long as the process, as the header says.
  nonisolated(unsafe) private static let extensionTable: UnsafeMutablePointer<destination_http> = {
    let table = UnsafeMutablePointer<destination_http>.allocate(capacity: 1)
    unsafe table.initialize(
      to: unsafe destination_http(
        struct_size: UInt32(MemoryLayout<destination_http>.size), reserved: 0,
        send: { host, request, receiver, context, problem in
          unsafe send(host, request, receiver, context, problem)
        }))
    return unsafe table
  }()

  /// The extension of that id; nil for one that this host does not have.
  static func table(_ id: destination_span) -> UnsafeRawPointer? {
    guard unsafe String(span: id, longest: 64) == DESTINATION_EXTENSION_HTTP_1 else { return nil }
    return unsafe UnsafeRawPointer(extensionTable)
  }

  private static func send(
    _ host: UnsafePointer<destination_host>?, _ request: UnsafePointer<destination_http_request>?,
    _ receiver: destination_http_receiver?, _ context: UnsafeMutableRawPointer?,
    _ problem: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    guard let request = unsafe HTTPRequestLayout(request), let receiver = unsafe receiver else {
      return unsafe ServiceFailure.invalid.tell(
        "the request is not laid out as ABI 1.0 has it.", problem)
    }
    if let (failure, text) = unsafe ServiceExchange.obstacle(services(host), request.callToken) {
      return unsafe failure.tell(text, problem)
    }
    guard let message = request.message else {
      return unsafe ServiceFailure.invalid.tell(
        "the request has too many headers, or a part of it is too long.", problem)
    }
    let answer = ServiceExchange.ask(
      .http, message, expecting: .httpAnswer, HTTPAnswer.init)
    switch answer {
    case .response(let status, let headers, let body):
      unsafe HTTPResponseLayout.hand(status, headers, body, to: receiver, context)
      return DESTINATION_OK
    case .failure(let failure, let text): return unsafe failure.tell(text, problem)
    }
  }
}
