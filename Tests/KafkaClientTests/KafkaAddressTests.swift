import Testing

@testable import KafkaClient

@Suite struct KafkaAddressTests {
  @Test func `brokers, topic and group are read, with the usual port`() throws {
    let address = try KafkaAddress(
      "kafka://a.example:9093,b.example,[2001:db8::1]:19092/events?group=sealpost")
    #expect(address.brokers == ["a.example:9093", "b.example:9092", "[2001:db8::1]:19092"])
    #expect(address.topic == "events")
    #expect(address.group == "sealpost")
    #expect(try KafkaAddress("kafka://a/t").group == nil)
  }

  @Test(arguments: [
    ("", "it does not begin with kafka://"),
    ("http://a/t", "it does not begin with kafka://"),
    ("kafka://a", "it names no topic"),
    ("kafka://a/", "a topic has 1 to 249 of the characters A-Z a-z 0-9 . _ -"),
    ("kafka://a/..", "a topic has 1 to 249 of the characters A-Z a-z 0-9 . _ -"),
    ("kafka://a/t t", "a topic has 1 to 249 of the characters A-Z a-z 0-9 . _ -"),
    ("kafka:///t", "a broker is HOST or HOST:PORT"),
    ("kafka://a,,b/t", "a broker is HOST or HOST:PORT"),
    ("kafka://::1/t", "a broker is HOST or HOST:PORT"),
    ("kafka://a b/t", "a broker is HOST or HOST:PORT"),
    ("kafka://a:0/t", "a broker's port is a number from 1 to 65535"),
    ("kafka://a:65536/t", "a broker's port is a number from 1 to 65535"),
    ("kafka://a:/t", "a broker's port is a number from 1 to 65535"),
    ("kafka://user:word@a/t", "user names and passwords belong in the properties file"),
    ("kafka://a/t?group=", "a group has 1 to 249 of the characters A-Z a-z 0-9 . _ -"),
    ("kafka://a/t?group=a/b", "a group has 1 to 249 of the characters A-Z a-z 0-9 . _ -"),
    (
      "kafka://a/t?offset=1",
      "group=NAME is the only option; all else belongs in the properties file"
    ),
    (
      "kafka://a/t?group=a&b=c",
      "group=NAME is the only option; all else belongs in the properties file"
    ),
  ])
  func `what is no address is refused with the reason`(text: String, reason: String) {
    #expect(throws: KafkaError.badAddress(reason)) { try KafkaAddress(text) }
  }

  @Test(arguments: [
    ("kafka://127.0.0.1:1,localhost,[::1]/t", true), ("kafka://127.3.2.1/t", true),
    ("kafka://127.0.0.1,a.example/t", false), ("kafka://127.0.0.1.example/t", false),
    ("kafka://128.0.0.1/t", false), ("kafka://[::2]/t", false),
  ])
  func `an address says whether all its brokers are this machine`(text: String, isLoopback: Bool)
    throws
  {
    #expect(try KafkaAddress(text).isLoopback == isLoopback)
  }
}
