internal import Synchronization

/// A queue between threads that gives its elements in the order of their numbers, however they come.
///
/// This is what keeps the order of events: blocks are sealed by several threads, and delivered as they were read.
final class SequencedQueue<Element>: @unchecked Sendable {
  // Elements go from one thread to another by the two queues' locks alone.
  private let early = Mutex<(elements: [Int: Element], next: Int)>(([:], 0))
  /// Those whose number has come.
  private let ready = HandoverQueue<Element>()

  /// Adds the element of this number; numbers count up from 0 and none is left out.
  func put(_ element: Element, number: Int) {
    early.withLock { early in
      early.elements[number] = element
      while let next = early.elements.removeValue(forKey: early.next) {
        early.next += 1
        ready.put(next)
      }
    }
  }

  /// The element with the next number; nil when the queue is closed and that number is not there.
  func take() -> Element? { ready.take() }

  /// The same when it is there within that time; nil also when the queue is closed and it is not.
  func take(within time: Duration) -> Element? { ready.take(within: time) }

  /// Every number that will come has come.
  func close() { ready.close() }
}
