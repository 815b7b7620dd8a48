internal import AdapterLoading
internal import DeliveryQueue
internal import Eligibility
internal import Foundation
internal import Privacy
internal import Synchronization
internal import Workspace

/// Brings the run to what the workspace says, at its start and whenever a document changes.
///
/// Only what changed is touched: other fields or another key make new sealers, other settings another worker, and every
/// other destination runs on. A block is sealed as the workspace was when it was read.
final class LiveConfiguration: @unchecked Sendable {
  // Protected by `gate`: every access to the variables below holds it.
  private let gate = NSLock()
  private let workspace: Workspace
  private let starter: DestinationStarter
  private let control: RunControl
  let watch: KeyWatch
  private let shouldReload: @Sendable () -> Bool
  private let snapshots: SnapshotFollower?
  private var stamp: WorkspaceStamp
  private var version = 0
  /// Whether the workspace was eligible when the present plan was made; what else would go in clear is withheld.
  private var isEligible = true
  private var toldDamage: Set<String> = []
  private var deliveries: [String: Delivery] = [:]
  /// What each adapter said of itself when the present plan was made.
  private var descriptions: [String: AdapterDescription] = [:]
  private var threads: [HostThread] = []
  private var isEnding = false
  private let hasEnded = Mutex(false)

  init(_ workspace: Workspace, _ starter: DestinationStarter, _ control: RunControl) {
    self.workspace = workspace
    self.starter = starter
    self.control = control
    watch = KeyWatch(workspace, starter.run)
    shouldReload = starter.run.shouldReload
    snapshots = starter.run.snapshots
    stamp = workspace.stamp
  }

  /// For who must not wait while a destination is started, as whoever holds the gate may.
  private let known = Mutex<(all: [Delivery], on: Set<String>)>(([], []))

  /// In the order of their ids.
  var all: [Delivery] { known.withLock { $0.all } }
  /// Those that are on.
  var active: [Delivery] {
    known.withLock { known in known.all.filter { known.on.contains($0.id) } }
  }

  /// Starts what is on, stops what is off, and says where events go from now on.
  func plans() throws -> RunPlans { try gate.withLock { try makePlans() } }

  private func makePlans() throws -> RunPlans {
    noteStanding()
    tellDamage()
    let destinations = workspace.destinations()
    for (id, delivery) in deliveries where !destinations.contains(where: { $0.id == id }) {
      _ = delivery.post(nil)
    }
    let on = Set(destinations.filter(\.enabled).map(\.id))
    known.withLock { $0.on = on }
    let going = try going(destinations)
    let kept = try kept(besides: going.map(\.0.id))
    version += 1
    let controlled = (workspace.privacy.sourceControls ?? [:]).keys.map { ($0, $0) }
    let plans = RunPlans(
      version: version, try plan(of: nil, going, kept),
      controlled: try Dictionary(uniqueKeysWithValues: controlled)
        .mapValues { try plan(of: $0, going, kept) })
    watch.follow(plans)
    return plans
  }

  /// Those that are on, each started.
  private func going(_ destinations: [Destination]) throws -> [(Destination, Delivery)] {
    var going: [(Destination, Delivery)] = []
    for destination in destinations where destination.enabled || deliveries[destination.id] != nil {
      guard let delivery = try delivery(of: destination.id) else { continue }
      configure(delivery, destination)
      try control.throwFailure()
      if destination.enabled { going.append((destination, delivery)) }
    }
    return going
  }

  /// Those of which nobody knows whether they are on: their document cannot be relied on, so events are kept for them.
  private func kept(besides going: [String]) throws -> [Delivery] {
    try workspace.unreliableDestinations().filter { !going.contains($0) }
      .compactMap { try delivery(of: $0) }
  }

  /// - Parameter source: nil for one without controls of its own.
  private func plan(
    of source: String?, _ destinations: [(Destination, Delivery)], _ kept: [Delivery]
  ) throws -> RunPlan {
    let keeping = kept.map {
      RunPlan.Route(plan: .ofUnknown($0.id), delivery: $0, keepsEvents: true)
    }
    let routes = try destinations.map { destination, delivery in
      RunPlan.Route(
        plan: try starter.plan(destination, from: source, delivery.description),
        delivery: delivery,
        keepsEvents: !workspace.canSeal(for: destination))
    }
    return RunPlan(routes: routes + keeping, watch: watch)
  }

