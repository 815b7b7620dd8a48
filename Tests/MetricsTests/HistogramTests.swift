import Foundation
import Metrics
import Testing

struct HistogramTests {
  @Test func `a value belongs to the first bound that is not below it`() {
    let histogram = Histogram(bounds: [1, 2, 5])
    for value in [0, 1, 1.5, 2, 5, 6, 1000] { histogram.record(value) }
    let reading = histogram.reading
    #expect(reading.buckets.map(\.bound) == [1, 2, 5])
    #expect(reading.buckets.map(\.count) == [2, 4, 5])
    #expect(reading.count == 7)
    #expect(reading.sum == 1015.5)
  }

  @Test func `several values of one size count each`() {
    let histogram = Histogram(bounds: [1])
    histogram.record(0.5, times: 4)
    #expect(histogram.reading.buckets.map(\.count) == [4])
    #expect(histogram.reading.count == 4 && histogram.reading.sum == 2)
  }

  @Test func `nothing is lost when many threads record at once`() {
    let histogram = Histogram.seconds()
    let counter = Counter()
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<10_000 {
        histogram.record(0.25)
        counter.add(2)
      }
    }
    #expect(histogram.reading.count == 80_000)
    #expect(histogram.reading.sum == 20_000)
    #expect(counter.value == 160_000)
  }
}
