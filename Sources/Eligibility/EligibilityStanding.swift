internal import Cryptography

/// What makes a workspace eligible or not: its plan and its agreement.
package struct EligibilityStanding: Sendable, Equatable {
  package var plan: Plan
  package var addon: Bool
  package var agreement: BusinessAssociateAgreement?

  package init(plan: Plan, addon: Bool, agreement: BusinessAssociateAgreement?) {
    self.plan = plan
    self.addon = addon
    self.agreement = agreement
  }

  /// Whether the workspace is eligible on that day.
  package func decide(on date: CalendarDate) -> EligibilityDecision {
    let refusal = [planCondition, agreementCondition(on: date)].first { !$0.holds }
    guard let refusal else { return .allow("plan \(plan.rawValue), agreement in force on \(date)") }
    return .refuse("this workspace is not eligible: \(refusal.detail)", mend: refusal.mend)
  }

  /// The agreement ends soon: what a running host should be told before the fields are left out; else nil.
  package func warning(on date: CalendarDate) -> String? {
    guard let agreement, agreement.isInForce(on: date), let expires = agreement.expires else {
      return nil
    }
    let days = expires.days(since: date)
    guard days < Self.noticeDays else { return nil }
    return "the business associate agreement ends on \(expires); from then on nothing "
      + "classified leaves in clear. See: sealpost workspace sign-baa"
  }

  private static let noticeDays = 30

  /// Whether data of this workspace may go to that product on that day.
  package func decide(
    product: String, allowlist: ProductAllowlist, on date: CalendarDate
  ) -> EligibilityDecision {
    let listed = allowlist.decide(product: product, on: date)
    guard listed.allowed else { return listed }
    let eligible = decide(on: date)
    return eligible.allowed ? listed : eligible
  }
}

// MARK: - Conditions

extension EligibilityStanding {
  package var planCondition: EligibilityCondition {
    let name = plan.rawValue + (addon ? " with the HIPAA add-on" : "")
    return EligibilityCondition(
      name: "plan", holds: plan.isEligible(addon: addon),
      detail: plan.isEligible(addon: addon)
        ? "the plan is \(name)" : "the plan \(name) is not an eligible plan",
      mend: "sealpost workspace set plan business")
  }

  package func agreementCondition(on date: CalendarDate) -> EligibilityCondition {
    EligibilityCondition(
      name: "baa", holds: agreement?.isInForce(on: date) ?? false,
      detail: agreementDetail(on: date),
      mend: "sealpost workspace sign-baa --document FILE --signed-by NAME --on DATE")
  }

  private func agreementDetail(on date: CalendarDate) -> String {
    guard let agreement else { return "no business associate agreement was signed" }
    if date < agreement.on {
      return "the business associate agreement is in force only from \(agreement.on)"
    }
    if let expires = agreement.expires, expires < date {
      return "the business associate agreement expired on \(expires)"
    }
    let until = agreement.expires.map { " until \($0)" } ?? ""
    return "the business associate agreement of \(agreement.on) is in force\(until), document "
      + "sha256:\(agreement.document.hex.prefix(16))…"
  }
}

extension ProductAllowlist {
  /// Whether the workspace's list names the product as eligible, whatever the plan.
  package func decide(product: String, on date: CalendarDate) -> EligibilityDecision {
    guard let entry = entry(product) else {
      return .refuse(
        "product \"\(product)\" is not on the eligible-products list (list of \(asOf))",
        mend: "sealpost products list")
    }
    guard entry.eligible == true else {
      return .refuse(
        "product \"\(product)\" is listed as not eligible (\(entry.source))",
        mend: "sealpost products show \(product)")
    }
    if let expires = entry.evidence?.expiresOn, expires < date {
      return .refuse(
        "product \"\(product)\": what it was allowed on expired on \(expires)",
        mend: "sealpost products allow \(product) --evidence FILE")
    }
    return .allow("product \"\(product)\" is on the eligible-products list of \(entry.asOf)")
  }
}
