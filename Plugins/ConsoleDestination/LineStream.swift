internal import DestinationKit
internal import Glibc

/// A descriptor that takes lines, perhaps slowly.
///
/// For one thread at a time.
struct LineStream {
  private let descriptor: Int32
  private var endsTorn = false

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Writes the lines and a line feed, waiting for a slow reader until `isCancelled`.
  ///
  /// Returns how many of these bytes went out, and what becomes of the events behind them; nil if all went out.
  mutating func write(
    _ lines: RawSpan, isCancelled: () -> Bool
  ) -> (written: Int, stopped: Outcome?) {
    if endsTorn, let stopped = writeAll([lineFeed], isCancelled: isCancelled).stopped {
      return (0, stopped)
    }
    endsTorn = false
    let (written, stopped) = unsafe lines.withUnsafeBytes {
      unsafe writeAll($0, isCancelled: isCancelled)
    }
    guard stopped == nil else {
      endsTorn = written > 0
      return (written, stopped)
    }
    let end = writeAll([lineFeed], isCancelled: isCancelled)
    endsTorn = end.stopped != nil
    return (written + end.written, end.stopped)
  }

  private let lineFeed = UInt8(ascii: "\n")

  private func writeAll(
    _ bytes: [UInt8], isCancelled: () -> Bool
  ) -> (written: Int, stopped: Outcome?) {
    unsafe bytes.withUnsafeBytes { unsafe writeAll($0, isCancelled: isCancelled) }
  }

  private func writeAll(
    _ bytes: UnsafeRawBufferPointer, isCancelled: () -> Bool
  ) -> (written: Int, stopped: Outcome?) {
    var done = 0
    while done < bytes.count {
      if isCancelled() { return (done, .retry(detail: "the reader was too slow")) }
      guard isReady() else { continue }
      // A pipe that is ready takes this much without blocking.
      let piece = min(bytes.count - done, Int(PIPE_BUF))
      let written = unsafe Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, piece)
      if written > 0 {
        done += written
      } else if errno != EINTR, errno != EAGAIN {
        return (done, .retry(wholeDestination: true, code: errno, detail: "write: \(reason)"))
      }
    }
    return (done, nil)
  }

  /// Whether the descriptor takes bytes, or will say why not; waits a little.
  private func isReady() -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&waiting, 1, 50) > 0
  }

  private var reason: String { unsafe String(cString: strerror(errno)) }
}
