internal import Glibc

/// Reads gzip (RFC 1952) through the system's zlib, where that is installed.
///
/// The library is loaded once for the process, when it is first needed; any thread.
package enum Gzip {
  /// Whether the system has zlib.
  package static var isAvailable: Bool { ZLib.shared != nil }

  /// The Debian package that has it.
  package static let debianPackage = "zlib1g"

  /// Appends what the bytes hold to `output`.
  ///
  /// Stops at the first bytes beyond the limit, so a few that stand for gigabytes cost no more than the limit.
  package static func decode(
    _ input: [UInt8], into output: inout [UInt8], limit: Int
  ) throws(GzipError) {
    guard let library = ZLib.shared else { throw .unavailable }
    var stream = ZStream()
    guard library.begin(&stream) else { throw .unavailable }
    defer { library.end(&stream) }
    try library.run(&stream, input, into: &output, limit: limit)
  }
}

package enum GzipError: Error, Equatable, Sendable {
  /// There is no zlib here.
  case unavailable
  /// The bytes are no gzip, end too early, or go on behind its end.
  case malformed
  case tooLong
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
}

/// The three functions of zlib that are used.
@safe private struct ZLib: Sendable {
  private typealias Begin =
    @convention(c) (UnsafeMutableRawPointer, Int32, UnsafePointer<CChar>, Int32) -> Int32
  private typealias Run = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
  private typealias End = @convention(c) (UnsafeMutableRawPointer) -> Int32

  private let initialize: Begin
  private let inflate: Run
  private let finish: End

  static let shared = ZLib(named: "libz.so.1")

  private static let ok: Int32 = 0
  private static let streamEnd: Int32 = 1

  private init?(named name: String) {
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE),
      let begin = unsafe dlsym(handle, "inflateInit2_"), let run = unsafe dlsym(handle, "inflate"),
      let end = unsafe dlsym(handle, "inflateEnd")
    else { return nil }
    unsafe initialize = unsafeBitCast(begin, to: Begin.self)
    unsafe inflate = unsafeBitCast(run, to: Run.self)
    unsafe finish = unsafeBitCast(end, to: End.self)
  }

  /// 15 bits of window, and 16 more for gzip's header and trailer alone.
  func begin(_ stream: inout ZStream) -> Bool {
    unsafe initialize(&stream, 15 + 16, "1.2.0", Int32(MemoryLayout<ZStream>.size)) == Self.ok
  }

  func end(_ stream: inout ZStream) { _ = unsafe finish(&stream) }

  func run(
    _ stream: inout ZStream, _ input: [UInt8], into output: inout [UInt8], limit: Int
  ) throws(GzipError) {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var (consumed, total) = (0, 0)
    var result = Self.ok
    stream.availableIn = UInt32(input.count)
    repeat {
      result = step(&stream, input[consumed...], &piece)
      let written = piece.count - Int(stream.availableOut)
      consumed = input.count - Int(stream.availableIn)
      total += written
      guard total <= limit else { throw .tooLong }
      output += piece[..<written]
      // Nothing more comes out of what ends too early.
      guard result == Self.streamEnd || result == Self.ok && written > 0 else { throw .malformed }
    } while result != Self.streamEnd
    guard consumed == input.count else { throw .malformed }
  }

  private func step(
    _ stream: inout ZStream, _ input: ArraySlice<UInt8>, _ piece: inout [UInt8]
  ) -> Int32 {
    unsafe input.withUnsafeBufferPointer { source in
      unsafe piece.withUnsafeMutableBufferPointer { target in
        unsafe stream.nextIn = source.baseAddress
        unsafe stream.nextOut = target.baseAddress
        stream.availableOut = UInt32(target.count)
        return unsafe inflate(&stream, 0)
      }
    }
  }
}
