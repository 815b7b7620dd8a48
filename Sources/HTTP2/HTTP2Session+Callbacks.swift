internal import CHTTP2
internal import HTTPWire

/// What the library tells while it reads and writes, on the thread that called it.
extension HTTP2Session {
  static func callbacks(_ library: HTTP2Library) -> HTTP2Library.Callbacks? {
    var made: HTTP2Library.Callbacks?
    guard unsafe library.newCallbacks(&made) == 0, let callbacks = unsafe made else { return nil }
    unsafe library.onBeginFrame(callbacks) { _, _, context in
      unsafe HTTP2Session.of(context).frameBegan()
    }
    unsafe library.onBeginHeaders(callbacks) { _, frame, context in
      unsafe HTTP2Session.of(context).headBegan(frame!.pointee.stream_id)
    }
    unsafe library.onHeader(callbacks) {
      _, frame, name, nameLength, value, valueLength, _, context in
      let name = unsafe UnsafeBufferPointer(start: name, count: nameLength)
      let value = unsafe UnsafeBufferPointer(start: value, count: valueLength)
      return unsafe HTTP2Session.of(context).field(
        frame!.pointee.stream_id, Span(_unsafeElements: name), Span(_unsafeElements: value))
    }
    // Left out, as the library would have it, a field would mean to us something else than to another reader.
    unsafe library.onInvalidHeader(callbacks) { _, _, _, _, _, _, _, _ in HTTP2Session.refuseStream
    }
    unsafe library.onFrame(callbacks) { _, frame, context in
      unsafe HTTP2Session.of(context).frameEnded(frame!.pointee)
    }
    unsafe library.onInvalidFrame(callbacks) { _, frame, error, context in
      unsafe HTTP2Session.of(context).frameIsInvalid(frame!.pointee, error)
    }
    unsafe library.onData(callbacks) { _, _, stream, bytes, count, context in
      unsafe HTTP2Session.of(context).data(stream, UnsafeBufferPointer(start: bytes, count: count))
    }
    unsafe library.onClose(callbacks) { _, stream, code, context in
      unsafe HTTP2Session.of(context).streamClosed(stream, code)
    }
    return unsafe callbacks
  }

  static let readBody: http2_read = { _, stream, buffer, length, flags, _, context in
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: length)
    let (count, isLast) = unsafe HTTP2Session.of(context).read(stream, into: buffer)
    if isLast { unsafe flags!.pointee |= 1 }
    return count
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> HTTP2Session {
    unsafe Unmanaged.fromOpaque(context!).takeUnretainedValue()
  }

  private static let fine: Int32 = 0
  /// NGHTTP2_ERR_CALLBACK_FAILURE: the library stops reading at once.
  private static let refuseConnection: Int32 = -902
  /// NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE: the library resets the stream.
  private static let refuseStream: Int32 = -521
}

extension HTTP2Session {
  private func frameBegan() -> Int32 {
    guard allowance.takeFrame() else {
      return refuse("it floods the connection with frames that come to nothing")
    }
    return Self.fine
  }

  private func headBegan(_ stream: Int32) -> Int32 {
    streams[stream]?.beginHead()
    return Self.fine
  }

  /// A head beyond its limits costs the connection: what it does to the compression table would have to be read on.
  private func field(_ stream: Int32, _ name: Span<UInt8>, _ value: Span<UInt8>) -> Int32 {
    do throws(WireError) { try streams[stream]?.add(name, value) } catch {
      return refuse("\(error)")
    }
    return Self.fine
  }

  private func data(_ stream: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    allowance.addBytes(bytes.count)
    do throws(WireError) { unsafe try streams[stream]?.add(bytes) } catch {
      finish(stream, .failure(.malformed(error)))
    }
    return Self.fine
  }

  private func frameEnded(_ frame: http2_frame) -> Int32 {
    // GOAWAY
    if frame.type == 7 { isDraining = true }
    // HEADERS
    if frame.type == 1 {
      do throws(WireError) { try streams[frame.stream_id]?.endHead() } catch {
        finish(frame.stream_id, .failure(.malformed(error)))
      }
    }
    // DATA or HEADERS with END_STREAM
    if frame.type <= 1, frame.flags & 1 != 0, let stream = streams[frame.stream_id] {
      finish(frame.stream_id, .success(stream.whole))
    }
    return Self.fine
  }

  /// What breaks one stream is told by its end; the rest ends the connection.
  private func frameIsInvalid(_ frame: http2_frame, _ error: Int32) -> Int32 {
    if frame.stream_id == 0 || streams[frame.stream_id] == nil {
      breach = library.words(Int(error))
    }
    return Self.fine
  }

  private func streamClosed(_ stream: Int32, _ code: UInt32) -> Int32 {
    guard let state = streams[stream] else { return Self.fine }
    switch code {
    case 7 where !state.hasBegun: finish(stream, .failure(.refused))
    case 13 where !state.hasBegun: finish(stream, .failure(.needsHTTP11))
    default: finish(stream, .failure(.reset(code: code, answerBegan: state.hasBegun)))
    }
    return Self.fine
  }

  private func read(
    _ stream: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) -> (count: Int, isLast: Bool) {
    // Of a stream that nobody waits for nothing more goes out; its reset is on the way.
    guard let (count, isLast) = unsafe streams[stream]?.read(into: buffer) else { return (0, true) }
    allowance.addBytes(count)
    return (count, isLast)
  }

  private func refuse(_ reason: String) -> Int32 {
    breach = reason
    return Self.refuseConnection
  }
}
