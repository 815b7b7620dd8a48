internal import CDestinationAdapter
internal import Glibc
internal import Synchronization

/// `host.http/1` as the adapter sees it: a request goes to the host, which sends it, and its answer comes back.
///
/// The session's thread is the one that waits, since the host serves requests while it waits for that thread's call.
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

  private static let exchanges = Mutex(())

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
      return unsafe tell("the request is not laid out as ABI 1.0 has it.", problem, .invalid)
    }
    let services = unsafe services(host)
    guard services.isRequesting else {
      return unsafe tell(
        "send is for the thread of start, deliver, flush or stop, during the call.", problem,
        .invalid)
    }
    let token = request.callToken
    if token != 0, services.isCancelled(token) {
      return unsafe tell("the call was called off.", problem, .cancelled)
    }
    guard let message = request.message else {
      return unsafe tell(
        "the request has too many headers, or a part of it is too long.", problem, .invalid)
    }
    switch exchange(message) {
    case .response(let status, let headers, let body):
      unsafe HTTPResponseLayout.hand(status, headers, body, to: receiver, context)
      return DESTINATION_OK
    case .failure(let failure, let text): return unsafe tell(text, problem, failure)
    }
  }

  /// A host that is gone or talks nonsense ends the process, as everywhere.
  private static func exchange(_ message: [UInt8]) -> HTTPAnswer {
    // In a trial several threads may ask.
    exchanges.withLock { _ in
      var link = WorkerLink()
      var payload: [UInt8] = []
      guard link.send(.http, message), link.receive(into: &payload) == .httpAnswer,
        let answer = HTTPAnswer(payload)
      else { exit(75) }
      return answer
    }
  }

  private static func tell(
    _ text: String, _ problem: UnsafeMutablePointer<destination_text>?,
    _ failure: HTTPAnswer.Failure
  ) -> Int32 {
    if let problem = unsafe problem {
      let bytes = Array(text.utf8)
      unsafe problem.pointee.length = bytes.count
      if let target = unsafe problem.pointee.data {
        let count = unsafe min(bytes.count, problem.pointee.capacity)
        unsafe bytes.withUnsafeBufferPointer { source in
          if let start = source.baseAddress { unsafe target.update(from: start, count: count) }
        }
      }
    }
    return failure.status
  }
}

extension HTTPAnswer.Failure {
  fileprivate var status: Int32 {
    switch self {
    case .invalid: DESTINATION_INVALID
    case .refused: DESTINATION_REFUSED
    case .unavailable: DESTINATION_UNAVAILABLE
    case .timedOut: DESTINATION_TIMED_OUT
    case .cancelled: DESTINATION_CANCELLED
    case .tooLarge: DESTINATION_TOO_LARGE
    }
  }
}
