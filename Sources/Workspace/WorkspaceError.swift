package import AuditLog
package import Cryptography
package import Eligibility
package import FieldEncryption
internal import Glibc
package import Privacy
package import WorkspaceSnapshot

/// What a workspace refuses or fails at; never a setting's value, a secret or a key.
package enum WorkspaceError: Error {
  // The folder.
  case noSuchFolder(path: String)
  case notAWorkspace(path: String)
  case notAFolder(path: String)
  case ownerDiffers(path: String, owner: UInt32, user: UInt32)
  case openToOthers(path: String, mode: UInt32)
  case unwritable(path: String)
  case alreadyThere(path: String)
  case hostRunning(path: String, pid: Int32?)
  // Its documents and files.
  case fileFailed(path: String, operation: String, code: Int32)
  case notAFile(path: String)
  case documentTooLarge(path: String, maximum: Int)
  case badDocument(path: String, reason: String)
  case formatTooNew(path: String, format: Int, known: Int)
  case changedWithoutAudit(path: String, object: String)
  case deadLettersDamaged(path: String)
  case secretDamaged(path: String)
  case deadLetterTooLong(maximum: Int)
  // What was asked for.
  case badName(String)
  case badOwner(String)
  case badDestinationID(String)
  case destinationExists(String)
  case noSuchDestination(String)
  case badSettingName(String)
  case badHostSetting(String, expected: String)
  case badSecret(String)
  case tooManySettings(String, maximum: Int)
  case badFilter(String, destination: String, reason: String)
  case noSuchFilter(String, destination: String)
  case tooManyFilters(destination: String, maximum: Int)
  case matcherInUse(String, destination: String)
  case lowCardinality(String)
  case badSourceID(String)
  case sourceExists(String)
  case noSuchSource(String)
  case badOverlap(maximum: Int)
  case encryptionOff(String)
  case adapterNotInstalled(String)
  case adapterInUse(product: String, destination: String)
  case adapterChanged(product: String, path: String)
  case badPackage(product: String, reason: String)
  case unsigned(product: String)
  case rolledBack(product: String, release: Int?, highest: Int)
  case notApproved(product: String, permissions: [String])
  case badKeyName
  case badRetention(years: Int)
  case keyTrusted(String)
  case keyNotTrusted(String)
  case refused(object: String, EligibilityDecision)
  case access(AccessError)
  // Snapshots and replicas.
  case configuredElsewhere(path: String, Replica?)
  case notAReplica(path: String)
  case snapshotKeyUnusable(path: String, reason: String)
  case snapshotNeverTaken(path: String)
  case badFingerprint
  case snapshotPlaceTaken(path: String)
  case snapshotOfDamage(String)
  case snapshot(path: String, SnapshotError)
  // From the modules below.
  case audit(AuditError)
  case outcomeNotRecorded(AuditError)
  case cryptography(CryptographyError)
  case eligibility(EligibilityError)
  case privacy(PrivacyError)
  case encryption(FieldEncryptionError)
}

