import Testing

@testable import KafkaClient

@Suite struct KafkaPropertiesTests {
  private func read(_ text: String) throws -> KafkaProperties {
    try KafkaProperties(Array(text.utf8), path: "p")
  }

  @Test func `names and values are read as Kafka's own clients read them`() throws {
    let text =
      "# a comment\n\n! another\r\n security.protocol = SASL_SSL \r\nsasl.password=a=b # c\n"
      + "security.protocol=SSL"
    let properties = try read(text)
    #expect(
      properties.entries.map(\.name) == ["security.protocol", "sasl.password", "security.protocol"])
    #expect(properties["sasl.password"] == "a=b # c")
    #expect(properties["security.protocol"] == "SSL")
    #expect(properties["group.instance.id"] == nil)
  }

  @Test(arguments: [
    ("SSL", true), ("sasl_ssl", true), ("PLAINTEXT", false), ("sasl_plaintext", false),
  ])
  func `the protocol says whether the connection is encrypted`(word: String, usesTLS: Bool) throws {
    let properties = try read("security.protocol=\(word)")
    #expect(properties.usesTLS == usesTLS)
    #expect(properties.saysPlaintext == !usesTLS)
    #expect(!KafkaProperties().usesTLS)
    #expect(!KafkaProperties().saysPlaintext)
  }

  @Test(arguments: [
    "bootstrap.servers", "group.id", "enable.auto.commit", "acks", "partitioner",
    "auto.offset.reset", "partition.assignment.strategy",
  ])
  func `what the host's promises rest on cannot be set`(name: String) {
    #expect(
      throws: KafkaError.badProperties(
        path: "p", line: 2, "\"\(name)\" is the host's to set. Take the line out.")
    ) { try read("client.id=x\n\(name)=x") }
  }

  @Test(arguments: [
    "plugin.library.paths", "sasl.kerberos.kinit.cmd", "ssl.engine.location", "opaque", "no.such",
    "",
  ])
  func `what could load or run something cannot be set, nor what is unknown`(name: String) {
    #expect(
      throws: KafkaError.badProperties(
        path: "p", line: 1, "\"\(name)\" is no property that may be set here. Take the line out.")
    ) { try read("\(name)=x") }
  }

  @Test(arguments: [
    "enable.ssl.certificate.verification=false", "ssl.endpoint.identification.algorithm=none",
  ])
  func `the brokers' certificates are always verified`(line: String) throws {
    let name = line.split(separator: "=")[0]
    #expect(
      throws: KafkaError.badProperties(
        path: "p", line: 1, "\"\(name)\" would let anybody pose as a broker. Take the line out.")
    ) { try read(line) }
    #expect(try read("ssl.endpoint.identification.algorithm=https").entries.count == 1)
  }

  @Test func `an error has the place and no value`() {
    let damaged: [(bytes: [UInt8], text: String)] = [
      (
        Array("debug=all".utf8),
        "properties file \"p\", line 1: \"debug\" could write what is secret into the log. Take the line out."
      ),
      (
        Array("sasl.password".utf8),
        "properties file \"p\", line 1: there is no \"=\" in it. Write name=value."
      ),
      (
        [0x61, 0x3D, 0xFF],
        "properties file \"p\": it is no UTF-8 text. Write one name=value a line."
      ),
      (
        Array("a\u{1B}[31m\u{0}b=hunter2".utf8),
        "properties file \"p\", line 1: \"a[31mb\" is no property that may be set here. Take the line out."
      ),
    ]
    for (bytes, text) in damaged {
      do {
        _ = try KafkaProperties(bytes, path: "p")
        Issue.record("\(text) was expected")
      } catch {
        #expect("\(error)" == text)
      }
    }
  }
}
