import HTTPWire
import Testing

@testable import HTTPEgress

/// The examples of AWS, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk".
struct AWSSignatureTests {
  private static let rules: EgressRules = {
    var rules = EgressRules(
      hosts: Set([EgressRules.Host("examplebucket.s3.amazonaws.com")].compactMap(\.self)))
    rules.secrets = [
      "id": Array("AKIAIOSFODNN7EXAMPLE".utf8),
      "key": Array("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".utf8),
    ]
    return rules
  }()

  /// The value of Authorization of a request to the example's bucket.
  private func authorization(
    _ method: String, _ target: String, _ fields: [HTTPField] = [], body: String = "",
    date: String? = "20130524T000000Z", service: String = "s3"
  ) throws(EgressFailure) -> String? {
    let request = EgressRequest(
      method: method, url: "https://examplebucket.s3.amazonaws.com\(target)",
      fields: [HTTPField("Authorization", "{{aws-sigv4:id:key:us-east-1:\(service)}}")] + fields
        + [HTTPField("x-amz-content-sha256", "{{sha256}}")]
        + (date.map { [HTTPField("X-Amz-Date", $0)] } ?? []),
      body: Array(body.utf8)[...])
    return HTTPFields(try CheckedRequest(request, Self.rules).fields)["authorization"]
  }

  struct Example: Sendable, CustomTestStringConvertible {
    let method: String
    let target: String
    var fields: [HTTPField] = []
    var body = ""
    let names: String
    let signature: String
    var testDescription: String { "\(method) \(target)" }
  }

  @Test(arguments: [
    Example(
      method: "GET", target: "/test.txt", fields: [HTTPField("Range", "bytes=0-9")],
      names: "host;range;x-amz-content-sha256;x-amz-date",
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    Example(
      method: "PUT", target: "/test%24file.text",
      fields: [
        HTTPField("Date", "Fri, 24 May 2013 00:00:00 GMT"),
        HTTPField("x-amz-storage-class", "REDUCED_REDUNDANCY"),
      ], body: "Welcome to Amazon S3.",
      names: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
    Example(
      method: "GET", target: "/?lifecycle", names: "host;x-amz-content-sha256;x-amz-date",
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    Example(
      method: "GET", target: "/?prefix=J&max-keys=2",
      names: "host;x-amz-content-sha256;x-amz-date",
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
  ])
  func `a published example has its published signature`(example: Example) throws {
    #expect(
      try authorization(example.method, example.target, example.fields, body: example.body)
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        + "SignedHeaders=\(example.names), Signature=\(example.signature)")
  }

  @Test(arguments: [nil, "2013-05-24T00:00:00Z", "yesterday"])
  func `a request without its date is not signed`(date: String?) {
    #expect(throws: EgressFailure.self) { try authorization("GET", "/", date: date) }
  }

  @Test func `another service takes the path encoded once more`() throws {
    let plain = try authorization("GET", "/a", service: "execute-api")
    #expect(plain?.contains("/us-east-1/execute-api/aws4_request") == true)
    #expect(try authorization("GET", "/a%20b", service: "execute-api") != plain)
  }

  @Test(arguments: [
    "{{aws-sigv4:id:key:us-east-1}}", "{{aws-sigv4:id:key:us-east-1:s3:more}}",
    "{{aws-sigv4:id:nothing:us-east-1:s3}}", "x {{aws-sigv4:id:key:us-east-1:s3}}",
  ])
  func `a mark that is none fails without a word of the secrets`(mark: String) {
    let request = EgressRequest(
      method: "GET", url: "https://examplebucket.s3.amazonaws.com/",
      fields: [HTTPField("X-Amz-Date", "20130524T000000Z"), HTTPField("Authorization", mark)])
    let failure = #expect(throws: EgressFailure.self) {
      try CheckedRequest(request, Self.rules)
    }
    #expect(failure?.description.contains("AKIA") == false)
    #expect(failure?.description.contains("wJal") == false)
  }

  @Test func `a user and a password that are secrets become basic credentials`() throws {
    var rules = Self.rules
    rules.secrets = ["user": Array("Aladdin".utf8), "word": Array("open sesame".utf8)]
    // The example of RFC 7617, section 2.
    for (mark, value) in [
      ("{{basic:user:word}}", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("{{basic:user:}}", "QWxhZGRpbjo="),
      ("{{basic::word}}", "Om9wZW4gc2VzYW1l"),
    ] {
      let request = EgressRequest(
        method: "GET", url: "https://examplebucket.s3.amazonaws.com/",
        fields: [HTTPField("Authorization", "Basic \(mark)")])
      let fields = HTTPFields(try CheckedRequest(request, rules).fields)
      #expect(fields["authorization"] == "Basic \(value)")
    }
  }
}
