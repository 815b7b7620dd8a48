import CDestinationAdapter
import DestinationKit
import Synchronization
import Testing

@Suite struct HostServicesTests {
  @Test func `log lines reach the host with their level`() {
    let instance = TestInstance(
      TestAdapter.Script(initialise: { host in
        host.log(.info, "plain")
        host.log(.debug, "d")
        host.log(.warning, "w")
        host.log(.error, "")
      }))
    _ = instance.configure()
    #expect(
      instance.host.lines == [
        .init(level: 2, text: "plain"), .init(level: 1, text: "d"), .init(level: 3, text: "w"),
        .init(level: 4, text: ""),
      ])
  }

  @Test func `the clocks are the host's`() {
    let seen = Log()
    let instance = TestInstance(
      TestAdapter.Script(initialise: { host in
        seen.add("\(host.unixNanoseconds) \(host.monotonicNanoseconds)")
      }))
    _ = instance.configure()
    #expect(seen.all == ["1700000000000000000 1000"])
  }

  @Test(arguments: [0, 1, 255, 256, 257, 100_000])
  func `a secret of any size is handed out whole`(size: Int) {
    let host = TestHost()
    let secret = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    host.record.withLock { $0.secrets["token"] = secret }
    let seen = Log()
    let instance = TestInstance(
      host: host,
      TestAdapter.Script(initialise: { host in
        let same = try host.withSecret("token") { bytes in
          bytes.byteCount == secret.count
            && secret.indices.allSatisfy {
              unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == secret[$0]
            }
        }
        seen.add("\(same)")
      }))
    #expect(instance.configure() == .ok)
    #expect(seen.all == ["true"])
  }

  @Test func `a secret that is not there is named`() {
    let instance = TestInstance(
      TestAdapter.Script(initialise: { try $0.withSecret("token") { _ in } }))
    #expect(
      instance.configure()
        == .init(
          status: DESTINATION_INVALID,
          problem:
            "settings, about \"token\": the host has no such secret. Set it for this destination."))
  }

  @Test func `a host that never has enough room is given up on`() {
    let host = TestHost()
    host.record.withLock {
      $0.secrets["token"] = [1]
      $0.liesAboutSecrets = true
    }
    let instance = TestInstance(
      host: host, TestAdapter.Script(initialise: { try $0.withSecret("token") { _ in } }))
    #expect(instance.configure().status == DESTINATION_INVALID)
  }
}
