internal import Foundation

/// A queue between threads: who takes from an empty one waits; first in, first out.
///
/// It has no bound of its own: what goes through it are the blocks of one run, and their number is fixed.
final class HandoverQueue<Element>: @unchecked Sendable {
  // Protected by `condition`: every access to the two variables holds its lock.
  private let condition = NSCondition()
  private var elements: [Element] = []
  private var isClosed = false

  /// Adds an element and wakes one who waits.
  func put(_ element: Element) {
    condition.lock()
    elements.append(element)
    condition.signal()
    condition.unlock()
  }

  /// The oldest element; nil when the queue is closed and empty.
  func take() -> Element? {
    condition.lock()
    defer { condition.unlock() }
    while elements.isEmpty && !isClosed { condition.wait() }
    return elements.isEmpty ? nil : elements.removeFirst()
  }

  /// No element comes any more: those who wait get nil.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
