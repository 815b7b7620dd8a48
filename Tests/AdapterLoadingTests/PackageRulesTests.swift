import Cryptography
import Foundation
import Testing
import Workbench

@testable import AdapterLoading

/// A package against a workspace's rules: each refusal in its words.
@Suite struct PackageRulesTests {
  private let scratch: Scratch
  private let key: Ed25519.SigningKey
  private let digest = SHA256.hash([1, 2, 3])

  init() throws {
    scratch = try Scratch()
    key = try Ed25519.SigningKey.generate()
  }

  private var keyID: String { AdapterKey.id(of: key.verifyingKey) }

  /// A package's folder with this manifest; signed unless told otherwise.
  private func folder(_ facts: [String: Any], signed: Bool = true) throws -> AdapterFolder {
    var document: [String: Any] = [
      "format": 1, "product": "org.example.crm", "version": "1.0.0", "display_name": "CRM",
      "abi": ["major": 1, "minor": 0], "library": "libcrm.so", "event_types": ["track"],
    ]
    document.merge(facts) { $1 }
    let bytes = try JSONSerialization.data(withJSONObject: document)
    try bytes.write(to: URL(fileURLWithPath: scratch.file("adapter.json")))
    if signed {
      let signature = try AdapterSignature(of: Array(bytes), by: key)
      try signature.text.write(
        toFile: scratch.file(AdapterSignature.fileName), atomically: true, encoding: .utf8)
    }
    return try AdapterFolder(folder: scratch.path)
  }

  private var facts: [String: Any] {
    ["target": AdapterManifest.targetHere, "sha256": digest.hex, "size": 3, "release": 1]
  }

  private func refusal(
    _ folder: AdapterFolder, trusts: Bool = true, requires: Bool = true, size: Int = 3,
    today: String = "2026-06-01"
  ) -> String? {
    let keys = trusts ? [AdapterKey(name: "Author", key: key.verifyingKey)] : []
    let rules = PackageRules(keys: keys, requiresSignature: requires, today: today)
    do throws(LoadError) {
      try rules.check(folder, sha256: digest, size: size)
      return nil
    } catch {
      return error.description
    }
  }

  private func expect(_ refusal: String?, _ reason: String) {
    #expect(refusal == "adapter refused: \"org.example.crm\": \(reason)")
  }

  @Test func `a signed package whose facts are right is taken, and its signer told`() throws {
    let rules = PackageRules(
      keys: [AdapterKey(name: "Author", key: key.verifyingKey)], requiresSignature: true,
      today: "2026-06-01")
    #expect(try rules.check(try folder(facts), sha256: digest, size: 3)?.name == "Author")
  }

  @Test func `without a signature`() throws {
    let folder = try folder(facts, signed: false)
    expect(
      refusal(folder),
      "it has no signature, adapter.json.sig, and this workspace requires one. "
        + "Get a signed package, or sign it yourself: sealpost adapter sign PATH --key F")
    #expect(refusal(folder, requires: false) == nil)
  }

  @Test func `with a key that is not trusted, which optional signatures do not excuse`() throws {
    for requires in [true, false] {
      expect(
        refusal(try folder(facts), trusts: false, requires: requires),
        "it is signed with the key \(keyID.prefix(16))…, which this workspace does not trust. "
          + "When you know whose it is: sealpost adapter trust add F")
    }
  }

  @Test func `with a manifest that was changed by one blank`() throws {
    _ = try folder(facts)
    let path = scratch.file("adapter.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try (text + " ").write(toFile: path, atomically: true, encoding: .utf8)
    expect(
      refusal(try AdapterFolder(folder: scratch.path)),
      "its signature does not fit its adapter.json: one of them was changed. Get the whole package again."
    )
  }

  @Test(arguments: ["target", "sha256", "size", "release"])
  func `signed over a manifest that leaves a fact out`(fact: String) throws {
    var facts = facts
    facts[fact] = nil
    expect(
      refusal(try folder(facts)),
      "its signed adapter.json has no \"\(fact)\". Its author has to sign it with: sealpost adapter sign"
    )
  }

  @Test func `for another machine`() throws {
    let other = AdapterManifest.targets.first { $0 != AdapterManifest.targetHere } ?? ""
    expect(
      refusal(try folder(facts.merging(["target": other]) { $1 })),
      "it is built for \(other), this machine is \(AdapterManifest.targetHere). "
        + "Ask its author for that target.")
  }

  @Test func `with a library of another size or other bytes`() throws {
    expect(
      refusal(try folder(facts), size: 4),
      "its library has 4 bytes, adapter.json says 3. Get the whole package again.")
    let other = SHA256.hash([9]).hex
    expect(
      refusal(try folder(facts.merging(["sha256": other]) { $1 })),
      "its library has the SHA-256 \(digest.hex.prefix(16))…, adapter.json says \(other.prefix(16))…. "
        + "Get the whole package again.")
  }

  @Test func `on the day after its last`() throws {
    let folder = try folder(facts.merging(["not_after": "2026-06-30"]) { $1 })
    #expect(refusal(folder, today: "2026-06-30") == nil)
    expect(
      refusal(folder, today: "2026-07-01"),
      "it is not to be used after 2026-06-30. Get a newer release from its author.")
  }

  @Test(arguments: [
    "", "\n", "sealpost adapter signature 1\n",
    "sealpost adapter signature 2\n\(id)\n\(signature)\n",
    "sealpost adapter signature 1\n\(id)\n\(signature)",
    "sealpost adapter signature 1\n\(id)\nAAAA\n",
    "sealpost adapter signature 1\n\(id.uppercased())\n\(signature)\n",
    "sealpost adapter signature 1\n\(id)\n\(signature)\n\n",
    "sealpost adapter signature 1\r\n\(id)\r\n\(signature)\r\n",
    String(repeating: "x", count: 300),
  ])
  func `a file that is no signature is not taken for none`(text: String) throws {
    _ = try folder(facts, signed: false)
    try text.write(
      toFile: scratch.file(AdapterSignature.fileName), atomically: true, encoding: .utf8)
    #expect(throws: LoadError.signature(path: scratch.file(AdapterSignature.fileName))) {
      _ = try AdapterFolder(folder: scratch.path)
    }
  }

  private static let id = String(repeating: "a", count: 64)
  private static let signature = Data(repeating: 7, count: 64).base64EncodedString()
}
