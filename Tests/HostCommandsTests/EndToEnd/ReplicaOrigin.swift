import Foundation
import Testing
import Workbench

/// A clinic that sends encrypted fields to a webhook, and replicas of it beside it, in one folder.
struct ReplicaOrigin {
  let clinic: Clinic
  let peer: WebhookPeer
  static let snapshot = "clinic.snapshot"

  init() throws {
    clinic = try Clinic()
    peer = try WebhookPeer("[{}]")
    try clinic.addHook(peer)
    try clinic.done(
      "encryption", "enable", "hook", "--fields", "email,phone", "--format", "jwe",
      "--generate-key", "--private-key-out", "private.pem")
    try clinic.done(
      "token", "create", "--role", "editor", "--expires-in", "90", "--output", "service.token")
    try snapshot()
  }

  /// Takes one, which every replica that runs finds in its place.
  @discardableResult
  func snapshot() throws -> [String: Any] {
    let data = try clinic.sealpost.json("workspace", "snapshot", "--output", Self.snapshot)
    return try #require(data as? [String: Any])
  }

  func replica(_ name: String) throws {
    let data = try clinic.sealpost.json("workspace", "snapshot", "--verify", Self.snapshot)
    let key = try #require((data as? [String: Any])?["key_fingerprint"] as? String)
    try clinic.done(
      "workspace", "replicate", Self.snapshot, "--fingerprint", key, "--storage-key",
      "workspace/keys/storage.key", "--workspace", name)
  }

  /// A host on a replica that follows the origin's snapshots.
  func host(_ name: String, _ words: String...) throws -> RunningHost {
    try RunningHost(
      clinic, ["--replica", Self.snapshot, "--workspace", name] + words,
      environment: ["SEALPOST_TOKEN_FILE": "service.token"])
  }

  /// A command on a replica, with the token.
  func on(_ name: String, _ words: String...) throws -> Sealpost.Outcome {
    try clinic.sealpost(words + ["--workspace", name, "--token-file", "service.token"])
  }

  static func event(_ number: Int, users: Int = 11) -> String {
    #"{"type":"identify","userId":"u\#(number % users)","messageId":"m\#(number)","#
      + #""traits":{"n":\#(number),"email":"canary\#(number)@example.com","phone":"555-\#(number)"}}"#
  }

  /// What came of the events, in the order in which it came.
  var delivered: [Delivered] {
    peer.requests.flatMap(\.events).compactMap { event in
      guard let traits = event["traits"] as? [String: Any], let number = traits["n"] as? Int,
        let email = traits["email"] as? String, let phone = traits["phone"] as? String
      else { return nil }
      return Delivered(number: number, email: email, phone: phone)
    }
  }

  struct Delivered {
    let number: Int
    let email: String
    let phone: String

    /// The head of the ciphertext, which names the key that opens it.
    var key: Substring { email.prefix { $0 != "." } }
    var hidesPhone: Bool { phone.hasPrefix("eyJ") }
  }

  /// How many of all values that came the keys open.
  func opened(with keys: [String]) throws -> Int {
    try clinic.folder.write(
      "delivered.ndjson",
      delivered.map { #"{"n":\#($0.number),"email":"\#($0.email)"}"# + "\n" }.joined())
    let outcome = try clinic.sealpost(
      ["decrypt"] + keys.flatMap { ["--key", $0] } + ["delivered.ndjson"])
    return outcome.output.split(separator: "\n").count { line in
      line.contains("\"canary")
    }
  }

  /// The lines of a replica's audit log.
  func records(_ name: String) throws -> [String] {
    let folder = clinic.folder.file("\(name)/audit")
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().flatMap { file in
      let text = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      return (text ?? "").split(separator: "\n").map(String.init)
    }
  }

  /// Whether both verifiers find a replica's log sound.
  func hasSoundLog(_ name: String) throws -> Bool {
    let script = Clinic.root.appendingPathComponent("Examples/verify-audit-log/verify.py").path
    let judge = try Sealpost.run(
      "python3", [script, "\(name)/audit"], in: clinic.folder.path)
    return try judge.code == 0 && on(name, "audit", "verify").code == 0
  }
}
