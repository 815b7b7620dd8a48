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
  package func eligibility(on date: CalendarDate = .today) -> WorkspaceEligibility {
    let standing = settings.standing
    return WorkspaceEligibility(conditions: [
      standing.planCondition, standing.agreementCondition(on: date), auditCondition,
      documentsCondition, storageKeyCondition, adaptersCondition,
    ])
  }

  /// Whether data of this workspace may go to a product: for adding, enabling and running a destination.
  package func decide(
    product: String, on date: CalendarDate = .today
  ) -> EligibilityDecision {
    let decisive = [
      ConfigurationObject.workspace, ConfigurationObject.products, ConfigurationObject.privacy,
    ]
    for case .changedWithoutAudit(let path, let object) in damage where decisive.contains(object) {
      return .refuse(
        "\(path) was changed outside the audit log", mend: "sealpost workspace verify")
    }
    return settings.standing.decide(product: product, allowlist: allowlist, on: date)
  }

  private var documentsCondition: EligibilityCondition {
    EligibilityCondition(
      name: "documents", holds: damage.isEmpty,
      detail: damage.first.map(\.description) ?? "every document is as the audit log has it",
      mend: "put back what was there, or accept it: sealpost destination reconcile ID")
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
      case .sound(let summary): "the audit log is sound, \(summary.records) records"
      case .tampered(_, let sequence, _, _): "record \(sequence) of the audit log was changed"
      case .tornTail: "the last record of the audit log is cut off"
      case .missing(let file): "\(file) is missing"
      case .rolledBack(let file, let records, let expected):
        "\(file) tells of \(expected) records of the audit log, and there are \(records)"
      case .unreadable(let file, _): "\(file) cannot be read"
      }
    return EligibilityCondition(
      name: "audit_log", holds: verdict.exitCode == 0, detail: detail,
      mend: "sealpost audit verify")
  }
}
