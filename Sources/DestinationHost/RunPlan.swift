/// What becomes of every source's events; never changed, but replaced by another.
struct RunPlans: Sendable {
  /// Counts the plans of a run.
  let version: Int
  /// Of sources that no control was set for.
  let uncontrolled: RunPlan
  /// Of the others, by their ids.
  let controlled: [String: RunPlan]

  init(
    version: Int = 0, _ uncontrolled: RunPlan = RunPlan(routes: []),
    controlled: [String: RunPlan] = [:]
  ) {
    self.version = version
    self.uncontrolled = uncontrolled
    self.controlled = controlled
  }

  func plan(of source: String) -> RunPlan { controlled[source] ?? uncontrolled }

  /// Whether no destination is on.
  var isEmpty: Bool { uncontrolled.routes.isEmpty }
}

/// What becomes of an event, for every destination that is on.
final class RunPlan: Sendable {
  /// One destination: how its events are sealed, and where they go.
  struct Route: Sendable {
    let plan: DestinationPlan
    let delivery: Delivery
    /// A document that decides how its events are sealed was changed by hand: they go into no queue, from which they
    /// would be sent, but as they came to the dead letters.
    let keepsEvents: Bool
  }

  let routes: [Route]
  let selection: FieldSelection

  /// Who notes what is seen of keys.
  let watch: KeyWatch?

  init(routes: [Route], watch: KeyWatch? = nil) {
    self.watch = watch
    self.routes = routes
    selection = FieldSelection(routes.map(\.plan.actions))
  }
}
