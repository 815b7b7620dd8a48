internal import Glibc

/// Makes a descriptor readable, from any thread, for whoever waits for it.
final class Signal: Sendable {
  let reading: Int32
  private let writing: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    _ = unsafe socketpair(AF_UNIX, kind, 0, &ends)
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    if reading >= 0 { close(reading) }
    if writing >= 0 { close(writing) }
  }

  /// False where no more files can be opened: then nothing is ever told.
  var isThere: Bool { reading >= 0 }

  /// Also when it has been sent already; one that is full says enough.
  func send() {
    var byte: UInt8 = 1
    _ = unsafe write(writing, &byte, 1)
  }

  /// Makes the descriptor wait for the next `send`.
  func silence() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while unsafe read(reading, &bytes, bytes.count) == bytes.count {}
  }
}
