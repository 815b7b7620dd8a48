import Cryptography
import FieldEncryption
import Foundation
import Testing
import Workbench

@testable import HostCommands

@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct DecryptTests {
  private let sealpost: Sealpost
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    sealpost = Sealpost(folder: folder)
  }

  @Test func `sealed values are opened, every other byte stays, counts go to standard error`()
    throws
  {
    let key = try PrivateKeyFile.make(bits: 2048, at: folder.file("k"), passphraseFile: nil)
    let raw = try sealed("\"ana@example.org\"", key, .oaep)
    let typed = try sealed("120.50", key, .jwe)
    let line = "{ \"a\":\(raw), \"n\":1.0,\"t\":[\(typed)]}\n"
    let outcome = try sealpost("decrypt", "--key", "k", input: line + "\n" + line)
    let open = "{ \"a\":\"ana@example.org\", \"n\":1.0,\"t\":[120.50]}\n"
    #expect(outcome.output == open + "\n" + open)
    #expect(outcome.errors == "3 lines read, 4 values decrypted\n")
    #expect(outcome.code == 0)
  }

  @Test func `keys of a rotation open each their own, with one passphrase file for both`() throws {
    let passphrase = try folder.write("pass", "correct horse\n")
    let old = try PrivateKeyFile.make(
      bits: 2048, at: folder.file("old"), passphraseFile: passphrase)
    let new = try PrivateKeyFile.make(bits: 2048, at: folder.file("new"), passphraseFile: nil)
    let line = "[\(try sealed("\"1\"", old, .oaep)),\(try sealed("\"2\"", new, .jwe))]\n"
    try folder.write("lines", line)
    let outcome = try sealpost(
      "decrypt", "--key", "new", "--key=old", "--passphrase-file", "pass", "lines", "--quiet")
    #expect(outcome.output == "[\"1\",\"2\"]\n")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.code == 0)
  }

  @Test func `a value of another key stays, is counted, and the answer is no`() throws {
    let key = try PrivateKeyFile.make(bits: 2048, at: folder.file("k"), passphraseFile: nil)
    _ = try PrivateKeyFile.make(bits: 2048, at: folder.file("other"), passphraseFile: nil)
    let line = "[\(try sealed("\"secret\"", key, .auto))]\n"
    let outcome = try sealpost("decrypt", "--key", "other", input: line)
    #expect(outcome.output == line)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("warning: 1 value could not be decrypted"))
    #expect(!outcome.errors.contains("secret"))
  }

  @Test func `lines that are not JSON pass and end with 65`() throws {
    _ = try PrivateKeyFile.make(bits: 2048, at: folder.file("k"), passphraseFile: nil)
    let outcome = try sealpost("decrypt", "--key", "k", input: "not json\n{}\n")
    #expect(outcome.output == "not json\n{}\n")
    #expect(outcome.code == 65)
  }

  @Test func `a missing key, a missing file and an open key file are named`() throws {
    let absent = try sealpost("decrypt", "--key", "nowhere")
    #expect(absent.code == 66)
    #expect(absent.errors.hasPrefix("error: file failed, nowhere: open: No such file"))
    _ = try PrivateKeyFile.make(bits: 2048, at: folder.file("k"), passphraseFile: nil)
    let noFile = try sealpost("decrypt", "--key", "k", "events.ndjson")
    #expect(noFile.code == 66)
    #expect(noFile.errors.hasPrefix("error: file, events.ndjson: it could not be read: "))
    #expect(try sealpost("decrypt", "--key", "k", ".").code == 74)
    try setMode(0o640, of: folder.file("k"))
    let open = try sealpost("decrypt", "--key", "k")
    #expect(open.code == 77)
    #expect(
      open.errors
        == "error: file refused, k: its mode 0640 lets others in. Run `chmod 600` on it.\n")
    #expect(try sealpost("decrypt").code == 2)
  }

  @Test func `a file that holds no key is named and none of it is shown`() throws {
    try folder.write("k", "hunter2\n")
    let outcome = try sealpost("decrypt", "--key", "k")
    #expect(outcome.code == 65)
    #expect(
      outcome.errors.hasPrefix("error: private key refused, k: it is not one RSA private key"))
    #expect(!outcome.errors.contains("hunter2"))
  }

  private func sealed(
    _ json: String, _ key: RSAPublicKey, _ format: EncryptionFormat
  ) throws -> String {
    var sealer = try FieldSealer(key: key, format: format, maximumStringLength: 65_536)
    var out: [UInt8] = []
    let bytes = Array(json.utf8)
    sealer.beginEvent()
    try unsafe sealer.seal(json: bytes.span.bytes, appendingTo: &out)
    return String(decoding: out, as: UTF8.self)
  }
}
