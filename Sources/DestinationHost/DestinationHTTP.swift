internal import AdapterLoading
internal import Cryptography
internal import HTTPEgress
internal import HTTPWire
internal import Workspace

/// Sends the requests of one destination's adapter, by what its manifest names and the operator has set.
struct DestinationHTTP: Sendable {
  private let egress: HTTPEgress

  /// Nil where the manifest names no host: then there is nothing to ask for.
  ///
  /// Throws `permission` when the certificates to trust cannot be read.
  init?(
    _ configuration: WorkerConfiguration, _ destination: Destination
  ) throws(LoadError) {
    guard !configuration.httpHosts.isEmpty else { return nil }
    var rules = EgressRules(hosts: Set(configuration.httpHosts.compactMap(\.allowed)))
    rules.allowsPrivateAddresses = destination.allows(.allowPrivateAddresses)
    rules.allowsPlainHTTP = destination.allows(.allowPlainHTTP)
    rules.additionalTrust = destination.text(.trustedCertificates)
    rules.secrets = configuration.httpSecrets
    do throws(TLSError) { egress = try HTTPEgress(rules) } catch {
      throw .permission(
        product: configuration.manifest.product, path: rules.additionalTrust ?? "",
        reason: "\(error)")
    }
  }

  /// So far.
  var counts: EgressCounts { egress.counts }

  /// `worker` is a descriptor that tells when nobody waits any more.
  func answer(
    _ call: HTTPCall, by deadline: ContinuousClock.Instant, worker: Int32
  ) -> HTTPAnswer {
    do throws(EgressFailure) {
      let response = try egress.send(
        EgressRequest(
          method: call.method, url: call.url,
          fields: call.headers.map { HTTPField($0.name, $0.value) }, body: call.body),
        by: deadline, interrupt: worker)
      return .response(
        status: response.status,
        headers: response.fields.map { HTTPCall.Header(name: $0.name, value: $0.value) },
        body: response.body)
    } catch {
      return .failure(ServiceFailure(error.kind), error.description)
    }
  }
}

/// How the host itself sends requests.
package enum OutgoingHTTP {
  /// Why HTTP/2 is offered to no server, and how to mend that; nil when it is.
  package static var http2Absence: String? { HTTPEgress.http2Absence }
}

extension WorkerConfiguration.HTTPHost {
  fileprivate var allowed: EgressRules.Host? {
    switch self {
    case .named(let name): EgressRules.Host(name)
    case .ofURL(let url): EgressRules.Host(url: url)
    }
  }
}
