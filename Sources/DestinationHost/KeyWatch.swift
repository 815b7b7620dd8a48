internal import Foundation
internal import Privacy
internal import Synchronization
internal import Workspace

/// Keeps what a run sees of keys, and tells of those that look like personal data; any thread.
final class KeyWatch: Sendable {
  let ledger: KeyLedger
  private let workspace: Workspace
  private let report: @Sendable (HostReport) -> Void
  private let lastKept = Mutex(ContinuousClock.now)

  /// How often what was seen is written; a host that is killed loses at most that.
  private static let interval = Duration.seconds(10)

  /// Sightings of earlier runs that cannot be read are reported, and replaced.
  init(_ workspace: Workspace, _ run: HostRun) {
    self.workspace = workspace
    report = run.report
    var earlier = KeySightings()
    do {
      earlier = try workspace.keySightings()
    } catch {
      run.report(.damaged("\(error)"))
    }
    ledger = KeyLedger(earlier)
  }

  /// From now on by the workspace's matchers as they are, and what these plans do with keys.
  func follow(_ plans: RunPlans) {
    ledger.follow(Detector(workspace.privacy)) { source in
      plans.plan(of: source).routes.map { ($0.plan.id, $0.plan.actions) }
    }
  }

  /// One for each sealing thread and plan.
  func observer(of source: String) -> KeyObserver {
    KeyObserver(ledger, source: source) { [report] warning in report(.likelyPersonalData(warning)) }
  }

  static var now: Int { Int(Date().timeIntervalSince1970) }

  /// Writes what was seen, if it is time; what cannot be written is reported, and the run goes on.
  func keepIfDue() {
    let isDue = lastKept.withLock { last in
      guard last.duration(to: .now) > Self.interval else { return false }
      last = .now
      return true
    }
    if isDue { keep() }
  }

  func keep() {
    do {
      try workspace.keep(ledger.sightings, at: Self.now)
    } catch {
      report(.damaged("what was seen of keys is not kept: \(error)"))
    }
  }
}
