internal import Cryptography

/// Secrets of destinations at rest: AES-256-GCM, one file each in `secrets/<destination>/`.
///
/// File: `SPS1`, 12 bytes IV, ciphertext, 16 bytes tag. Bound to workspace, destination and name, so that a
/// file put in another's place does not open.
struct SecretVault {
  static let maximumLength = 65_536
  static let longestFile = maximumLength + 64
  private static let magic = Array("SPS1".utf8)

  let layout: WorkspaceLayout
  let workspaceID: String
  let destinationID: String

  private var folder: String { "\(layout.secrets)/\(destinationID)" }

  static func newFileName(for name: String) -> String { "\(name)-\(Names.random(16)).sealed" }

  func seal(
    _ secret: [UInt8], _ name: String, toNewFile file: String
  ) throws(WorkspaceError) {
    let iv = SecureRandom.bytes(AES256GCM.ivLength)
    var sealed = Self.magic + iv
    let key = try self.key()
    let label = Array(label(name).utf8)
    try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      var cipher = try AES256GCM()
      try cipher.setKey(key)
      try unsafe cipher.seal(
        secret.span.bytes, iv: iv.span.bytes, authenticating: label.span.bytes,
        appendingTo: &sealed)
    }
    try Disk.makeFolder(folder, existing: true)
    try Disk.replace("\(folder)/\(file)", with: sealed)
  }

  func open(_ name: String, file: String) throws(WorkspaceError) -> [UInt8] {
    guard Names.isFileName(file) else { throw .badSecret(name) }
    let path = "\(folder)/\(file)"
    let sealed = try Disk.read(path, limit: Self.longestFile)
    let start = Self.magic.count + AES256GCM.ivLength
    guard sealed.count > start + AES256GCM.tagLength, sealed.starts(with: Self.magic) else {
      throw .secretDamaged(path: path)
    }
    let key = try self.key()
    let label = Array(label(name).utf8)
    do throws(CryptographyError) {
      var cipher = try AES256GCM()
      try cipher.setKey(key)
      var plaintext: [UInt8] = []
      let bytes = unsafe sealed.span.bytes
      try unsafe cipher.open(
        bytes.extracting(start...), iv: bytes.extracting(Self.magic.count..<start),
        authenticating: label.span.bytes, appendingTo: &plaintext)
      return plaintext
    } catch {
      throw .secretDamaged(path: path)
    }
  }

  /// Harms nobody when it fails: nothing refers to the file any more.
  func forget(_ files: some Sequence<String>) {
    for file in files where Names.isFileName(file) { try? Disk.remove("\(folder)/\(file)") }
  }

  private func key() throws(WorkspaceError) -> SecretBytes {
    try StorageKey.derived(layout, for: "sealpost secret 1\u{0}\(destinationID)")
  }

  private func label(_ name: String) -> String {
    "sealpost secret 1\u{0}\(workspaceID)\u{0}\(destinationID)\u{0}\(name)"
  }
}
