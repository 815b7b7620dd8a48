internal import Glibc

extension Gzip {
  /// The bytes as gzip, one member at zlib's usual level; nil where the system has no zlib.
  package static func encode(_ input: ArraySlice<UInt8>) -> [UInt8]? {
    guard let library = Deflate.shared, input.count <= Int(UInt32.max) else { return nil }
    var stream = ZStream()
    guard library.begin(&stream) else { return nil }
    defer { library.end(&stream) }
    return library.run(&stream, input)
  }
}

/// The functions of zlib that compress.
@safe private struct Deflate: Sendable {
  private typealias Begin =
    @convention(c) (
      UnsafeMutableRawPointer, Int32, Int32, Int32, Int32, Int32, UnsafePointer<CChar>, Int32
    ) -> Int32
  private typealias Run = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
  private typealias End = @convention(c) (UnsafeMutableRawPointer) -> Int32

  private let initialize: Begin
  private let deflate: Run
  private let finish: End

  static let shared = Deflate(named: "libz.so.1")

  private init?(named name: String) {
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE),
      let begin = unsafe dlsym(handle, "deflateInit2_"), let run = unsafe dlsym(handle, "deflate"),
      let end = unsafe dlsym(handle, "deflateEnd")
    else { return nil }
    unsafe initialize = unsafeBitCast(begin, to: Begin.self)
    unsafe deflate = unsafeBitCast(run, to: Run.self)
    unsafe finish = unsafeBitCast(end, to: End.self)
  }

  /// Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 bits of window and 16 more for gzip's header, usual memory and strategy.
  func begin(_ stream: inout ZStream) -> Bool {
    unsafe initialize(&stream, -1, 8, 15 + 16, 8, 0, "1.2.0", Int32(MemoryLayout<ZStream>.size))
      == 0
  }

  func end(_ stream: inout ZStream) { _ = unsafe finish(&stream) }

  /// In one step, since the room is that of the worst case (zlib's compressBound, and gzip's frame).
  func run(_ stream: inout ZStream, _ input: ArraySlice<UInt8>) -> [UInt8]? {
    let count = input.count
    let room = count + count >> 12 + count >> 14 + count >> 25 + 64
    var isDone = false
    let output = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, written in
      unsafe input.withUnsafeBufferPointer { source in
        unsafe stream.nextIn = source.baseAddress
        unsafe stream.nextOut = target.baseAddress
        stream.availableIn = UInt32(count)
        stream.availableOut = UInt32(room)
        // Z_FINISH, and Z_STREAM_END.
        isDone = unsafe deflate(&stream, 4) == 1
        written = room - Int(stream.availableOut)
      }
    }
    return isDone ? output : nil
  }
}
