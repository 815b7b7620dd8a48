internal import Foundation

/// A queue between threads that gives its elements in the order of their numbers, however they come.
///
/// This is what keeps the order of events: blocks are sealed by several threads, and delivered as they were read.
final class SequencedQueue<Element>: @unchecked Sendable {
  // Protected by `condition`: every access to the three variables holds its lock.
  private let condition = NSCondition()
  private var waiting: [Int: Element] = [:]
  private var next = 0
  private var isClosed = false

  /// Adds the element of this number; numbers count up from 0 and none is left out.
  func put(_ element: Element, number: Int) {
    condition.lock()
    waiting[number] = element
    if number == next { condition.signal() }
    condition.unlock()
  }

  /// The element with the next number; nil when the queue is closed and that number is not there.
  func take() -> Element? {
    condition.lock()
    defer { condition.unlock() }
    while waiting[next] == nil && !isClosed { condition.wait() }
    return removeNext()
  }

  /// The element with the next number when it is there; does not wait.
  func takeIfReady() -> Element? {
    condition.lock()
    defer { condition.unlock() }
    return removeNext()
  }

  private func removeNext() -> Element? {
    guard let element = waiting.removeValue(forKey: next) else { return nil }
    next += 1
    return element
  }

  /// Every number that will come has come.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
