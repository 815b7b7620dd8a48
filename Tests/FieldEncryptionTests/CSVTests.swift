import Cryptography
import EventJSON
import Foundation
import Testing

@testable import FieldEncryption

struct CSVTests {
  private func sealed(_ json: String, _ format: EncryptionFormat = .auto) throws -> String {
    var sealer = try FieldSealer(
      key: TestKeys.rsa2048.publicKey, format: format, maximumStringLength: .max)
    var out: [UInt8] = []
    let value = Array(json.utf8)
    try unsafe sealer.seal(json: value.span.bytes, appendingTo: &out)
    return String(decoding: out.dropFirst().dropLast(), as: UTF8.self)
  }

  /// Opens the text, cut into pieces of this length.
  private func open(
    _ text: String, pieces: Int = 1 << 20, fields: [String]? = nil, longestCell: Int = 1 << 20
  ) throws -> (text: String, summary: DecryptionSummary) {
    var opener = try CSVOpener(
      keys: [TestKeys.rsa2048], fields: fields, longestCell: longestCell)
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      let end = min(bytes.count, start + pieces)
      unsafe opener.take(bytes.span.bytes.extracting(start..<end), appendingTo: &out)
    }
    opener.finish(appendingTo: &out)
    return (String(decoding: out, as: UTF8.self), opener.summary)
  }

  @Test func `only sealed cells change`() throws {
    let email = try sealed(#""ada@example.org""#)
    let name = try sealed(#""Lovelace, \"Ada\"""#, .jwe)
    let age = try sealed("120.50", .jwe)
    let text =
      "id,email,name,age\r\n1,\(email),\(name),\(age)\r\n\"2,\"\"x\",\"\(email)\",,\"a\nb\"\r\n3"
    let result = try open(text)
    #expect(
      result.text
        == "id,email,name,age\r\n1,ada@example.org,\"Lovelace, \"\"Ada\"\"\",120.50\r\n"
        + "\"2,\"\"x\",\"ada@example.org\",,\"a\nb\"\r\n3")
    #expect(result.summary.opened == 4)
    #expect(result.summary.lines == 4)
  }

  @Test(arguments: [1, 2, 3, 7, 64])
  func `however the input is cut, the output is the same`(pieces: Int) throws {
    let email = try sealed(#""ada@example.org""#)
    let text = "a,\"\(email)\"\r\n\(email),\"x\"\"y\"\n,,\n\"\n\",\(email)"
    #expect(try open(text, pieces: pieces).text == open(text).text)
    #expect(try open(text, pieces: pieces).summary.opened == 3)
  }

  @Test func `only the columns that were named are opened`() throws {
    let email = try sealed(#""ada@example.org""#)
    let text = "E-Mail,other\n\(email),\(email)\n"
    let result = try open(text, fields: ["email"])
    #expect(result.text == "E-Mail,other\nada@example.org,\(email)\n")
    #expect(result.summary.opened == 1)
  }

  @Test func `a cell that does not open stays, and is counted`() throws {
    var email = Array(try sealed(#""a""#))
    email[10] = email[10] == "A" ? "B" : "A"
    let text = "email\n\(String(email))\n"
    let result = try open(text)
    #expect(result.text == text)
    #expect(result.summary.failed == 1)
  }

  @Test func `a cell beyond the limit passes unread`() throws {
    let email = try sealed(#""a""#)
    let long = String(repeating: "x", count: 5000)
    let result = try open("\(long),\(email)\n\"\(long),\"\n", longestCell: 1000)
    #expect(result.text == "\(long),a\n\"\(long),\"\n")
    #expect(result.summary.tooLong == 2)
  }

  @Test func `text that is no CSV passes unchanged`() throws {
    for text in ["", "\"", "\"\"\"", "a\"b,c", "\"a\"b\",\n", ",", "\r\n\r\n"] {
      #expect(try open(text).text == text)
    }
  }

  @Test func `of a line only the values under named keys are opened, at any depth`() throws {
    let value = try sealed(#""v""#)
    var opener = try LineOpener(
      keys: [TestKeys.rsa2048], fields: .init(["email", "list"]))
    let line =
      #"{"email":"\#(value)","x":"\#(value)","list":[["\#(value)",{"y":"\#(value)"}],1],"#
      + #""e\u006dail":"\#(value)","z":["\#(value)"]}"#
    var out: [UInt8] = []
    let bytes = Array(line.utf8)
    unsafe opener.open(bytes.span.bytes, appendingTo: &out)
    #expect(
      String(decoding: out, as: UTF8.self)
        == #"{"email":"v","x":"\#(value)","list":[["v",{"y":"v"}],1],"e\u006dail":"v","z":["\#(value)"]}"#
    )
    #expect(opener.summary.opened == 4)
  }
}
