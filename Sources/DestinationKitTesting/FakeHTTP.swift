internal import CDestinationAdapter
public import DestinationKit
internal import Synchronization

/// What a request is answered.
public enum FakeAnswer: Sendable, Equatable {
  /// A server's answer; names of header fields in lower case.
  case status(Int, headers: [String: String] = [:], body: String = "")
  /// No answer came.
  case failure(HTTPFailure.Kind)
}

/// One request, as the adapter asked for it.
public struct FakeRequest: Sendable, Equatable {
  /// Such as `POST`.
  public let method: String

  /// With the marks of secrets that the adapter wrote.
  public let url: String

  /// Names as the adapter wrote them; the last of a name counts.
  public let headers: [String: String]

  /// All pieces, one after the other.
  public let body: String
}

/// `host.http/1` of a fake host.
enum FakeHTTP {
  // Written once and read-only from then on; lives as long as the process, as the header says.
  nonisolated(unsafe) static let table: UnsafeMutablePointer<destination_http> = {
    let table = UnsafeMutablePointer<destination_http>.allocate(capacity: 1)
    unsafe table.initialize(
      to: unsafe destination_http(
        struct_size: UInt32(MemoryLayout<destination_http>.size), reserved: 0,
        send: { host, request, receiver, context, problem in
          guard let request = unsafe request?.pointee, let receiver = unsafe receiver else {
            return DESTINATION_INVALID
          }
          let answer = unsafe FakeHost.of(host).state.withLock { state -> FakeAnswer in
            unsafe state.requests.append(FakeRequest(request))
            guard let first = state.answers.first else { return .status(200) }
            if state.answers.count > 1 { state.answers.removeFirst() }
            return first
          }
          return unsafe FakeHTTP.perform(answer, receiver, context)
        }))
    return unsafe table
  }()

  private static func perform(
    _ answer: FakeAnswer, _ receiver: destination_http_receiver, _ context: UnsafeMutableRawPointer?
  ) -> Int32 {
    switch answer {
    case .failure(let kind): return kind.rawValue
    case .status(let status, let headers, let body):
      unsafe hand(status, headers, body, receiver, context)
      return DESTINATION_OK
    }
  }

  private static func hand(
    _ status: Int, _ headers: [String: String], _ body: String,
    _ receiver: destination_http_receiver, _ context: UnsafeMutableRawPointer?
  ) {
    // All texts one behind the other, so that one buffer stays in its place for all spans.
    var bytes: [UInt8] = []
    let place = { (text: String) -> Range<Int> in
      bytes += Array(text.utf8)
      return bytes.count - text.utf8.count..<bytes.count
    }
    let fields = headers.sorted { $0.key < $1.key }.map { (place($0.key), place($0.value)) }
    let rest = place(body)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      let list = unsafe fields.map { name, value in
        unsafe destination_http_header(name: span(bytes, name), value: span(bytes, value))
      }
      unsafe list.withUnsafeBufferPointer { list in
        var response = unsafe destination_http_response(
          struct_size: UInt32(MemoryLayout<destination_http_response>.size), status: UInt32(status),
          header_stride: UInt32(MemoryLayout<destination_http_header>.stride),
          header_count: UInt32(list.count), headers: list.baseAddress, body: span(bytes, rest))
        unsafe receiver(context, &response)
      }
    }
  }

  private static func span(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> destination_span {
    unsafe destination_span(
      data: bytes.baseAddress.map { unsafe $0 + range.lowerBound }, length: range.count)
  }
}

extension FakeRequest {
  fileprivate init(_ request: destination_http_request) {
    method = unsafe string(request.method)
    url = unsafe string(request.url)
    var headers: [String: String] = [:]
    for index in 0..<Int(unsafe request.header_count) {
      let header = unsafe request.headers[index]
      unsafe headers[string(header.name)] = unsafe string(header.value)
    }
    self.headers = headers
    body = (0..<Int(unsafe request.body_count)).map { unsafe string(request.body[$0]) }.joined()
  }
}