  /// Tells whether the workspace is eligible, and records it when that changes; the first plan's is in the run's record.
  private func noteStanding() {
    let standing = workspace.settings.standing.decide(on: .today)
    guard standing.allowed != isEligible else { return }
    isEligible = standing.allowed
    control.report(.eligibility(standing))
    guard version > 0 else { return }
    // What is withheld is withheld all the same.
    do { try starter.audit.changed(standing) } catch { control.report(.auditFailed("\(error)")) }
  }

  /// Tells of documents that are not as they should be, each once until it is mended.
  private func tellDamage() {
    let damage = workspace.damage.map(\.description)
    for text in damage where !toldDamage.contains(text) { control.report(.damaged(text)) }
    toldDamage = Set(damage)
  }

  /// Whether a plan of now would be another one, as on the day on which the agreement ends.
  private var hasNewStanding: Bool {
    let isNow = workspace.settings.standing.decide(on: .today).allowed
    return gate.withLock { isNow != isEligible }
  }

  /// Waits only for a destination that has not run yet: how its events are sealed depends on what its adapter says.
  ///
  /// So neither new fields nor a revoked product wait for another destination that hangs.
  private func configure(_ delivery: Delivery, _ destination: Destination) {
    if delivery.description == nil {
      delivery.configure(destination)
    } else {
      _ = delivery.post(destination)
    }
    descriptions[delivery.id] = delivery.description
  }

  /// Whether an adapter says something else of itself since the last plan, as another version may.
  private var hasNewDescriptions: Bool {
    gate.withLock { deliveries.values.contains { descriptions[$0.id] != $0.description } }
  }

  /// Nil for a destination that is new when the run is at its end.
  private func delivery(of id: String) throws -> Delivery? {
    if let known = deliveries[id] { return known }
    guard !isEnding else { return nil }
    // One whose document cannot be read has a queue all the same.
    let destination = try? workspace.destination(id)
    var settings = QueueSettings(name: id)
    settings.spare = control.spareBlocks
    if let size = destination?.delivery?.queueMegabytes { settings.maximumBytes = size << 20 }
    let queue = try DeliveryQueue(
      folder: workspace.queueFolder(of: id), key: workspace.queueKey(of: id), settings: settings)
    for damage in queue.takeDamage() { control.report(.queueDamaged(id, damage)) }
    let delivery = Delivery(
      id, queue: queue, deadLetters: try workspace.deadLetters(of: id), starter, control)
    deliveries[id] = delivery
    known.withLock { $0.all = deliveries.values.sorted { $0.id < $1.id } }
    threads.append(HostThread("deliver") { delivery.run() })
    return delivery
  }

  /// Ends every delivery, and returns when they have.
  func end(_ ending: Delivery.Ending) {
    tell(ending)
    gate.withLock { threads }.forEach { $0.join() }
    hasEnded.withLock { $0 = true }
  }

  /// Tells every delivery how to end; the last word holds.
  func tell(_ ending: Delivery.Ending) {
    gate.withLock {
      isEnding = true
      for delivery in deliveries.values { delivery.end(ending) }
    }
  }

  /// Ends the batches that are under way: asks for it, or makes it so.
  func brake(_ how: (WorkerBrake) -> Void) { all.forEach { how($0.brake) } }

  /// Whether every delivery has ended.
  var isOver: Bool { hasEnded.withLock { $0 } }
}

// MARK: - Following the workspace

extension LiveConfiguration {
  /// Looks for changes some times a second, until the thread is ended.
  func follow(_ pipeline: Pipeline) -> RepeatingThread {
    RepeatingThread("configure", every: .milliseconds(100)) { _ in self.look(pipeline) }
  }

  private func look(_ pipeline: Pipeline) {
    let isAsked = shouldReload()
    snapshots?.look(isAsked: isAsked, control.report)
    let new = workspace.stamp
    guard isAsked || new != stamp || hasNewDescriptions || hasNewStanding else { return }
    // A document may change between the two: then the next look finds it.
    stamp = new
    do {
      try workspace.reload()
    } catch {
      // What cannot be read changes nothing: the run goes on as it is.
      return control.report(.damaged("\(error)"))
    }
    do {
      pipeline.plans = try plans()
      control.report(.reconfigured)
    } catch {
      control.fail(error)
    }
  }
}
