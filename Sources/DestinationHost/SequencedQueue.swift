internal import Foundation

/// A queue between threads that gives its elements in the order of their numbers, however they come.
///
/// This is what keeps the order of events: blocks are sealed by several threads, and delivered as they were read. One
/// thread takes.
final class SequencedQueue<Element>: @unchecked Sendable {
  // Protected by `lock`: every access to the three variables holds it.
  private let lock = NSLock()
  private var waiting: [Int: Element] = [:]
  /// The number that is taken next, and the first that is not there yet.
  private var (next, end) = (0, 0)
  /// One for each element from `next` to `end`, and one more once it is closed; waits go by the monotonic clock.
  private let available = DispatchSemaphore(value: 0)

  /// Adds the element of this number; numbers count up from 0 and none is left out.
  func put(_ element: Element, number: Int) {
    lock.withLock {
      waiting[number] = element
      while waiting[end] != nil {
        end += 1
        available.signal()
      }
    }
  }

  /// The element with the next number; nil when the queue is closed and that number is not there.
  func take() -> Element? {
    available.wait()
    return removeNext()
  }

  /// The element with the next number, when it is there within that time; nil also when the queue is closed and it is not.
  func take(within time: Duration) -> Element? {
    let nanoseconds = Int(clamping: Int64(time / .nanoseconds(1)))
    guard available.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else {
      return nil
    }
    return removeNext()
  }

  /// For one who was let through by the semaphore.
  private func removeNext() -> Element? {
    lock.withLock {
      guard let element = waiting.removeValue(forKey: next) else {
        // Only the signal of its end comes without an element: it stays for whoever asks again.
        available.signal()
        return nil
      }
      next += 1
      return element
    }
  }

  /// Every number that will come has come.
  func close() { available.signal() }
}