extension WorkspaceError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .access(let error): error.description
    case .audit(let error): error.description
    case .outcomeNotRecorded(let error):
      "the change was made, but its outcome could not be recorded: \(error)"
    case .cryptography(let error): error.description
    case .eligibility(let error): error.description
    case .privacy(let error): error.description
    case .encryption(let error): error.description
    case .refused(let object, let decision):
      "\(Self.title(of: object)): \(decision.reason). See: \(decision.mend)"
    default:
      folderDescription ?? fileDescription ?? replicationDescription ?? requestDescription
    }
  }

  private var folderDescription: String? {
    switch self {
    case .noSuchFolder(let path):
      "workspace \(path): there is no such folder. Make one: sealpost workspace init \(path)"
    case .notAWorkspace(let path):
      "workspace \(path): it holds no workspace.json. Name a workspace, or make one: "
        + "sealpost workspace init DIR"
    case .notAFolder(let path): "workspace \(path): it is not a folder. Name the folder itself."
    case .ownerDiffers(let path, let owner, let user):
      "workspace \(path): it belongs to user \(owner) and you are user \(user). Run as its owner."
    case .openToOthers(let path, let mode):
      "workspace \(path): its mode 0\(String(mode, radix: 8)) lets others in. "
        + "Run: chmod 700 \(path)"
    case .unwritable(let path):
      "workspace \(path): it cannot be written. Check its permissions and its file system."
    case .alreadyThere(let path):
      "workspace \(path): there is something already. Name a folder that does not exist or is "
        + "empty."
    case .hostRunning(let path, let pid):
      "workspace \(path): a host runs on it already\(pid.map { " (pid \($0))" } ?? ""). "
        + "Stop that one first."
    default: nil
    }
  }

  private var fileDescription: String? {
    switch self {
    case .fileFailed(let path, let operation, let code):
      "file failed, \(path): \(operation): \(unsafe String(cString: strerror(code))). "
        + "Check the path, its permissions and the room on the disk."
    case .notAFile(let path): "file refused, \(path): it is not a plain file. Look what it is."
    case .documentTooLarge(let path, let maximum):
      "document refused, \(path): it is longer than \(maximum) bytes. Put back what was there."
    case .badDocument(let path, let reason):
      "document refused, \(path): \(reason). Put back what was there."
    case .formatTooNew(let path, let format, let known):
      "document refused, \(path): its format is \(format) and this version knows \(known). "
        + "Use a newer sealpost."
    case .changedWithoutAudit(let path, let object):
      "document refused, \(path): it was changed outside the audit log. Put back what was there"
        + ", or \(Self.acceptance(of: object))"
    case .secretDamaged(let path):
      "secret refused, \(path): the file was changed or belongs to another place. Set it again: "
        + "sealpost destination set ID --set-secret NAME=@FILE"
    case .deadLetterTooLong(let maximum):
      "dead letter refused: it is longer than \(maximum) bytes. Send smaller events."
    case .deadLettersDamaged(let path):
      "dead letters refused, \(path): the file was changed or belongs to another workspace. "
        + "Put back what was there."
    default: nil
    }
  }

  private var replicationDescription: String? {
    switch self {
    case .configuredElsewhere(let path, let replica):
      "workspace \(path): it is a replica\(replica.map { " of \($0.origin), \($0.title)" } ?? ""), "
        + "and nothing is configured here. Change it in its origin, then run there: "
        + "sealpost workspace snapshot --output F"
    case .notAReplica(let path):
      "workspace \(path): it is no replica, but has a configuration of its own. Name a replica, or make "
        + "one: sealpost workspace replicate F --workspace DIR"
    case .snapshotKeyUnusable(let path, let reason):
      "snapshot not taken: \(path) \(reason). Put it back from its copy, or make another key, which every "
        + "replica then has to be told: sealpost workspace snapshot --output F --new-key"
    case .snapshotNeverTaken(let path):
      "workspace \(path): no snapshot was ever taken of it, so no key of its is known. Say whose key: "
        + "--fingerprint HEX"
    case .badFingerprint:
      "fingerprint refused: it is not 64 hexadecimal digits. Copy it whole, as "
        + "`sealpost workspace snapshot` shows it at the origin."
    case .snapshotPlaceTaken(let path):
      "snapshot not written, \(path): something stands there that is no snapshot. Name another file."
    case .snapshotOfDamage(let damage):
      "snapshot not taken: it would hold what the audit log does not know: \(damage)"
    case .snapshot(let path, let error): "snapshot refused, \(path): \(error)"
    default: nil
    }
  }

  private var requestDescription: String {
    switch self {
    case .badName:
      "workspace not made: a name has 1 to 100 characters and no control character. "
        + "Choose another."
    case .badOwner:
      "workspace not made: the owner is an e-mail address. Give one like ana@clinic.example."
    case .badDestinationID(let id):
      "destination \"\(id)\": an id has 1 to 64 of a-z, 0-9 and hyphens, no hyphen first. "
        + "Choose another."
    case .destinationExists(let id):
      "destination \"\(id)\": it exists already. Choose another id, or change that one: "
        + "sealpost destination set \(id) KEY=VALUE"
    case .noSuchDestination(let id):
      "destination \"\(id)\": there is none of that id. See: sealpost destination list"
    case .badSettingName(let name):
      "setting \"\(name)\": a name has 1 to 64 of a-z, 0-9 and _, a letter first. Correct it."
    case .badHostSetting(let name, let expected):
      "setting \"\(name)\": it is one of the host's, and \(expected). Correct it."
    case .badSecret(let name):
      "secret \"\(name)\": it is empty or longer than 65536 bytes. Give the file that holds it."
    case .tooManySettings(let id, let maximum):
      "destination \"\(id)\": it would have more than \(maximum) settings. Remove some."
    case .badFilter(let name, let destination, let reason):
      "filter \"\(name)\" of destination \"\(destination)\": \(reason)"
    case .noSuchFilter(let name, let destination):
      "filter \"\(name)\" of destination \"\(destination)\": there is none of that name. "
        + "See: sealpost destination filter show \(destination)"
    case .tooManyFilters(let destination, let maximum):
      "destination \"\(destination)\": it has \(maximum) filters, the most there may be. Remove one: "
        + "sealpost destination filter remove \(destination) NAME"
    case .matcherInUse(let matcher, let destination):
      "matcher \"\(matcher)\": destination \"\(destination)\" encrypts it. Take the field from there "
        + "first: sealpost encryption fields remove \(destination) \"\(matcher)\""
    case .lowCardinality(let field):
      "field \"\(field)\": it has few different values, so its tokens show who shares one and can be told "
        + "by how often they occur. Encrypt it, or take that on: --allow-low-cardinality"
    case .badSourceID(let id):
      "source \"\(id)\": an id has 1 to 64 of a-z, 0-9 and hyphens, no hyphen first. Choose another."
    case .sourceExists(let id):
      "source \"\(id)\": there is one of this id. Choose another id, or give it another write key: "
        + "sealpost source rotate-write-key \(id)"
    case .noSuchSource(let id):
      "source \"\(id)\": there is none of this id. See: sealpost source list"
    case .badOverlap(let maximum):
      "write key: the old one may go on for 0 to \(maximum) hours. Name such a number."
    case .encryptionOff(let id):
      "destination \"\(id)\": its encryption is off, so there is no key to encrypt with. Turn it on: "
        + "sealpost encryption enable \(id)"
    case .adapterChanged(let product, let path):
      "adapter \"\(product)\": \(path) is not the file that was installed. Install it again: "
        + "sealpost adapter install PATH"
    case .unsigned(let product):
      "adapter \"\(product)\": it is not signed, and this workspace requires it. Get a signed package, "
        + "or sign it yourself: sealpost adapter sign PATH --key F"
    case .rolledBack(let product, let release, let highest):
      "adapter \"\(product)\": its release is \(release.map(String.init) ?? "missing"), and \(highest) "
        + "was installed before with other content. Get release \(highest + 1) or later from its author."
    case .notApproved(let product, let permissions):
      "adapter \"\(product)\": it asks for what nobody has approved: "
        + "\(permissions.joined(separator: "; ")). Look at it, then approve: "
        + "sealpost adapter install PATH --approve"
    case .badRetention(let years):
      "setting \"audit_retention_years\": \(years) is not from \(AuditRetention.range.lowerBound) to "
        + "\(AuditRetention.range.upperBound); six years are the law's least (45 CFR 164.316(b)(2)(i)). "
        + "Choose another."
    case .badKeyName:
      "adapter key: a name has 1 to 100 characters and no control character. Choose another."
    case .keyTrusted(let id):
      "adapter key \(id.prefix(16))…: it is trusted already. See: sealpost adapter trust list"
    case .keyNotTrusted(let id):
      "adapter key \(id.prefix(16))…: it is not trusted. See: sealpost adapter trust list"
    case .adapterNotInstalled(let product):
      "adapter \"\(product)\": it is not installed. See: sealpost adapter list"
    case .adapterInUse(let product, let destination):
      "adapter \"\(product)\": destination \"\(destination)\" uses it. Remove that one first."
    case .badPackage(let product, let reason):
      "adapter \"\(product)\" not installed: \(reason). Inspect it: sealpost adapter inspect PATH"
    default: ""
    }
  }

  /// `destination/a` as `destination "a"`.
  private static func title(of object: String) -> String {
    let parts = object.split(separator: "/", maxSplits: 1)
    return parts.count == 2 ? "\(parts[0]) \"\(parts[1])\"" : object
  }

  /// The other way out of a change without audit.
  private static func acceptance(of object: String) -> String {
    if object.hasPrefix("destination/") {
      return "accept it: sealpost destination reconcile \(object.dropFirst("destination/".count))"
    }
    if object == ConfigurationObject.replica {
      return "make a new replica: sealpost workspace replicate F --workspace DIR"
    }
    return object.hasPrefix("adapter/")
      ? "install it again: sealpost adapter install PATH"
      : "accept it: sealpost workspace reconcile \(object)"
  }
}

/// Runs what throws another module's error, and turns that into a `WorkspaceError`.
func rethrowing<Result: ~Copyable, Failure: Error>(
  _ wrap: (Failure) -> WorkspaceError, _ body: () throws(Failure) -> Result
) throws(WorkspaceError) -> Result {
  do throws(Failure) {
    return try body()
  } catch {
    throw wrap(error)
  }
}
