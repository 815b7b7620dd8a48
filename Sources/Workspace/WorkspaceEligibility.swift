internal import AuditLog
internal import Cryptography
package import Eligibility

/// What `workspace verify` shows: the badge and every condition.
package struct WorkspaceEligibility: Sendable, Equatable {
  package let conditions: [EligibilityCondition]

  /// Whether all hold.
  package var isEligible: Bool { conditions.allSatisfy(\.holds) }
}

extension Workspace {
  /// Every condition of eligibility, each looked at anew; reads the audit log and every adapter's library.
  ///
  /// - Parameter others: conditions of the machine, which this module cannot look at.
  package func eligibility(
    on date: CalendarDate = .today, and others: [EligibilityCondition] = []
  ) -> WorkspaceEligibility {
    let standing = settings.standing
    return WorkspaceEligibility(
      conditions: [
        standing.planCondition, standing.agreementCondition(on: date), auditCondition,
        documentsCondition, storageKeyCondition, adaptersCondition, productListCondition(on: date),
        usersCondition, sessionsCondition,
      ] + others)
  }

  /// Whether data of this workspace may go on going to a product: asked at every load, and by a running host.
  ///
  /// A product that a newer list takes away is refused from the reading of that list on; neither a list's last day nor
  /// the end of the agreement stops what runs: then nothing classified leaves in clear.
  package func decide(
    product: String, on date: CalendarDate = .today
  ) -> EligibilityDecision {
    decide(product) { products.decide(product: product, on: date) }
  }

  /// Whether a product may be taken into use: for adding and enabling a destination.
  package func decideNew(
    product: String, on date: CalendarDate = .today
  ) -> EligibilityDecision {
    let decision = decide(product) { products.decideNew(product: product, on: date) }
    guard decision.allowed else { return decision }
    return settings.standing.decide(product: product, allowlist: allowlist, on: date)
  }

  private func decide(
    _ product: String, _ listed: () -> EligibilityDecision
  ) -> EligibilityDecision {
    if case .failure(let error) = lists.document {
      return .refuse(
        "the lists of products cannot be relied on: \(error)", mend: "sealpost workspace verify")
    }
    let decisive = [
      ConfigurationObject.workspace, ConfigurationObject.products, ConfigurationObject.privacy,
    ]
    if let path = pathChangedWithoutAudit(of: decisive) {
      return .refuse(
        "\(path) was changed outside the audit log", mend: "sealpost workspace verify")
    }
    let decision = listed()
    guard decision.allowed else { return decision }
    if let installed = try? adapter(product) {
      let pinned = decidePins(product, sha256: installed.sha256, keyID: installed.keyID)
      guard pinned.allowed else { return pinned }
    }
    return decision
  }

  /// Whether what decides how events are sealed is as the audit log has it: for every destination, and for this one.
  ///
  /// If not, an event is to be kept as it came: sealed by such settings it could go out in clear later.
  package func canSeal(for destination: Destination) -> Bool {
    let decisive = [
      ConfigurationObject.workspace, ConfigurationObject.privacy,
      ConfigurationObject.destination(destination.id),
    ]
    return pathChangedWithoutAudit(of: decisive) == nil
  }

  private func pathChangedWithoutAudit(of objects: [String]) -> String? {
    for case .changedWithoutAudit(let path, let object) in damage where objects.contains(object) {
      return path
    }
    return nil
  }

  /// Whether every list that names adapters of the product names this one.
  func decidePins(
    _ product: String, sha256: SHA256Digest, keyID: String?
  ) -> EligibilityDecision {
    for list in lists.lists {
      guard let pins = list.entry(product)?.pins, !pins.allow(sha256: sha256, keyID: keyID) else {
        continue
      }
      return .refuse(
        "product \"\(product)\": its adapter is none of those that the \(list.title), vouches for",
        mend: "sealpost products show \(product)")
    }
    return .allow("no list names other adapters")
  }

  private func productListCondition(on date: CalendarDate) -> EligibilityCondition {
    guard case .failure(let error) = lists.document else { return products.condition(on: date) }
    return EligibilityCondition(
      name: "product_list", holds: false, detail: error.description,
      mend: "put back what was there, and import the list again: sealpost products import --help")
  }

  private var usersCondition: EligibilityCondition {
    let owners = users().count(where: \.isActiveOwner)
    return EligibilityCondition(
      name: "users", holds: owners > 0,
      detail: owners > 0
        ? "everybody logs in with a password or a token; owners: \(owners)"
        : needsLogIn
          ? "no owner's document can be relied on"
          : "nobody has a password: whoever the system lets into the folder acts as the owner",
      mend: needsLogIn
        ? "put back what was there in \(layout.users)"
        : "sealpost user set-password \(settings.owner)")
  }

  private var sessionsCondition: EligibilityCondition {
    EligibilityCondition(
      name: "sessions", holds: sessionMinutes <= 15,
      detail: "a session ends after \(sessionMinutes) minutes without a command",
      mend: "sealpost workspace set session_timeout_minutes 15")
  }

  private var documentsCondition: EligibilityCondition {
    EligibilityCondition(
      name: "documents", holds: damage.isEmpty,
      detail: damage.first.map(\.description) ?? "every document is as the audit log has it",
      mend: "put back what was there, or accept it: sealpost workspace reconcile DOCUMENT")
  }

  private var storageKeyCondition: EligibilityCondition {
    var detail = "keys/storage.key is in place and closed to others"
    var holds = true
    do throws(WorkspaceError) {
      _ = try StorageKey.derived(layout, for: "sealpost verify 1")
    } catch {
      detail = error.description
      holds = false
    }
    return EligibilityCondition(
      name: "storage_key", holds: holds, detail: detail,
      mend: "put back keys/storage.key from its copy and run: chmod 600 \(layout.storageKey)")
  }

  private var adaptersCondition: EligibilityCondition {
    var detail = "every installed adapter is the one that was installed"
    var holds = true
    for adapter in adapters() {
      do throws(WorkspaceError) {
        try verify(adapter)
      } catch {
        detail = error.description
        holds = false
      }
    }
    return EligibilityCondition(
      name: "adapters", holds: holds, detail: detail, mend: "sealpost adapter install PATH")
  }

  private var auditCondition: EligibilityCondition {
    let verdict = AuditLog.verify(directory: layout.audit, workspaceID: id)
    let detail =
      switch verdict {
      case .sound(let summary):
        "the audit log is sound, \(summary.records) records"
          + summary.replacements.map { ", a lost key was replaced at \($0)" }.joined()
      case .tampered(_, let sequence, _, _): "record \(sequence) of the audit log was changed"
      case .tornTail: "the last record of the audit log is cut off"
      case .missing(let file): "\(file) is missing"
      case .rolledBack(let file, let records, let expected):
        "\(file) tells of \(expected) records of the audit log, and there are \(records)"
      case .unreadable(let file, _): "\(file) cannot be read"
      }
    if verdict.exitCode == 0, let problem = try? audit.keyProblem() {
      return EligibilityCondition(
        name: "audit_log", holds: false, detail: "\(problem)", mend: "sealpost audit replace-key")
    }
    return EligibilityCondition(
      name: "audit_log", holds: verdict.exitCode == 0, detail: detail,
      mend: "sealpost audit verify")
  }
}
