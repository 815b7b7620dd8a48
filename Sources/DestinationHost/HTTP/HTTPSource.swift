package import HTTPListener
internal import Foundation
internal import Glibc
package import TrackingAPI
internal import Workspace

/// Where a run takes calls of the Tracking API, and from whom.
package struct HTTPSourceSettings: Sendable {
  package var addresses: [ListenAddress]
  /// Makes the TCP addresses TLS's.
  package var certificate: CertificateFiles?
  package var proxies = TrustedProxies()
  package var limits = ListenerLimits()

  package init(_ addresses: [ListenAddress]) { self.addresses = addresses }
}

/// Events that senders bring by HTTP: each call is answered when its events are durable.
///
/// ```
/// listener's thread: read, prove, stamp ─▶ inbox ─▶ intake: fill blocks ─▶ pipeline ─▶ durable ─▶ answers
/// ```
struct HTTPSource: EventSource {
  private let listener: HTTPListener
  private let inbox = CallInbox()
  private let keys: WriteKeys
  private let stopDeadline: Duration
  private let isSecure: Bool

  /// Takes the addresses; nobody is served before ``read(into:_:)``.
  ///
  /// Throws `ListenerError` or `TLSError`.
  init(_ settings: HTTPSourceSettings, _ run: HostRun, _ workspace: Workspace) throws {
    let keys = WriteKeys(workspace)
    let inbox = inbox
    let api = TrackingAPI(proxies: settings.proxies, source: { keys.source($0) }) {
      if !inbox.put($0) { $0.slowDown() }
    }
    var service = api.service
    service.report = { run.report(HTTPSource.report($0)) }
    var limits = settings.limits
    TrackingAPI.limit(&limits)
    listener = try HTTPListener(
      on: settings.addresses, certificate: settings.certificate, limits: limits,
      servesAtOnce: false, service)
    self.keys = keys
    stopDeadline = run.stopDeadline
    isSecure = settings.certificate != nil
  }

  /// Serves until a stop is asked for, and then finishes what is in flight.
  func read(into pipeline: Pipeline, _ control: RunControl) throws {
    let intake = HostThread("intake") { [inbox] in CallIntake(inbox, pipeline, control).run() }
    control.monitor.watch(listener)
    listener.serve()
    control.report(
      .listening(addresses: listener.addresses.map { "\($0)" }, isSecure: isSecure))
    while !control.shouldStop {
      Thread.sleep(forTimeInterval: 0.05)
      keys.follow(pipeline.plans.version)
    }
    listener.stop(by: .now.advanced(by: stopDeadline))
    inbox.close()
    intake.join()
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
