import Foundation
import Synchronization
import Testing

@testable import DestinationHost

@Suite struct QueueTests {
  @Test func `elements come out in the order they were put`() {
    let queue = HandoverQueue<Int>()
    for number in 0..<100 { queue.put(number) }
    queue.close()
    #expect(Array(sequence(queue)) == Array(0..<100))
  }

  @Test func `a closed queue gives what is left, then nil`() {
    let queue = HandoverQueue<Int>()
    queue.put(7)
    queue.close()
    #expect(queue.take() == 7)
    #expect(queue.take() == nil)
  }

  @Test func `who waits only so long gets nil, or what comes in time`() {
    let queue = HandoverQueue<Int>()
    #expect(queue.take(within: .zero) == nil)
    #expect(queue.take(within: .milliseconds(5)) == nil)
    let thread = HostThread("put") { queue.put(7) }
    #expect(queue.take(within: .seconds(20)) == 7)
    thread.join()
    queue.close()
    #expect(queue.take(within: .seconds(20)) == nil)
    #expect(queue.take() == nil)
  }

  @Test func `closing wakes everybody who waits`() {
    let queue = HandoverQueue<Int>()
    let threads = (0..<4).map { _ in HostThread("take") { _ = queue.take() } }
    queue.close()
    threads.forEach { $0.join() }
    #expect(queue.take() == nil)
  }

  @Test func `several threads take each element once`() {
    let queue = HandoverQueue<Int>()
    let taken = Mutex<[Int]>([])
    let threads = (0..<4).map { _ in
      HostThread("take") {
        while let number = queue.take() { taken.withLock { $0.append(number) } }
      }
    }
    for number in 0..<10_000 { queue.put(number) }
    queue.close()
    threads.forEach { $0.join() }
    #expect(taken.withLock { $0.sorted() } == Array(0..<10_000))
  }

  @Test func `a sequenced queue gives numbers in order, however they come`() {
    let queue = SequencedQueue<Int>()
    let numbers = Array(0..<1_000).shuffled()
    let threads = (0..<4).map { part in
      HostThread("put") {
        for (index, number) in numbers.enumerated() where index % 4 == part {
          queue.put(number * 3, number: number)
        }
      }
    }
    let taken = (0..<1_000).map { _ in queue.take() }
    threads.forEach { $0.join() }
    #expect(taken == (0..<1_000).map { $0 * 3 })
  }

  @Test func `a closed sequenced queue stops at the first number that never came`() {
    let queue = SequencedQueue<String>()
    queue.put("a", number: 0)
    queue.put("c", number: 2)
    queue.close()
    #expect(queue.take() == "a")
    #expect(queue.take() == nil)
    #expect(queue.take(within: .seconds(60)) == nil)
    #expect(queue.take() == nil)
  }

  @Test func `what has not come in time is taken later`() {
    let queue = SequencedQueue<String>()
    #expect(queue.take(within: .milliseconds(1)) == nil)
    queue.put("b", number: 1)
    #expect(queue.take(within: .milliseconds(1)) == nil)
    queue.put("a", number: 0)
    #expect(queue.take(within: .zero) == "a")
    #expect(queue.take(within: .zero) == "b")
    #expect(queue.take(within: .zero) == nil)
    let later = HostThread("put") {
      Thread.sleep(forTimeInterval: 0.02)
      queue.put("c", number: 2)
    }
    #expect(queue.take(within: .seconds(60)) == "c")
    later.join()
  }

  private func sequence(_ queue: HandoverQueue<Int>) -> AnyIterator<Int> {
    AnyIterator { queue.take() }
  }
}
