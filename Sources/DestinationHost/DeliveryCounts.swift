/// What became of the events that one destination was to get.
package struct DeliveryCounts: Sendable, Equatable {
  /// Events that the destination has, those it already had included.
  package var delivered = 0
  /// Events that were accepted and were not for this destination.
  package var heldBack = HeldBackCounts()
  /// Repeated attempts, by event.
  package var retried = 0
  /// Events kept as dead letters, by the stable name of the reason.
  package var deadLettered: [String: Int] = [:]
  /// Events that stay in its queue: the next run goes on with them.
  package var waiting = 0
  /// Events that were accepted and are lost with damaged parts of its queue, set aside.
  package var lost = 0
  /// What became of classified values on their way to it.
  package var values = ValueCounts()
  /// How often its worker was started again.
  package var workerRestarts = 0
  /// Nil for an adapter that has none sent.
  package var requests: RequestCounts?

  /// Events that were accepted and are not at the destination: dead letters, and those that wait.
  package var undelivered: Int { deadLettered.values.reduce(waiting, +) }
}
