internal import CHTTP2
internal import SystemLibrary

/// The functions of libnghttp2 that the host uses, found at run time; all their types stand here.
///
/// Documented in its `nghttp2.h`. A session is for one thread at a time; the rest is thread-safe.
@safe package struct HTTP2Library: @unchecked Sendable {
  // Protected by immutability: function pointers of a library that stays loaded.
  typealias Session = UnsafeMutableRawPointer
  typealias Callbacks = OpaquePointer
  typealias Options = OpaquePointer
  typealias Made<Thing> = UnsafeMutablePointer<Thing?>

  let newCallbacks: @convention(c) (Made<Callbacks>) -> Int32
  let destroyCallbacks: @convention(c) (Callbacks) -> Void
  let onBeginFrame: @convention(c) (Callbacks, http2_on_frame) -> Void
  let onBeginHeaders: @convention(c) (Callbacks, http2_on_frame) -> Void
  let onHeader: @convention(c) (Callbacks, http2_on_field) -> Void
  let onInvalidHeader: @convention(c) (Callbacks, http2_on_field) -> Void
  let onFrame: @convention(c) (Callbacks, http2_on_frame) -> Void
  let onInvalidFrame: @convention(c) (Callbacks, http2_on_invalid_frame) -> Void
  let onData: @convention(c) (Callbacks, http2_on_data) -> Void
  let onClose: @convention(c) (Callbacks, http2_on_close) -> Void

  let newOptions: @convention(c) (Made<Options>) -> Int32
  let destroyOptions: @convention(c) (Options) -> Void
  let keepNoClosedStreams: @convention(c) (Options, Int32) -> Void

  let newClient:
    @convention(c) (Made<Session>, Callbacks, UnsafeMutableRawPointer?, Options) -> Int32
  let destroySession: @convention(c) (Session) -> Void
  let receive: @convention(c) (Session, UnsafePointer<UInt8>?, Int) -> Int
  let send: @convention(c) (Session, UnsafeMutablePointer<UnsafePointer<UInt8>?>) -> Int
  let wantsRead: @convention(c) (Session) -> Int32
  let wantsWrite: @convention(c) (Session) -> Int32
  let submitSettings: @convention(c) (Session, UInt8, UnsafePointer<http2_setting>, Int) -> Int32
  let submitRequest:
    @convention(c) (
      Session, UnsafeRawPointer?, UnsafePointer<http2_field>?, Int, UnsafePointer<http2_body>?,
      UnsafeMutableRawPointer?
    ) -> Int32
  let submitReset: @convention(c) (Session, UInt8, Int32, UInt32) -> Int32
  let terminate: @convention(c) (Session, UInt32) -> Int32
  let remoteSetting: @convention(c) (Session, Int32) -> UInt32
  let isLocallyClosed: @convention(c) (Session, Int32) -> Int32
  let errorText: @convention(c) (Int32) -> UnsafePointer<CChar>?
}

// MARK: - Loading

extension HTTP2Library {
  /// 1.41.0 is the first that bounds what a SETTINGS frame may hold.
  static let required = LibraryRequirement(
    "the HTTP/2 library", sonames: ["libnghttp2.so.14"], symbolPrefix: "nghttp2_",
    debianPackage: "libnghttp2-14", oldest: LibraryVersion(1, 41, 0))

  /// The library, loaded once for the process and never unloaded.
  package static let shared: Result<HTTP2Library, HTTP2Error> = Result {
    () throws(SystemLibraryError) in try HTTP2Library(try SystemLibrary(required))
  }.mapError(HTTP2Error.noLibrary)

  init(_ library: SystemLibrary) throws(SystemLibraryError) {
    // Of the version that is asked for, or null; any is newer than 0.
    let version: @convention(c) (Int32) -> UnsafePointer<http2_info>? =
      unsafe try library.function("version")
    let found = unsafe version(0).map { unsafe $0.pointee.version_num } ?? 0
    try library.require(LibraryVersion(bytes: found))
    unsafe newCallbacks = try library.function("session_callbacks_new")
    unsafe destroyCallbacks = try library.function("session_callbacks_del")
    unsafe onBeginFrame = try library.function("session_callbacks_set_on_begin_frame_callback")
    unsafe onBeginHeaders = try library.function("session_callbacks_set_on_begin_headers_callback")
    unsafe onHeader = try library.function("session_callbacks_set_on_header_callback")
    unsafe onInvalidHeader = try library.function(
      "session_callbacks_set_on_invalid_header_callback")
    unsafe onFrame = try library.function("session_callbacks_set_on_frame_recv_callback")
    unsafe onInvalidFrame = try library.function(
      "session_callbacks_set_on_invalid_frame_recv_callback")
    unsafe onData = try library.function("session_callbacks_set_on_data_chunk_recv_callback")
    unsafe onClose = try library.function("session_callbacks_set_on_stream_close_callback")
    unsafe newOptions = try library.function("option_new")
    unsafe destroyOptions = try library.function("option_del")
    unsafe keepNoClosedStreams = try library.function("option_set_no_closed_streams")
    unsafe newClient = try library.function("session_client_new2")
    unsafe destroySession = try library.function("session_del")
    unsafe receive = try library.function("session_mem_recv")
    unsafe send = try library.function("session_mem_send")
    unsafe wantsRead = try library.function("session_want_read")
    unsafe wantsWrite = try library.function("session_want_write")
    unsafe submitSettings = try library.function("submit_settings")
    unsafe submitRequest = try library.function("submit_request")
    unsafe submitReset = try library.function("submit_rst_stream")
    unsafe terminate = try library.function("session_terminate_session")
    unsafe remoteSetting = try library.function("session_get_remote_settings")
    unsafe isLocallyClosed = try library.function("session_get_stream_local_close")
    unsafe errorText = try library.function("strerror")
  }

  /// The library's words for one of its errors; they name no byte of a message.
  func words(_ code: Int) -> String {
    unsafe errorText(Int32(truncatingIfNeeded: code)).map { unsafe String(cString: $0) }
      ?? "error \(code)"
  }
}
