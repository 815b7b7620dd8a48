internal import CHTTP2
package import HTTPWire

/// A client's side of one connection of HTTP/2, as bytes: it opens nothing and waits for nothing.
///
/// Requests go in, bytes come out; bytes go in, answers come out. For one thread at a time. Framing, header compression
/// and flow control are libnghttp2's; limits are ours.
@safe package final class HTTP2Session {
  let library: HTTP2Library
  private var session: HTTP2Library.Session?
  private let limits: WireLimits
  var streams: [Int32: AnswerInProgress] = [:]
  var allowance = FrameAllowance()
  /// What the other side broke, found while the library was reading.
  var breach: String?
  private var finished: [(stream: Int32, outcome: Result<HTTP2Answer, HTTP2Failure>)] = []
  /// Whether the other side takes no more requests (GOAWAY), or numbers have run out.
  package internal(set) var isDraining = false

  package init(_ library: HTTP2Library, _ limits: WireLimits = WireLimits()) throws(HTTP2Error) {
    self.library = library
    self.limits = limits
    guard let callbacks = unsafe HTTP2Session.callbacks(library),
      let options = unsafe HTTP2Session.options(library)
    else { throw .notStarted }
    defer {
      unsafe library.destroyCallbacks(callbacks)
      unsafe library.destroyOptions(options)
    }
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    guard unsafe library.newClient(&session, callbacks, context, options) == 0, announce() else {
      throw .notStarted
    }
  }

  deinit { if let session = unsafe session { unsafe library.destroySession(session) } }

  /// No pushes, and how long a head may be; the rest is as the format has it.
  private func announce() -> Bool {
    let settings = [
      http2_setting(id: 2, value: 0), http2_setting(id: 6, value: UInt32(limits.head)),
    ]
    return unsafe library.submitSettings(session!, 0, settings, settings.count) == 0
  }

  private static func options(_ library: HTTP2Library) -> HTTP2Library.Options? {
    var options: HTTP2Library.Options?
    guard unsafe library.newOptions(&options) == 0, let options = unsafe options else { return nil }
    // They would be kept for priorities, which nobody asks for.
    unsafe library.keepNoClosedStreams(options, 1)
    return unsafe options
  }
}

// MARK: - Requests

extension HTTP2Session {
  /// How many requests may be under way at once, by what the other side has said; 100 before it has said anything.
  package var mostStreams: Int {
    // SETTINGS_MAX_CONCURRENT_STREAMS
    unsafe Int(min(library.remoteSetting(session!, 3), 100))
  }

  /// Whether anything of an answer to it has come.
  package func hasBegun(_ stream: Int32) -> Bool { streams[stream]?.hasBegun ?? false }

  /// Requests under way.
  package var streamCount: Int { streams.count }

  /// Begins a request; its stream's number, by which its outcome is told.
  ///
  /// Throws `refused` when no more can be begun on this connection.
  package func submit(_ request: HTTP2Request) throws(HTTP2Failure) -> Int32 {
    var body = unsafe http2_body(source: nil, read: HTTP2Session.readBody)
    let stream = unsafe withFields(of: request) { fields in
      unsafe request.body.isEmpty
        ? library.submitRequest(session!, nil, fields.baseAddress, fields.count, nil, nil)
        : library.submitRequest(session!, nil, fields.baseAddress, fields.count, &body, nil)
    }
    guard stream > 0 else {
      isDraining = true
      throw .refused
    }
    streams[stream] = AnswerInProgress(sending: request.body, limits)
    streams[stream]?.isBodiless = request.fields[0].value == Array("HEAD".utf8)
    allowance.addRequest()
    return stream
  }

  /// Nobody waits for this one any more.
  package func cancel(_ stream: Int32) {
    guard streams.removeValue(forKey: stream) != nil else { return }
    reset(stream)
  }

  /// Says goodbye; nothing comes of what is still under way.
  package func end() { _ = unsafe library.terminate(session!, 0) }

  /// The outcomes since the last call.
  package func takeFinished() -> [(stream: Int32, outcome: Result<HTTP2Answer, HTTP2Failure>)] {
    defer { finished = [] }
    return finished
  }

  /// The fields as the library takes them; it copies them.
  private func withFields<Result>(
    of request: HTTP2Request, _ body: (UnsafeBufferPointer<http2_field>) -> Result
  ) -> Result {
    var texts = request.fields.flatMap { $0.name + $0.value }
    return unsafe texts.withUnsafeMutableBufferPointer { texts in
      var place = texts.baseAddress!
      var fields: [http2_field] = unsafe []
      for field in request.fields {
        let value = unsafe place + field.name.count
        unsafe fields.append(
          http2_field(
            name: place, value: value, name_length: field.name.count,
            value_length: field.value.count, flags: field.isSecret ? 1 : 0))
        unsafe place = value + field.value.count
      }
      return unsafe fields.withUnsafeBufferPointer(body)
    }
  }
}

// MARK: - Bytes

extension HTTP2Session {
  /// Takes what the other side has sent; throws `broken` when nothing more can be made of the connection.
  package func receive(_ bytes: ArraySlice<UInt8>) throws(HTTP2Error) {
    let taken = unsafe bytes.withUnsafeBufferPointer {
      unsafe library.receive(session!, $0.baseAddress, $0.count)
    }
    if let breach { throw .broken(breach) }
    guard taken >= 0 else { throw .broken(library.words(taken)) }
  }

  /// Appends what has to go out to `output`, until that has about so many bytes.
  package func send(into output: inout [UInt8], upTo length: Int = 64 << 10) throws(HTTP2Error) {
    while output.count < length {
      var bytes: UnsafePointer<UInt8>?
      let count = unsafe library.send(session!, &bytes)
      guard count >= 0 else { throw .broken(library.words(count)) }
      guard count > 0, let bytes = unsafe bytes else { return }
      let frame = unsafe UnsafeBufferPointer(start: bytes, count: count)
      unsafe noteGoodbye(in: Span(_unsafeElements: frame))
      unsafe output.append(contentsOf: frame)
    }
  }

  /// The library ends a connection on which the other side breaks a rule, and says why to nobody but that side.
  private func noteGoodbye(in frame: Span<UInt8>) {
    // GOAWAY: behind the head of nine bytes the last stream's number, then the code.
    guard frame.count >= 17, frame[3] == 7 else { return }
    let code = (13..<17).reduce(UInt32(0)) { $0 << 8 | UInt32(frame[$1]) }
    if code != 0 { breach = breach ?? HTTP2Failure.name(of: code) }
  }

  /// What the other side broke, when the connection was ended for that.
  package var violation: HTTP2Error? { breach.map { .broken($0) } }

  /// Whether all has been said on both sides.
  package var isOver: Bool {
    unsafe library.wantsRead(session!) == 0 && library.wantsWrite(session!) == 0
  }
}

// MARK: - What the callbacks do

extension HTTP2Session {
  func finish(_ stream: Int32, _ outcome: Result<HTTP2Answer, HTTP2Failure>) {
    guard streams.removeValue(forKey: stream) != nil else { return }
    finished.append((stream, outcome))
    // An answer may come before the request is whole: the rest of it is for nobody.
    if unsafe library.isLocallyClosed(session!, stream) == 0 { reset(stream) }
  }

  /// CANCEL.
  func reset(_ stream: Int32) { _ = unsafe library.submitReset(session!, 0, stream, 8) }
}
