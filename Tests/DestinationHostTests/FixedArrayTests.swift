import Synchronization
import Testing

@testable import DestinationHost

@Suite struct FixedArrayTests {
  /// Tells how many of it there are.
  private struct Counted: ~Copyable {
    var value: Int
    let living: Counter

    init(_ value: Int, _ living: Counter) {
      (self.value, self.living) = (value, living)
      living.count.add(1, ordering: .relaxed)
    }

    deinit { living.count.subtract(1, ordering: .relaxed) }
  }

  private final class Counter: Sendable {
    let count = Atomic(0)
    var now: Int { count.load(ordering: .relaxed) }
  }

  private struct Refusal: Error {}

  @Test func `what is put in stays in its place and is changed there`() {
    let living = Counter()
    var array = FixedArray<Counted>(capacity: 3)
    for value in 1...3 { array.append(Counted(value, living)) }
    for index in array.indices { array[index].value *= 10 }
    #expect(array.count == 3)
    #expect(array[0].value == 10)
    #expect(array[1].value == 20)
    #expect(array[2].value == 30)
    #expect(living.now == 3)
  }

  @Test(arguments: [0, 1, 2, 5])
  func `as many elements go with it as came, full or not`(count: Int) {
    let living = Counter()
    do {
      var array = FixedArray<Counted>(capacity: 5)
      for value in 0..<count { array.append(Counted(value, living)) }
      #expect(living.now == count)
    }
    #expect(living.now == 0)
  }

  @Test func `what was put in goes when the next cannot be made`() {
    let living = Counter()
    #expect(throws: Refusal.self) {
      var array = FixedArray<Counted>(capacity: 3)
      array.append(Counted(1, living))
      #expect(living.now == 1)
      throw Refusal()
    }
    #expect(living.now == 0)
  }
}
