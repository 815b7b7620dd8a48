import Testing

@testable import AdapterLoading

@Suite struct WireTests {
  @Test func `an answer of many kinds is read as it was written`() {
    let results = [
      EventResult(.delivered),
      EventResult(
        .retry, remoteCode: -5, retryAfterMilliseconds: .max, wholeDestination: true,
        detail: "später"),
      EventResult(.rejected, remoteCode: 422, detail: "no"),
    ]
    var writer = WireWriter()
    ResultsMessage.write(results, token: 9, into: &writer)
    var read: [EventResult] = []
    #expect(ResultsMessage.read(writer.bytes, token: 9, count: 3, into: &read) == nil)
    #expect(read == results)
  }

  @Test func `an answer to another batch, or of another count, is a lie`() {
    var writer = WireWriter()
    ResultsMessage.write([EventResult(.delivered)], token: 9, into: &writer)
    var read: [EventResult] = []
    #expect(ResultsMessage.read(writer.bytes, token: 8, count: 1, into: &read) != nil)
    #expect(ResultsMessage.read(writer.bytes, token: 9, count: 2, into: &read) != nil)
    #expect(ResultsMessage.read(writer.bytes + [0], token: 9, count: 1, into: &read) != nil)
  }

  @Test func `whatever a worker answers, the host neither traps nor takes it for more than it is`()
  {
    var writer = WireWriter()
    ResultsMessage.write(
      [EventResult(.retry, detail: "a"), EventResult(.delivered)], token: 1, into: &writer)
    var random = SystemRandomNumberGenerator()
    var read: [EventResult] = []
    for _ in 0..<20_000 {
      var bytes = writer.bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &random) / 8)
      if ResultsMessage.read(bytes, token: 1, count: 2, into: &read) == nil {
        #expect(read.count == 2)
      }
      var reader = WireReader(bytes)
      _ = AdapterDescription(&reader)
      _ = WorkerStatus(bytes)
      _ = FrameHeader(bytes: bytes)
    }
  }
}
