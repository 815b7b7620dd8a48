import CDestinationAdapter
import DestinationKit
import Testing

@Suite struct HostileBatchTests {
  @Test(arguments: [0, 8, 32, 64, 4096], [0, 4, 8, 64])
  func `larger elements are walked by their stride`(events: Int, results: Int) {
    let instance = TestInstance.running { batch in
      batch.outcomes { event in
        event.withJSON(text) == "{\"n\":\(event.index)}" ? .delivered : .rejected()
      }
    }
    let batch = TestBatch(
      (0..<5).map { "{\"n\":\($0)}" }, eventsLarger: events, resultsLarger: results)
    instance.deliver(batch)
    #expect(batch.kinds == [1, 1, 1, 1, 1])
    #expect(batch.isSurroundUntouched)
  }

  @Test func `an empty batch is nothing to do, also without arrays`() {
    let calls = Log()
    let instance = TestInstance.running { batch in
      calls.add("\(batch.count) \(batch.withNDJSON { $0.byteCount })")
      return .all(.delivered)
    }
    let batch = TestBatch([])
    instance.deliver(batch)
    unsafe batch.batch.events = nil
    unsafe batch.batch.ndjson = destination_span()
    unsafe instance.table.pointee.deliver(instance.instance, &batch.batch, nil)
    #expect(calls.all == ["0 0", "0 0"])
    #expect(batch.isSurroundUntouched)
  }

  @Test(arguments: Damage.allCases)
  func `a batch that cannot be walked is left alone and logged`(damage: Damage) {
    let calls = Log()
    let instance = TestInstance.running { _ in
      calls.add("deliver")
      return .all(.delivered)
    }
    let batch = TestBatch(["{}", "{}"])
    damage.apply(to: batch)
    instance.deliver(batch)
    #expect(calls.all.isEmpty)
    #expect(batch.kinds == [DESTINATION_OUTCOME_UNSET, DESTINATION_OUTCOME_UNSET])
    #expect(instance.host.lines.map(\.level) == [DESTINATION_LOG_ERROR])
  }

  @Test func `no results is nothing to write to`() {
    let instance = TestInstance.running { _ in .all(.delivered) }
    let batch = TestBatch(["{}"])
    unsafe instance.table.pointee.deliver(instance.instance, &batch.batch, nil)
    #expect(instance.host.lines.count == 1)
  }

  @Test func `a larger batch is welcome`() {
    let batch = TestBatch(["{}"])
    unsafe batch.batch.struct_size = 4096
    TestInstance.running { _ in .all(.delivered) }.deliver(batch)
    #expect(batch.kinds == [DESTINATION_OUTCOME_DELIVERED])
  }

  /// As the adapter sees it.
  private func byteCount(of batch: TestBatch) -> Int? {
    let seen = Log()
    let instance = TestInstance.running { batch in
      seen.add("\(batch.withNDJSON { $0.byteCount })")
      return .all(.delivered)
    }
    instance.deliver(batch)
    return seen.all.count == 1 ? Int(seen.all[0]) : nil
  }

  @Test(arguments: [-1, Int.min, 0])
  func `a length that makes no sense is no bytes`(length: Int) {
    let batch = TestBatch(["{}"])
    unsafe batch.batch.ndjson.length = length
    #expect(byteCount(of: batch) == 0)
  }

  @Test func `an address that is missing is no bytes`() {
    let batch = TestBatch(["{}"])
    unsafe batch.batch.ndjson.data = nil
    #expect(byteCount(of: batch) == 0)
  }

  @Test func `an id that is no UTF-8 and a kind that is not known are no trap`() {
    let batch = TestBatch(["{}"], ids: ["ab"])
    var bytes: [UInt8] = [0xFF, 0xC0]
    let seen = Log()
    let instance = TestInstance.running { batch in
      batch.forEachEvent { seen.add("\($0.id) \(String(describing: $0.type))") }
      return .all(.delivered)
    }
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      let event = unsafe UnsafeMutablePointer(mutating: batch.batch.events!)
      unsafe event.pointee.id = destination_span(data: buffer.baseAddress, length: 2)
      unsafe event.pointee.type = 99
      instance.deliver(batch)
    }
    #expect(seen.all == ["\u{FFFD}\u{FFFD} nil"])
  }

  /// What is wrong with a batch.
  enum Damage: CaseIterable {
    case smallBatch, batchOfSizeZero, smallEvents, strideOfZero, smallResults, noEvents

    func apply(to batch: TestBatch) {
      switch self {
      case .smallBatch: unsafe batch.batch.struct_size = 63
      case .batchOfSizeZero: unsafe batch.batch.struct_size = 0
      case .smallEvents: unsafe batch.batch.event_stride = 55
      case .strideOfZero: unsafe batch.batch.event_stride = 0
      case .smallResults: unsafe batch.batch.result_stride = 15
      case .noEvents: unsafe batch.batch.events = nil
      }
    }
  }
}
