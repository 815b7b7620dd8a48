import Cryptography
import FieldEncryption
import Foundation
import Testing
import Workbench

/// The recipes of `Examples/decrypt`, each run with its own tool.
@Suite struct RecipeTests {
  private struct Recipe: Sendable, CustomTestStringConvertible {
    let words: [String]
    let opensJWE: Bool
    /// A command that works only where the tool is.
    let probe: [String]

    var testDescription: String { words.joined(separator: " ") }

    var isHere: Bool { (try? RecipeTests.run(probe, input: ""))?.code == 0 }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Examples/decrypt").path

  private static let openssl = Recipe(
    words: ["sh", "openssl.sh"], opensJWE: false, probe: ["openssl", "version"])
  private static let python = Recipe(
    words: ["python3", "python.py"], opensJWE: true,
    probe: ["python3", "-c", "import cryptography"])
  private static let node = Recipe(
    words: ["node", "node.mjs"], opensJWE: true, probe: ["node", "--version"])
  private static let java = Recipe(
    words: ["java", "Decrypt.java"], opensJWE: true, probe: ["java", "--version"])
  private static let go = Recipe(
    words: ["go", "run", "decrypt.go"], opensJWE: true, probe: ["go", "version"])

  @Test(.enabled(if: openssl.isHere, "the openssl program is absent"))
  func `the recipe for openssl opens`() throws { try tryOut(Self.openssl) }

  @Test(.enabled(if: python.isHere, "Python's cryptography is absent"))
  func `the recipe for Python opens`() throws { try tryOut(Self.python) }

  @Test(.enabled(if: node.isHere, "Node is absent"))
  func `the recipe for Node opens`() throws { try tryOut(Self.node) }

  @Test(.enabled(if: java.isHere, "Java is absent"))
  func `the recipe for Java opens`() throws { try tryOut(Self.java) }

  @Test(.enabled(if: go.isHere, "Go is absent"))
  func `the recipe for Go opens`() throws { try tryOut(Self.go) }

  private func tryOut(_ recipe: Recipe) throws {
    let folder = try Scratch()
    let keyFile = folder.path + "/key.pem"
    try TestKeys.rsa2048.writePEM(toNewFile: keyFile, passphrase: nil)
    let text = "Zoë, 7 Lakeside Rd \u{1F3E5}"
    for format in recipe.opensJWE ? [EncryptionFormat.oaep, .jwe] : [.oaep] {
      let value = try sealed(text, format)
      let outcome = try Self.run(recipe.words + [keyFile], input: value)
      #expect(outcome.code == 0)
      #expect(outcome.output == text)
    }
  }

  private func sealed(_ text: String, _ format: EncryptionFormat) throws -> String {
    var sealer = try FieldSealer(
      key: TestKeys.rsa2048.publicKey, format: format, maximumStringLength: .max)
    let json = Array("\"\(text)\"".utf8)
    var out: [UInt8] = []
    try unsafe sealer.seal(json: json.span.bytes, appendingTo: &out)
    return String(decoding: out.dropFirst().dropLast(), as: UTF8.self)
  }

  private static func run(
    _ words: [String], input: String
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let stdin = Pipe()
    let stdout = Pipe()
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
