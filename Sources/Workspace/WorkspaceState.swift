internal import AuditLog
internal import Cryptography
internal import Eligibility
internal import Privacy

/// Everything that the documents say, and whether the audit log knows each of them; read under the lock.
struct WorkspaceState: Sendable {
  var settings: WorkspaceSettings
  var privacy: PrivacySettings
  var allowlist: ProductAllowlist
  var destinations: [String: Result<Destination, WorkspaceError>] = [:]
  var trust: Result<AdapterTrust, WorkspaceError> = .success(AdapterTrust())
  var lists = ListsState()
  var adapters: [String: Result<InstalledAdapter, WorkspaceError>] = [:]
  var users: [String: Result<User, WorkspaceError>] = [:]
  var tokens: [String: Result<AccessToken, WorkspaceError>] = [:]
  var sources: [String: Result<Source, WorkspaceError>] = [:]
  /// Nil in a workspace of its own.
  var replica: Result<Replica, WorkspaceError>?
  var audited: AuditedDigests
  var damage: [WorkspaceError] = []

  init(
    reading layout: WorkspaceLayout, _ audited: AuditedDigests
  ) throws(WorkspaceError) {
    self.audited = audited
    settings = try Self.document(at: layout.settings)
    privacy = try Self.document(at: layout.root + "/privacy.json")
    allowlist = try Self.document(at: layout.root + "/eligible-products.json")
    for object in [
      ConfigurationObject.workspace, ConfigurationObject.privacy, ConfigurationObject.products,
      ConfigurationObject.snapshots,
    ] {
      noteChange(of: object, layout)
    }
    trust = optionalDocument(ConfigurationObject.adapterTrust, AdapterTrust(), layout)
    readLists(layout)
    readReplica(layout)
    try readDestinations(layout)
    try readAdapters(layout)
    users = try documents(in: layout.users, layout, ConfigurationObject.user) { $0.id }
    tokens = try documents(in: layout.tokens, layout, ConfigurationObject.token) { $0.id }
    sources = try documents(in: layout.sources, layout, ConfigurationObject.source) { $0.id }
    noteVanished(layout)
  }

  static func document<D: Document>(at path: String) throws(WorkspaceError) -> D {
    let bytes = try Disk.read(path, limit: DocumentCoding.maximumSize)
    return try DocumentCoding.decode(D.self, from: bytes, path: path)
  }

  /// A document that there need not be.
  ///
  /// One that was removed or changed by hand is no empty one: then nobody's keys are taken.
  private mutating func optionalDocument<D: Document>(
    _ object: String, _ empty: D, _ layout: WorkspaceLayout
  ) -> Result<D, WorkspaceError> {
    guard let path = layout.document(of: object) else { return .success(empty) }
    if let change = noteChange(of: object, layout) { return .failure(change) }
    guard Disk.exists(path) else {
      return audited.digests[object] == nil
        ? .success(empty) : .failure(.changedWithoutAudit(path: path, object: object))
    }
    do throws(WorkspaceError) {
      return .success(try Self.document(at: path))
    } catch {
      damage.append(error)
      return .failure(error)
    }
  }

  /// The lists that were imported, each verified anew.
  private mutating func readLists(_ layout: WorkspaceLayout) {
    lists.document = optionalDocument(ConfigurationObject.productLists, ImportedLists(), layout)
    guard case .success(let document) = lists.document else { return }
    do throws(WorkspaceError) {
      lists.lists = try document.inForce()
    } catch {
      lists.document = .failure(error)
      damage.append(error)
    }
  }

  /// Whose replica this is: also when the document that says so was removed or changed by hand.
  private mutating func readReplica(_ layout: WorkspaceLayout) {
    let object = ConfigurationObject.replica
    guard let path = layout.document(of: object) else { return }
    guard Disk.exists(path) || audited.digests[object] != nil else { return }
    if let change = noteChange(of: object, layout) {
      replica = .failure(change)
    } else if !Disk.exists(path) {
      replica = .failure(.changedWithoutAudit(path: path, object: object))
    } else {
      do throws(WorkspaceError) {
        replica = .success(try Self.document(at: path))
      } catch {
        damage.append(error)
        replica = .failure(error)
      }
    }
  }

