package import AuditLog
internal import Cryptography
package import Eligibility
package import Privacy
internal import Synchronization

/// A workspace's folder: its documents, keys, adapters and audit log; any thread.
///
/// What it shows is what stood on the disk when it was opened, last changed through this object or
/// reloaded; a change always starts from what stands on the disk at that moment.
package final class Workspace: Sendable {
  package let layout: WorkspaceLayout
  package let audit: AuditLog
  /// Who acts through this object: the actor of its records; the owner unless ``acting(as:)`` says otherwise.
  package let actor: String
  private let state: Mutex<WorkspaceState>

  init(layout: WorkspaceLayout, audit: AuditLog, state: WorkspaceState, actor: String? = nil) {
    self.layout = layout
    self.audit = audit
    self.actor = actor ?? state.settings.owner
    self.state = Mutex(state)
  }

  /// Opens a workspace; waits while another process changes it.
  ///
  /// Throws `noSuchFolder`, `notAFolder`, `notAWorkspace`, `ownerDiffers`, `openToOthers`,
  /// `unwritable`, `badDocument`, `documentTooLarge`, `formatTooNew` or `audit`. A damaged
  /// document of one destination or adapter is no error here, but when that one is asked for.
  package static func open(at path: String) throws(WorkspaceError) -> Workspace {
    let layout = WorkspaceLayout(root: path)
    try WorkspaceFolder.check(layout)
    return try FileLock.whileHeld(layout.changeLock) { () throws(WorkspaceError) in
      let settings: WorkspaceSettings = try WorkspaceState.document(at: layout.settings)
      let audit = try rethrowing(WorkspaceError.audit) { () throws(AuditError) in
        try AuditLog(directory: layout.audit, keys: layout.keys, workspaceID: settings.id)
      }
      let settled = try Settlement.settle(audit, layout)
      let wasHalfDone = try SnapshotRecovery.finish(layout, audit)
      let state = try WorkspaceState(reading: layout, wasHalfDone ? audited(by: audit) : settled)
      return Workspace(layout: layout, audit: audit, state: state)
    }
  }

  /// The same workspace for somebody else's actions.
  package func acting(as actor: String) -> Workspace {
    Workspace(layout: layout, audit: audit, state: state.withLock { $0 }, actor: actor)
  }

  /// Reads everything again, as another process may have changed it.
  package func reload() throws(WorkspaceError) {
    try FileLock.whileHeld(layout.changeLock) { () throws(WorkspaceError) in
      try SnapshotRecovery.finish(layout, audit)
      try refresh()
    }
  }

  /// As ``reload()``, for whoever holds the lock.
  func refresh() throws(WorkspaceError) {
    let new = try WorkspaceState(reading: layout, Self.audited(by: audit))
    state.withLock { $0 = new }
  }

  static func audited(by audit: AuditLog) throws(WorkspaceError) -> AuditedDigests {
    try rethrowing(WorkspaceError.audit) { () throws(AuditError) in try audit.digests() }
  }

  /// The digest that the object's document has by the last record; nil when it has none.
  func audited(_ object: String) -> SHA256Digest? {
    state.withLock { $0.audited.digests[object] }
  }
}

// MARK: - What it holds

extension Workspace {
  package var id: String { settings.id }
  package var settings: WorkspaceSettings { state.withLock { $0.settings } }
  package var privacy: PrivacySettings { state.withLock { $0.privacy } }
  package var allowlist: ProductAllowlist { state.withLock { $0.allowlist } }

  /// Every destination whose document can be read, by id; see ``damage`` for the others.
  package func destinations() -> [Destination] {
    state.withLock { state in
      state.destinations.values.compactMap { try? $0.get() }.sorted { $0.id < $1.id }
    }
  }

  /// Ids of those whose document cannot be relied on: unreadable, or edited or removed by hand.
  package func unreliableDestinations() -> [String] {
    state.withLock { state in
      let unreadable = state.destinations.filter { (try? $0.value.get()) == nil }.keys
      let prefix = ConfigurationObject.destination("")
      let changed = state.damage.compactMap { error -> String? in
        guard case .changedWithoutAudit(_, let object) = error, object.hasPrefix(prefix) else {
          return nil
        }
        return String(object.dropFirst(prefix.count))
      }
      return Set(unreadable).union(changed).sorted()
    }
  }

  /// Throws `noSuchDestination`, or why its document is refused.
  package func destination(_ id: String) throws(WorkspaceError) -> Destination {
    guard let found = state.withLock({ $0.destinations[id] }) else {
      throw .noSuchDestination(id)
    }
    return try found.get()
  }

  /// The active version of every installed adapter, by product.
  package func adapters() -> [InstalledAdapter] {
    state.withLock { state in
      state.adapters.values.compactMap { try? $0.get() }.sorted { $0.product < $1.product }
    }
  }

  /// Throws `adapterNotInstalled`, or why its document is refused.
  package func adapter(_ product: String) throws(WorkspaceError) -> InstalledAdapter {
    guard let found = state.withLock({ $0.adapters[product] }) else {
      throw .adapterNotInstalled(product)
    }
    return try found.get()
  }

  /// Everybody whose document can be relied on, by e-mail address.
  package func users() -> [User] {
    state.withLock { state in
      state.users.values.compactMap { try? $0.get() }.sorted { $0.email < $1.email }
    }
  }

  /// Throws `noSuchUser`; upper and lower case are equal.
  package func user(_ email: String) throws(WorkspaceError) -> User {
    guard let user = users().first(where: { $0.hasEmail(email) }) else {
      throw .access(.noSuchUser)
    }
    return user
  }

  /// Whether there are documents of users, readable or not, or the log knows some.
  var knowsUsers: Bool {
    state.withLock { state in
      !state.users.isEmpty
        || state.audited.digests.keys.contains { $0.hasPrefix(ConfigurationObject.user("")) }
    }
  }

  /// Every token whose document can be relied on, the oldest first.
  package func tokens() -> [AccessToken] {
    state.withLock { state in
      state.tokens.values.compactMap { try? $0.get() }
        .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }
  }

  /// Every source whose document can be relied on, by their ids.
  package func sources() -> [Source] {
    state.withLock { state in
      state.sources.values.compactMap { try? $0.get() }.sorted { $0.id < $1.id }
    }
  }

  /// The objects whose documents the log knows.
  var auditedObjects: [String] { state.withLock { Array($0.audited.digests.keys) } }

  /// Whether its configuration is another workspace's.
  package var isReplica: Bool { state.withLock { $0.replica != nil } }

  /// What this folder is a replica of; throws when it is none, or when the document that says so cannot be relied on.
  package func replica() throws(WorkspaceError) -> Replica {
    guard let replica = state.withLock({ $0.replica }) else {
      throw .notAReplica(path: layout.root)
    }
    return try replica.get()
  }

  var lists: ListsState { state.withLock { $0.lists } }

  var trust: Result<AdapterTrust, WorkspaceError> { state.withLock { $0.trust } }

  /// What is wrong with single documents: unreadable ones, and ones changed without audit.
  package var damage: [WorkspaceError] { state.withLock { $0.damage } }
}
