/// What becomes of an event, for every destination that is on; never changed, but replaced by another.
final class RunPlan: Sendable {
  /// One destination: how its events are sealed, and where they go.
  struct Route: Sendable {
    let plan: DestinationPlan
    let delivery: Delivery
    /// Its document was changed by hand: what it says of encryption is not to be trusted, so its events go into no
    /// queue, from which they would be sent, but to the dead letters.
    let keepsDeadLetters: Bool
  }

  /// Counts the plans of a run.
  let version: Int
  let routes: [Route]
  let selection: FieldSelection

  /// Who notes what is seen of keys.
  let watch: KeyWatch?

  init(version: Int, routes: [Route], watch: KeyWatch? = nil) {
    self.version = version
    self.watch = watch
    self.routes = routes
    selection = FieldSelection(routes.map(\.plan.actions))
  }
}
