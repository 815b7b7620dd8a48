package import AuditLog
package import Eligibility

/// The workspace itself: the document `workspace.json`.
package struct WorkspaceSettings: Codable, Sendable, Equatable {
  package static let currentFormat = 1

  package var format: Int
  /// `ws_` and 20 hexadecimal digits; never changes.
  package let id: String
  package var name: String
  package var plan: Plan
  /// The HIPAA add-on.
  package var addon: Bool
  /// E-mail address of the owner: the actor of every change.
  package var owner: String
  package var agreement: BusinessAssociateAgreement?
  package let createdAt: String
  /// What the operator chose; nil for the plan's default.
  package var sandbox: SandboxRequirement?
  /// Memory of each adapter, in MiB; nil for 512.
  package var workerMemory: Int?
  /// Whether only signed adapters are taken; nil for the plan's default.
  package var adapterSignatures: AdapterSignatures?

  /// Minutes without a command that end a session; nil for the plan's default.
  package var sessionMinutes: Int?
  /// Nil for six.
  package var auditRetentionYears: Int?

  package var standing: EligibilityStanding {
    EligibilityStanding(plan: plan, addon: addon, agreement: agreement)
  }

  private enum CodingKeys: String, CodingKey {
    case format, id, name, plan, addon, owner, agreement, sandbox
    case createdAt = "created_at"
    case workerMemory = "worker_memory_mb"
    case adapterSignatures = "adapter_signatures"
    case sessionMinutes = "session_timeout_minutes"
    case auditRetentionYears = "audit_retention_years"
  }

  /// What holds for the adapters' sandbox: on a plan for HIPAA every part of it is required unless the operator says otherwise.
  package var sandboxInForce: SandboxRequirement {
    sandbox ?? (standing.planCondition.holds ? .required : .bestEffort)
  }

  /// On a plan for HIPAA, unless the operator says otherwise.
  package var requiresAdapterSignatures: Bool {
    switch adapterSignatures {
    case .required?: true
    case .optional?: false
    case nil: standing.planCondition.holds
    }
  }

  /// How long the records of the audit log are kept; what a document that was edited says below six years does not count.
  package var auditRetention: AuditRetention {
    auditRetentionYears.flatMap(AuditRetention.init(years:)) ?? .sixYears
  }

  /// The longest that a session may be left alone: 15 minutes on a plan for HIPAA, else a week.
  package var longestSessionMinutes: Int { standing.planCondition.holds ? 15 : 7 * 24 * 60 }

  /// The operator's choice as far as the plan allows it; by default 15 minutes, or 12 hours.
  package var sessionMinutesInForce: Int {
    min(sessionMinutes ?? 12 * 60, longestSessionMinutes)
  }

  init(id: String, name: String, plan: Plan, addon: Bool, owner: String, createdAt: String) {
    format = Self.currentFormat
    self.id = id
    self.name = name
    self.plan = plan
    self.addon = addon
    self.owner = owner
    self.createdAt = createdAt
  }
}

/// How much of the sandbox must hold for an adapter to be loaded; the words of `workspace set sandbox`.
package enum SandboxRequirement: String, Codable, Sendable, CaseIterable {
  case required
  case bestEffort = "best-effort"
  case off
}

/// Whether an adapter has to be signed; the words of `workspace set adapter_signatures`.
package enum AdapterSignatures: String, Codable, Sendable, CaseIterable {
  case required, optional
}
