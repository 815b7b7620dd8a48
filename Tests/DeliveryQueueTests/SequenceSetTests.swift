import Testing

@testable import DeliveryQueue

@Suite struct SequenceSetTests {
  @Test func `it is the set that it stands for, whatever is put in`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      var set = SequenceSet()
      var model = Set<UInt64>()
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        let start = UInt64.random(in: 0..<100, using: &random)
        let range = start..<start + UInt64.random(in: 0...12, using: &random)
        let added = set.insert(range)
        #expect(added == Set(range).subtracting(model).count)
        model.formUnion(range)
      }
      #expect((0..<130).filter { set.contains($0) } == model.sorted())
      #expect(set.count(in: 20..<90) == model.filter { (20..<90).contains($0) }.count)
      let low = (0...).first { !model.contains($0) }
      #expect(set.low == low)
      #expect(zip(set.ranges, set.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
      #expect(set.end == max(set.low, (model.max() ?? 0) + (model.isEmpty ? 0 : 1)))
    }
  }
}
