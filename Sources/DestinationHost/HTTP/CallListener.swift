internal import Foundation
internal import Glibc
internal import HTTPListener
internal import TrackingAPI
internal import Workspace

/// Takes calls of the Tracking API, proven and stamped, and lays them into an inbox for whoever makes them durable.
struct CallListener: Sendable {
  let inbox = CallInbox()
  private let listener: HTTPListener
  private let keys: WriteKeys
  private let stopDeadline: Duration
  private let isSecure: Bool

  /// Takes the addresses; nobody is served before ``serve(_:version:)``.
  ///
  /// A call for which the inbox has no room is answered at once. Throws `ListenerError` or `TLSError`.
  init(_ settings: HTTPSourceSettings, _ run: HostRun, _ workspace: Workspace) throws {
    let keys = WriteKeys(workspace)
    let inbox = inbox
    let isEdge = run.produce != nil
    let api = TrackingAPI(proxies: settings.proxies, source: { keys.source($0) }) {
      guard !inbox.put($0) else { return }
      if isEdge { $0.turnAway(ProducerIntake.notNow) } else { $0.slowDown() }
    }
    var service = api.service
    service.report = { run.report(CallListener.report($0)) }
    var limits = settings.limits
    TrackingAPI.limit(&limits)
    listener = try HTTPListener(
      on: settings.addresses, certificate: settings.certificate, limits: limits,
      servesAtOnce: false, service)
    self.keys = keys
    stopDeadline = run.stopDeadline
    isSecure = settings.certificate != nil
  }

  /// Serves until a stop is asked for, then finishes what is in flight, and closes the inbox.
  ///
  /// - Parameter version: asked often: changes when the workspace's documents have.
  func serve(_ control: RunControl, version: () -> Int) {
    control.monitor.watch(listener)
    listener.serve()
    control.report(
      .listening(addresses: listener.addresses.map { "\($0)" }, isSecure: isSecure))
    while !control.shouldStop {
      Thread.sleep(forTimeInterval: 0.05)
      keys.follow(version())
    }
    listener.stop(by: .now.advanced(by: stopDeadline))
    inbox.close()
  }

  private static func report(_ note: ListenerNote) -> HostReport {
    switch note {
    case .cannotAccept(let code):
      .listenerTrouble(
        "no connection can be accepted: \(unsafe String(cString: strerror(code))). "
          + "Raise the limit of open files.")
    case .certificateReloaded: .certificateReloaded
    case .certificateUnusable(let reason):
      .listenerTrouble("\(reason) The certificate before goes on.")
    }
  }
}
