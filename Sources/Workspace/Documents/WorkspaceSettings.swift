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

  package var standing: EligibilityStanding {
    EligibilityStanding(plan: plan, addon: addon, agreement: agreement)
  }

  private enum CodingKeys: String, CodingKey {
    case format, id, name, plan, addon, owner, agreement
    case createdAt = "created_at"
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
