/// Where what stands in a workspace's folder.
package struct WorkspaceLayout: Sendable, Equatable {
  /// The folder, without a slash at the end.
  package let root: String

  package init(root: String) {
    var root = root
    while root.count > 1, root.hasSuffix("/") { root.removeLast() }
    self.root = root
  }

  package var settings: String { root + "/workspace.json" }
  package var audit: String { root + "/audit" }
  package var destinations: String { root + "/destinations" }
  package var adapters: String { root + "/adapters" }
  package var deadLetters: String { root + "/dead-letters" }
  package var users: String { root + "/users" }
  package var sources: String { root + "/sources" }
  package var tokens: String { root + "/tokens" }
  /// Records of sessions, and of wrong passwords.
  package var sessions: String { root + "/sessions" }
  package var queues: String { root + "/queue" }
  package var positions: String { root + "/positions" }
  /// What is remembered of messageIds.
  package var seenMessages: String { root + "/seen-messages" }
  package var secrets: String { root + "/secrets" }
  package var keys: String { root + "/keys" }
  /// What the runs have seen of keys.
  package var keySightings: String { root + "/key-sightings.json" }
  /// Signs snapshots of this workspace.
  var snapshotKey: String { root + "/keys/snapshot.key" }
  /// The snapshots of a replica: the one in force, and the one that is being put into force.
  var snapshots: String { root + "/snapshots" }
  package var storageKey: String { root + "/keys/storage.key" }
  /// Held around each change.
  var changeLock: String { root + "/workspace.lock" }
  /// Where the running host can be asked, by processes of the workspace's user.
  package var hostSocket: String { root + "/host.sock" }
  /// Held by the running host.
  var hostLock: String { root + "/host.lock" }

  /// Every folder of a new workspace.
  var folders: [String] {
    [audit, destinations, adapters, deadLetters, secrets, keys, users, sources, tokens, sessions]
  }

  func adapter(_ product: String, _ version: String) -> String {
    "\(adapters)/\(product)/\(version)"
  }

  /// The file of an object's document; nil for an object that has none.
  func document(of object: String) -> String? {
    ConfigurationObject.file(of: object).map { "\(root)/\($0)" }
  }
}
