internal import Cryptography
internal import Synchronization
internal import Workspace

/// Which source a write key opens, as the workspace says it now; any thread.
///
/// Found by the key's hash: what is compared is nothing that a sender chooses.
final class WriteKeys: Sendable {
  private struct State {
    var version: Int?
    var sources: [SHA256Digest: (id: String, expiresAt: String?)] = [:]
  }

  private let workspace: Workspace
  private let state = Mutex(State())

  init(_ workspace: Workspace) {
    self.workspace = workspace
    read()
  }

  /// The source's id; nil for a key that opens none.
  func source(_ key: Substring.UTF8View) -> String? {
    let digest = SHA256.hash(Array(key))
    guard let found = state.withLock({ $0.sources[digest] }) else { return nil }
    if let end = found.expiresAt, Timestamp.now >= end { return nil }
    return found.id
  }

  /// Reads them again when the run has other plans: each change of a document makes new ones.
  func follow(_ version: Int) {
    let isNew = state.withLock { state in
      defer { state.version = version }
      return state.version != version
    }
    if isNew { read() }
  }

  private func read() {
    var sources: [SHA256Digest: (id: String, expiresAt: String?)] = [:]
    let now = Timestamp.now
    for source in workspace.sources() {
      for key in source.openedBy(at: now) { sources[key.sha256] = (source.id, key.expiresAt) }
    }
    state.withLock { $0.sources = sources }
  }
}
