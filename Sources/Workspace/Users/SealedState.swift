internal import Cryptography
internal import Foundation

/// Small records that change at every command, so that no audit record tells of each: sessions, and counts of wrong passwords.
///
/// A file is one line with the HMAC-SHA-256 of its name and the rest, in hexadecimal, and the rest: JSON. The key
/// comes from the workspace's storage key, so that one edited by hand, or put under another name, is none.
struct SealedState {
  static let maximumSize = 4096

  let layout: WorkspaceLayout

  /// Nil when there is none; throws `stateDamaged`.
  func read<State: Decodable>(
    _ type: State.Type, _ name: String
  ) throws(WorkspaceError) -> State? {
    let path = path(name)
    guard Disk.exists(path) else { return nil }
    let damaged = WorkspaceError.access(.stateDamaged(path: path))
    let bytes = try Disk.read(path, limit: Self.maximumSize)
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
      let mac = SHA256Digest(hex: String(decoding: bytes[..<end], as: UTF8.self))
    else { throw damaged }
    let body = Array(bytes[(end + 1)...])
    let wanted = try self.mac(name, body)
    guard unsafe constantTimeEqual(mac.bytes.span.bytes, wanted.bytes.span.bytes),
      let state = try? JSONDecoder().decode(type, from: Data(body))
    else { throw damaged }
    return state
  }

  func write(_ state: some Encodable, _ name: String) throws(WorkspaceError) {
    let path = path(name)
    guard let data = try? JSONEncoder().encode(state) else {
      throw .access(.stateDamaged(path: path))
    }
    let body = Array(data)
    try makeFolder()
    try Disk.replace(path, with: Array("\(try mac(name, body).hex)\n".utf8) + body)
  }

  func remove(_ name: String) throws(WorkspaceError) {
    guard Disk.exists(path(name)) else { return }
    try Disk.remove(path(name))
  }

  /// Of every record whose name begins so.
  func names(_ prefix: String) throws(WorkspaceError) -> [String] {
    try Disk.names(in: layout.sessions).filter { $0.hasPrefix(prefix) }
  }

  /// Runs the body while no other process reads or writes these records.
  func whileHeld<Result: ~Copyable>(
    _ body: () throws(WorkspaceError) -> Result
  ) throws(WorkspaceError) -> Result {
    try makeFolder()
    return try FileLock.whileHeld(layout.sessions + "/.lock", body)
  }

  /// A workspace that was made before there were sessions has no folder for them.
  private func makeFolder() throws(WorkspaceError) {
    if !Disk.exists(layout.sessions) { try Disk.makeFolder(layout.sessions, existing: true) }
  }

  private func path(_ name: String) -> String { "\(layout.sessions)/\(name)" }

  private func mac(_ name: String, _ body: [UInt8]) throws(WorkspaceError) -> SHA256Digest {
    let key = try StorageKey.derived(layout, for: "sealpost session record 1")
    let bytes: [UInt8]
    do throws(CryptographyError) {
      var mac = try HMACSHA256(key: key)
      bytes = unsafe mac.authenticate((Array("\(name)\n".utf8) + body).span.bytes)
    } catch {
      throw .cryptography(error)
    }
    guard let digest = SHA256Digest(bytes: bytes) else {
      throw .cryptography(.libraryFailed("HMAC"))
    }
    return digest
  }
}
