package import HTTPListener
package import TrackingAPI

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
  let calls: CallListener

  /// Serves until a stop is asked for, and then finishes what is in flight.
  func read(into pipeline: Pipeline, _ control: RunControl) throws {
    let intake = HostThread("intake") { [inbox = calls.inbox] in
      CallIntake(inbox, pipeline, control).run()
    }
    calls.serve(control) { pipeline.plans.version }
    intake.join()
  }
}
