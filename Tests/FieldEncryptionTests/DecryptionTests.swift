import Cryptography
import FieldEncryption
import Foundation
import Testing
import Workbench

struct DecryptionTests {
  private static let key = TestKeys.rsa2048

  /// Runs the stream between two files.
  private func decrypt(
    _ input: String, keys: [RSAPrivateKey] = [TestKeys.rsa2048], longestLine: Int = 64 << 20
  ) throws -> (output: String, summary: DecryptionSummary) {
    let folder = try Scratch()
    let source = try folder.write("in.ndjson", input, mode: 0o600)
    let target = try folder.write("out.ndjson", "", mode: 0o600)
    let reading = try FileHandle(forReadingFrom: URL(fileURLWithPath: source))
    let writing = try FileHandle(forWritingTo: URL(fileURLWithPath: target))
    let summary = try Decryption.decryptStream(
      from: reading.fileDescriptor, to: writing.fileDescriptor, keys: keys,
      longestLine: longestLine)
    try writing.close()
    let output = try Data(contentsOf: URL(fileURLWithPath: target))
    return (String(decoding: output, as: UTF8.self), summary)
  }

  @Test func `only the sealed values change`() throws {
    let email = try sealed(#""ada@example.org""#, format: .oaep)
    let age = try sealed("120.50", format: .jwe)
    let tags = try sealed(#"["a", {"b":null}]"#, format: .jwe)
    func line(_ email: String, _ age: String, _ tags: String) -> String {
      #"{ "type":"track","z":1.00,"traits":{"email":\#(email) ,"n":\#(age)},"# + "\t"
        + #""list":[\#(tags),"x\u0041\/",1e5],"a":"\ud800","é":[ ]}"#
    }
    let result = try decrypt(line(email, age, tags) + "\n")
    #expect(
      result.output == line(#""ada@example.org""#, "120.50", #"["a", {"b":null}]"#) + "\n")
    #expect(result.summary.opened == 3)
    #expect(result.summary.failed == 0)
    #expect(result.summary.lines == 1)
  }

  @Test func `a sealed text as a key of an object is left alone`() throws {
    let text = try sealed(#""a""#)
    let result = try decrypt("{\(text):\(text)}")
    #expect(result.output == "{\(text):\"a\"}")
    #expect(result.summary.opened == 1)
  }

  @Test func `lines that are not JSON pass unchanged and are counted`() throws {
    let text = try sealed(#""a""#)
    let input =
      "\n  \r\n{\"a\":\(text)}\r\n{\"a\":\(text)\n# \(text)\n\(text)\n{} {}\n\u{1}\n{\"a\":\(text)}"
    let result = try decrypt(input)
    #expect(
      result.output
        == "\n  \r\n{\"a\":\"a\"}\r\n{\"a\":\(text)\n# \(text)\n\"a\"\n{} {}\n\u{1}\n{\"a\":\"a\"}")
    #expect(result.summary.lines == 9)
    #expect(result.summary.opened == 3)
    #expect(result.summary.notJSON == 4)
    #expect(result.summary.failed == 0)
  }

  @Test func `a value that does not open stays and is counted`() throws {
    let good = try sealed(#""a""#)
    let foreign = try sealed(#""a""#, key: TestKeys.other2048)
    let jwe = try sealed(#""a""#, key: TestKeys.other2048, format: .jwe)
    let result = try decrypt("[\(good),\(foreign),\(jwe),\(good)]\n[\(jwe)]\n")
    #expect(result.output == "[\"a\",\(foreign),\(jwe),\"a\"]\n[\(jwe)]\n")
    #expect(result.summary.opened == 2)
    #expect(result.summary.failed == 3)
    #expect(Decryption.failureText == "could not be decrypted")
    let both = try decrypt(
      "[\(good),\(foreign),\(jwe),\(good)]\n", keys: [TestKeys.other2048, Self.key])
    #expect(both.output == "[\"a\",\"a\",\"a\",\"a\"]\n")
    #expect(both.summary.failed == 0)
  }

  @Test func `an empty input gives an empty output`() throws {
    let result = try decrypt("")
    #expect(result.output.isEmpty)
    #expect(result.summary == DecryptionSummary())
  }

  @Test func `no key is refused`() throws {
    let error = #expect(throws: FieldEncryptionError.noPrivateKey) {
      try decrypt("{}", keys: [])
    }
    #expect(
      error?.description
        == "nothing decrypted: no private key was given. Give at least one.")
  }

  @Test func `a line beyond the limit passes unread and the next is opened`() throws {
    let text = try sealed(#""a""#)
    for size in [1000, 1001, 300_000, 1_500_000] {
      let long = "[\"" + String(repeating: "x", count: size - 4) + "\"]"
      for ending in ["\n", "\n\(text)\n"] {
        let input = "\(text)\n\(long)\n\(long)" + ending
        let result = try decrypt(input, longestLine: 1000)
        let expected = input.replacingOccurrences(of: text, with: "\"a\"")
        #expect(result.output == expected)
        #expect(result.summary.tooLong == (size > 1000 ? 2 : 0))
        #expect(result.summary.lines == (ending == "\n" ? 3 : 4))
      }
    }
  }

  @Test func `a long line within the limit is opened`() throws {
    let text = try sealed(#""a""#)
    let filling = String(repeating: "x", count: 3_000_000)
    let result = try decrypt("[\"\(filling)\",\(text)]\n[\(text)]\n")
    #expect(result.output == "[\"\(filling)\",\"a\"]\n[\"a\"]\n")
    #expect(result.summary.opened == 2)
  }

  @Test func `bytes that are not UTF-8 pass unchanged`() throws {
    let folder = try Scratch()
    let source = try folder.write("in", "", mode: 0o600)
    let target = try folder.write("out", "", mode: 0o600)
    var bytes = Data("{\"a\":\"".utf8)
    bytes.append(contentsOf: [0xFF, 0xC0, 0x80, 0x00, 0x0A])
    try bytes.write(to: URL(fileURLWithPath: source))
    let reading = try FileHandle(forReadingFrom: URL(fileURLWithPath: source))
    let writing = try FileHandle(forWritingTo: URL(fileURLWithPath: target))
    let summary = try Decryption.decryptStream(
      from: reading.fileDescriptor, to: writing.fileDescriptor, keys: [Self.key])
    #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == bytes)
    #expect(summary.notJSON == 1)
  }

  @Test func `a pipe that delivers piece by piece is read to its end`() async throws {
    let text = try sealed(#""a""#, format: .jwe)
    let input = Array(String(repeating: "{\"a\":\(text),\"b\":1}\n", count: 40).utf8)
    let pipe = Pipe()
    let folder = try Scratch()
    let target = try folder.write("out", "", mode: 0o600)
    let writer = Thread {
      var random = SeededGenerator(seed: 3)
      var start = 0
      while start < input.count {
        let stop = min(start + Int.random(in: 1...900, using: &random), input.count)
        try? pipe.fileHandleForWriting.write(contentsOf: Data(input[start..<stop]))
        start = stop
      }
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    let writing = try FileHandle(forWritingTo: URL(fileURLWithPath: target))
    let summary = try Decryption.decryptStream(
      from: pipe.fileHandleForReading.fileDescriptor, to: writing.fileDescriptor,
      keys: [Self.key])
    #expect(summary.opened == 40)
    #expect(
      try String(contentsOfFile: target, encoding: .utf8)
        == String(repeating: "{\"a\":\"a\",\"b\":1}\n", count: 40))
  }

  @Test func `a descriptor that fails is an error`() throws {
    #expect(throws: FieldEncryptionError.inputFailed(code: EBADF)) {
      try Decryption.decryptStream(from: -1, to: 1, keys: [Self.key])
    }
    let folder = try Scratch()
    let source = try folder.write("in", "{}\n", mode: 0o600)
    let reading = try FileHandle(forReadingFrom: URL(fileURLWithPath: source))
    let error = #expect(throws: FieldEncryptionError.outputFailed(code: EBADF)) {
      try Decryption.decryptStream(from: reading.fileDescriptor, to: -1, keys: [Self.key])
    }
    #expect(
      error?.description
        == "output failed: Bad file descriptor. Check where it is written to.")
  }
}
