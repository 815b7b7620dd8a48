internal import Foundation

/// A thread that does something again and again, with a pause before each time; it ends at once when it is told to.
final class RepeatingThread: Sendable {
  private let stop = DispatchSemaphore(value: 0)
  private let thread: HostThread

  /// - Parameters:
  ///   - name: as in ``HostThread``.
  ///   - body: given how often it was done before.
  init(_ name: String, every pause: Duration, _ body: @escaping @Sendable (Int) -> Void) {
    let seconds = pause / .seconds(1)
    thread = HostThread(name) { [stop] in
      var times = 0
      while stop.wait(timeout: .now() + seconds) == .timedOut {
        body(times)
        times += 1
      }
    }
  }

  /// Returns when the thread has ended; call it once.
  func end() {
    stop.signal()
    thread.join()
  }
}
