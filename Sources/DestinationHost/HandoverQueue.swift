internal import Foundation

/// A queue between threads: who takes from an empty one waits; first in, first out.
///
/// It has no bound of its own: what goes through it are the blocks of one run, and their number is fixed.
final class HandoverQueue<Element>: @unchecked Sendable {
  // Protected by `lock`: every access to it holds it.
  private let lock = NSLock()
  private var elements: [Element] = []
  /// One for each element, and one more once it is closed; waits go by the monotonic clock.
  private let available = DispatchSemaphore(value: 0)

  /// Adds an element and wakes one who waits.
  func put(_ element: Element) {
    lock.withLock { elements.append(element) }
    available.signal()
  }

  /// The oldest element; nil when the queue is closed and empty.
  func take() -> Element? {
    available.wait()
    return removeFirst()
  }

  /// The oldest element, when there is one within that time; nil also when the queue is closed and empty.
  func take(within time: Duration) -> Element? {
    let nanoseconds = Int(clamping: Int64(time / .nanoseconds(1)))
    guard available.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else {
      return nil
    }
    return removeFirst()
  }

  /// No element comes any more: those who wait get nil.
  func close() { available.signal() }

  /// For one who was let through by the semaphore.
  private func removeFirst() -> Element? {
    lock.lock()
    defer { lock.unlock() }
    guard elements.isEmpty else { return elements.removeFirst() }
    // Only the signal of its end comes without an element: it is handed on to the next who waits.
    available.signal()
    return nil
  }
}
