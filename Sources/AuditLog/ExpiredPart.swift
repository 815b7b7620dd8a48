internal import Cryptography

/// What is left of segments that were kept long enough: all that going on behind them needs, in a signed note.
///
/// It is a checkpoint over the records that are gone (its extension lines say the rest), so that an auditor who kept
/// one of that size can hold it against this.
struct ExpiredPart: Sendable, Equatable {
  /// Before the first record that is left.
  let state: LogState
  let note: Checkpoint

  private static let title = "sealpost expired 1"

  /// The first segment that is left.
  var firstSegment: Int { state.segment }

  /// Signs that everything before a state is gone.
  init(
    before state: LogState, origin: String, signedBy key: Ed25519.SigningKey
  ) throws(CryptographyError) {
    self.state = state
    var hasher = SHA256Hasher()
    note = try Checkpoint(
      origin: origin, size: state.sequence, root: state.tree.root(&hasher),
      extensions: Self.lines(state), signedBy: key)
  }

  /// Reads the note; throws `tampered` for one in any other form.
  init(_ bytes: [UInt8], path: String) throws(AuditError) {
    let changed = AuditError.tampered(
      path: path, sequence: 0, offset: 0, reason: "it does not say what expired")
    do throws(AuditError) { note = try Checkpoint(bytes, path: path) } catch { throw changed }
    var state = LogState(workspaceID: "")
    let lines = note.extensions
    guard lines.count > 6, lines[0] == Self.title, let segment = Int(lines[1]), segment > 1,
      let hash = SHA256Digest(hex: lines[2]), let signer = AuditSigner(line: lines[4]),
      let nodes = Base64.bytes(of: lines[5]),
      let tree = MerkleFrontier(count: note.size, nodes: nodes)
    else { throw changed }
    (state.segment, state.sequence, state.hash) = (segment, note.size, hash)
    (state.timestamp, state.signer, state.tree) = (lines[3], signer, tree)
    var hasher = SHA256Hasher()
    guard Self.lines(state) == lines, note.bytes == bytes, tree.root(&hasher) == note.root else {
      throw changed
    }
    self.state = state
  }

  private static func lines(_ state: LogState) -> [String] {
    unsafe [
      title, "\(state.segment)", state.hash.hex, state.timestamp, state.signer?.line ?? "",
      Base64.encode(state.tree.nodes.span.bytes), "end",
    ]
  }
}

extension AuditSigner {
  fileprivate var line: String {
    unsafe "\(segment) \(since) \(Base64.encode(publicKey.span.bytes))"
  }

  fileprivate init?(line: String) {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, let segment = Int(parts[0]), let since = UInt64(parts[1]),
      let key = Base64.bytes(of: parts[2]), key.count == Ed25519.publicKeyLength
    else { return nil }
    self.init(segment: segment, publicKey: key, since: since)
  }
}
