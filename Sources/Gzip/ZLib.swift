internal import SystemLibrary

/// The functions of zlib that the host uses, found at run time; all their types stand here.
///
/// Documented in its `zlib.h`. A stream is for one thread at a time.
@safe struct ZLib: Sendable {
  typealias Stream = UnsafeMutableRawPointer
  typealias Version = UnsafePointer<CChar>

  let beginInflating: @convention(c) (Stream, Int32, Version, Int32) -> Int32
  let inflate: @convention(c) (Stream, Int32) -> Int32
  let endInflating: @convention(c) (Stream) -> Int32
  let beginDeflating:
    @convention(c) (Stream, Int32, Int32, Int32, Int32, Int32, Version, Int32) -> Int32
  let deflate: @convention(c) (Stream, Int32) -> Int32
  let endDeflating: @convention(c) (Stream) -> Int32

  static let ok: Int32 = 0
  static let streamEnd: Int32 = 1

  /// 15 bits of window, and 16 more for gzip's header and trailer alone.
  static let gzipWindow: Int32 = 15 + 16
  /// The version of the header that `ZStream` and the types above are of.
  static let headerVersion = "1.2.0"
}

// MARK: - Loading

extension ZLib {
  static let required = LibraryRequirement(
    "the compression library", sonames: ["libz.so.1"], debianPackage: "zlib1g")

  /// The library, loaded once for the process and never unloaded.
  static let shared = Result { () throws(SystemLibraryError) in
    try ZLib(try SystemLibrary(required))
  }

  private init(_ library: SystemLibrary) throws(SystemLibraryError) {
    unsafe beginInflating = try library.function("inflateInit2_")
    unsafe inflate = try library.function("inflate")
    unsafe endInflating = try library.function("inflateEnd")
    unsafe beginDeflating = try library.function("deflateInit2_")
    unsafe deflate = try library.function("deflate")
    unsafe endDeflating = try library.function("deflateEnd")
  }
}

/// `z_stream` of zlib.h, whose layout its soname promises.
@safe struct ZStream {
  var nextIn: UnsafePointer<UInt8>?
  var availableIn: UInt32 = 0
  var totalIn: UInt = 0
  var nextOut: UnsafeMutablePointer<UInt8>?
  var availableOut: UInt32 = 0
  var totalOut: UInt = 0
  var message: UnsafePointer<CChar>?
  var state: OpaquePointer?
  var allocate: OpaquePointer?
  var free: OpaquePointer?
  var opaque: OpaquePointer?
  var dataType: Int32 = 0
  var adler: UInt = 0
  var reserved: UInt = 0

  static let size = Int32(MemoryLayout<ZStream>.size)
}