  private mutating func readDestinations(_ layout: WorkspaceLayout) throws(WorkspaceError) {
    for name in try Disk.names(in: layout.destinations) where name.hasSuffix(".json") {
      let id = String(name.dropLast(".json".count))
      guard Names.isDestinationID(id) else { continue }
      let path = "\(layout.destinations)/\(name)"
      do throws(WorkspaceError) {
        var destination: Destination = try Self.document(at: path)
        guard destination.id == id else {
          throw .badDocument(path: path, reason: "`id` is not the name of the file")
        }
        destination.quarantine = destination.quarantined?.text
        if let change = noteChange(of: ConfigurationObject.destination(id), layout) {
          destination.quarantine = change.description
        }
        destinations[id] = .success(destination)
      } catch {
        destinations[id] = .failure(error)
        damage.append(error)
      }
    }
  }

  private mutating func readAdapters(_ layout: WorkspaceLayout) throws(WorkspaceError) {
    for product in try Disk.names(in: layout.adapters) where ProductID.isValid(product) {
      let path = "\(layout.adapters)/\(product)/installed.json"
      guard Disk.exists(path) else { continue }
      do throws(WorkspaceError) {
        let adapter: InstalledAdapter = try Self.document(at: path)
        guard adapter.product == product, Names.isVersion(adapter.version),
          Names.isFileName(adapter.library)
        else {
          throw .badDocument(path: path, reason: "it does not describe what stands beside it")
        }
        if let change = noteChange(of: ConfigurationObject.adapter(product), layout) {
          adapters[product] = .failure(change)
        } else {
          adapters[product] = .success(adapter)
        }
      } catch {
        adapters[product] = .failure(error)
        damage.append(error)
      }
    }
  }

  /// The documents of a folder by their ids; one that cannot be relied on is a failure, and damage.
  private mutating func documents<D: Document>(
    in folder: String, _ layout: WorkspaceLayout, _ object: (String) -> String,
    id: (D) -> String
  ) throws(WorkspaceError) -> [String: Result<D, WorkspaceError>] {
    var found: [String: Result<D, WorkspaceError>] = [:]
    for name in try Disk.names(in: folder) where name.hasSuffix(".json") {
      let named = String(name.dropLast(".json".count))
      let path = "\(folder)/\(name)"
      guard layout.document(of: object(named)) == path else { continue }
      do throws(WorkspaceError) {
        let document: D = try Self.document(at: path)
        guard id(document) == named else {
          throw .badDocument(path: path, reason: "`id` is not the name of the file")
        }
        found[named] =
          noteChange(of: object(named), layout).map { .failure($0) } ?? .success(document)
      } catch {
        found[named] = .failure(error)
        damage.append(error)
      }
    }
    return found
  }

  /// Documents that the log knows and the disk no longer has.
  private mutating func noteVanished(_ layout: WorkspaceLayout) {
    for object in audited.digests.keys.sorted() {
      guard let path = layout.document(of: object), !Disk.exists(path) else { continue }
      damage.append(.changedWithoutAudit(path: path, object: object))
    }
  }

  /// Notes it in `damage`, and returns it, when the document's bytes are not those of the last record.
  @discardableResult
  private mutating func noteChange(
    of object: String, _ layout: WorkspaceLayout
  ) -> WorkspaceError? {
    guard let path = layout.document(of: object),
      let bytes = try? Disk.read(path, limit: DocumentCoding.maximumSize),
      SHA256.hash(bytes) != audited.digests[object]
    else { return nil }
    let change = WorkspaceError.changedWithoutAudit(path: path, object: object)
    damage.append(change)
    return change
  }
}
