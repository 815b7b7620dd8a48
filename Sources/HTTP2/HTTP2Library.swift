internal import CHTTP2
internal import Glibc

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
  /// The library, loaded once for the process and never unloaded.
  package static let shared: Result<HTTP2Library, HTTP2Error> = Result { () throws(HTTP2Error) in
    try HTTP2Library(named: "libnghttp2.so.14")
  }

  /// 1.41.0, the first that bounds what a SETTINGS frame may hold, as `nghttp2_version` counts.
  private static let oldest: Int32 = 0x01_2900

  init(named name: String) throws(HTTP2Error) {
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
      throw .noLibrary(unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason is given")
    }
    let symbols = unsafe Symbols(handle)
    let version: @convention(c) (Int32) -> UnsafePointer<http2_info>? =
      unsafe try symbols.find("version")
    // Null means: older than what was asked for.
    guard unsafe version(Self.oldest) != nil else {
      let found = unsafe version(0).map { unsafe $0.pointee.version_num } ?? 0
      throw .unsuitableLibrary("it is of version \(Self.text(found)), older than 1.41.0")
    }
    try self.init(symbols)
  }

  private init(_ symbols: borrowing Symbols) throws(HTTP2Error) {
    unsafe newCallbacks = try symbols.find("session_callbacks_new")
    unsafe destroyCallbacks = try symbols.find("session_callbacks_del")
    unsafe onBeginFrame = try symbols.find("session_callbacks_set_on_begin_frame_callback")
    unsafe onBeginHeaders = try symbols.find("session_callbacks_set_on_begin_headers_callback")
    unsafe onHeader = try symbols.find("session_callbacks_set_on_header_callback")
    unsafe onInvalidHeader = try symbols.find("session_callbacks_set_on_invalid_header_callback")
    unsafe onFrame = try symbols.find("session_callbacks_set_on_frame_recv_callback")
    unsafe onInvalidFrame = try symbols.find(
      "session_callbacks_set_on_invalid_frame_recv_callback")
    unsafe onData = try symbols.find("session_callbacks_set_on_data_chunk_recv_callback")
    unsafe onClose = try symbols.find("session_callbacks_set_on_stream_close_callback")
    unsafe newOptions = try symbols.find("option_new")
    unsafe destroyOptions = try symbols.find("option_del")
    unsafe keepNoClosedStreams = try symbols.find("option_set_no_closed_streams")
    unsafe newClient = try symbols.find("session_client_new2")
    unsafe destroySession = try symbols.find("session_del")
    unsafe receive = try symbols.find("session_mem_recv")
    unsafe send = try symbols.find("session_mem_send")
    unsafe wantsRead = try symbols.find("session_want_read")
    unsafe wantsWrite = try symbols.find("session_want_write")
    unsafe submitSettings = try symbols.find("submit_settings")
    unsafe submitRequest = try symbols.find("submit_request")
    unsafe submitReset = try symbols.find("submit_rst_stream")
    unsafe terminate = try symbols.find("session_terminate_session")
    unsafe remoteSetting = try symbols.find("session_get_remote_settings")
    unsafe isLocallyClosed = try symbols.find("session_get_stream_local_close")
    unsafe errorText = try symbols.find("strerror")
  }

  /// `1.52.0` from `0x013400`.
  static func text(_ version: Int32) -> String {
    "\(version >> 16 & 0xFF).\(version >> 8 & 0xFF).\(version & 0xFF)"
  }

  /// The library's words for one of its errors; they name no byte of a message.
  func words(_ code: Int) -> String {
    unsafe errorText(Int32(truncatingIfNeeded: code)).map { unsafe String(cString: $0) }
      ?? "error \(code)"
  }
}

/// The symbols of one loaded library.
@safe private struct Symbols: ~Copyable {
  private let handle: UnsafeMutableRawPointer

  init(_ handle: UnsafeMutableRawPointer) { unsafe self.handle = unsafe handle }

  /// - Parameter name: without the `nghttp2_` that each begins with.
  func find<Function>(_ name: String) throws(HTTP2Error) -> Function {
    guard let address = unsafe dlsym(handle, "nghttp2_\(name)") else {
      throw .unsuitableLibrary("it has no function nghttp2_\(name)")
    }
    return unsafe unsafeBitCast(address, to: Function.self)
  }
}
