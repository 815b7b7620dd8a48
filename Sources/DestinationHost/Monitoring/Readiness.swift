/// Whether the host takes events now, and if not, why: what `/readyz` says.
package struct Readiness: Codable, Sendable, Equatable {
  package struct Condition: Codable, Sendable, Equatable {
    /// `accepting`, `destinations`, `queues` or `audit_log`.
    package let name: String
    package let holds: Bool
    /// Nil where it holds.
    package let reason: String?

    init(_ name: String, _ reason: String?) {
      self.name = name
      holds = reason == nil
      self.reason = reason
    }
  }

  /// A destination that is on and gets nothing: its events wait in its queue, and the host is ready all the same.
  package struct Degraded: Codable, Sendable, Equatable {
    package let destination: String
    package let state: String
    package let reason: String?
  }

  package let ready: Bool
  package let conditions: [Condition]
  package let degraded: [Degraded]

  init(_ conditions: [Condition], degraded: [Degraded]) {
    ready = conditions.allSatisfy(\.holds)
    self.conditions = conditions
    self.degraded = degraded
  }
}
