import Cryptography

@testable import WorkspaceSnapshot

/// A small snapshot of three files, and the keys that made it.
struct TestSnapshot {
  static let contents: [(path: String, bytes: [UInt8])] = [
    ("adapters/org.example.crm/1.0.0/libCRM.so", Array("a library".utf8)),
    ("empty.json", []),
    ("workspace.json", Array("{\"format\":1}\n".utf8)),
  ]

  let key: Ed25519.SigningKey
  let snapshot: Snapshot
  var bytes: [UInt8] { snapshot.bytes }
  var keyID: String { key.verifyingKey.id }

  init(
    _ contents: [(path: String, bytes: [UInt8])] = contents, sequence: Int = 7, seed: UInt8 = 1
  ) throws {
    key = try Ed25519.SigningKey(seed: Self.secret(seed))
    let index = SnapshotIndex(
      workspaceID: "ws_1", sequence: sequence, takenAt: "2026-11-25T10:00:00Z",
      storageKeyID: try Snapshot.storageKeyID(Self.root()), checkpoint: "sealpost/ws_1\n1\nx\n",
      contents: contents)
    snapshot = try Snapshot(index, contents, sealedUnder: Self.root(), signedBy: key)
  }

  static func root(_ byte: UInt8 = 9) -> SecretBytes { secret(byte) }

  private static func secret(_ byte: UInt8) -> SecretBytes {
    var bytes = [UInt8](repeating: byte, count: 32)
    return SecretBytes(moving: &bytes)
  }

  /// Reads and opens it, as whoever trusts the key does.
  func open(_ bytes: [UInt8]) throws(SnapshotError) -> [String: [UInt8]] {
    try Snapshot(bytes, signedBy: keyID).files(openedWith: Self.root())
  }

  /// A file with another index, signed with the right key all the same; the contents are what they were.
  func signing(_ index: String) throws -> [UInt8] {
    let head = try SnapshotForm.head(of: Array(index.utf8), signedBy: key)
    return try head + SnapshotForm(bytes).contents(bytes)
  }

  var index: String {
    get throws { String(decoding: try snapshot.index.encoded(), as: UTF8.self) }
  }
}
