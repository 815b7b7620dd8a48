internal import AdapterLoading
internal import Cryptography
internal import HTTPEgress
internal import Workspace

/// Makes the connections of one destination's adapter, by what its manifest names and the operator has set.
struct DestinationConnections: Sendable {
  private let egress: ConnectionEgress
  private let observe: @Sendable (WorkerNotice) -> Void

  /// Nil where the manifest names no `host:port`: then there is nothing to connect to.
  ///
  /// Throws `permission` when the certificates to trust cannot be read.
  init?(
    _ configuration: WorkerConfiguration, _ destination: Destination
  ) throws(LoadError) {
    guard !configuration.connectionTargets.isEmpty else { return nil }
    let hosts = configuration.connectionTargets.compactMap { EgressRules.Host(pair: $0) }
    var rules = EgressRules(hosts: Set(hosts))
    rules.allowsPrivateAddresses = destination.allows(.allowPrivateAddresses)
    rules.allowsPlainConnections = destination.allows(.allowPlainConnections)
    rules.additionalTrust = destination.text(.trustedCertificates)
    observe = configuration.observe
    do throws(TLSError) { egress = try ConnectionEgress(rules) } catch {
      throw .permission(
        product: configuration.manifest.product, path: rules.additionalTrust ?? "",
        reason: "\(error)")
    }
  }

  /// So far.
  var counts: EgressCounts { egress.counts }

  /// What one worker's adapter has open: nothing yet.
  func table() -> any WorkerConnections { Table(ConnectionTable(egress), observe) }

  private final class Table: WorkerConnections {
    private let table: ConnectionTable
    private let observe: @Sendable (WorkerNotice) -> Void

    init(_ table: ConnectionTable, _ observe: @escaping @Sendable (WorkerNotice) -> Void) {
      self.table = table
      self.observe = observe
    }

    func end() { table.end() }

    func answer(
      _ call: ConnectionCall, by deadline: ContinuousClock.Instant, worker: Int32
    ) -> ConnectionAnswer {
      do throws(EgressFailure) { return try perform(call.wish, deadline, worker) } catch {
        return .failure(ServiceFailure(error.kind), error.description)
      }
    }

    private func perform(
      _ wish: ConnectionCall.Wish, _ deadline: ContinuousClock.Instant, _ worker: Int32
    ) throws(EgressFailure) -> ConnectionAnswer {
      switch wish {
      case .open(let host, let port, let isSecure):
        guard let target = ConnectionTarget(asked: host, port: port, isSecure: isSecure) else {
          return .failure(.invalid, "the host is neither a name nor an address.")
        }
        return .opened(try open(target, deadline, worker))
      case .write(let connection, let bytes):
        try table.write(bytes, to: connection, by: deadline, interrupt: worker)
        return .done
      case .read(let connection, let most):
        return .bytes(
          try table.read(from: connection, most: most, by: deadline, interrupt: worker))
      case .close(let connection):
        try table.close(connection, by: deadline, interrupt: worker)
        return .done
      }
    }

    /// A target that was let through is one that the operator approved, so it may be told; another may hold anything.
    private func open(
      _ target: ConnectionTarget, _ deadline: ContinuousClock.Instant, _ worker: Int32
    ) throws(EgressFailure) -> UInt64 {
      do throws(EgressFailure) {
        let number = try table.open(target, by: deadline, interrupt: worker)
        observe(
          .connected(target: "\(target.host):\(target.port)", isSecure: target.isSecure))
        return number
      } catch {
        if error.kind == .refused { observe(.connectionRefused(reason: error.description)) }
        throw error
      }
    }
  }
}

extension ServiceFailure {
  init(_ kind: EgressFailure.Kind) {
    self =
      switch kind {
      case .invalid: .invalid
      case .refused: .refused
      case .unavailable: .unavailable
      case .timedOut: .timedOut
      case .cancelled: .cancelled
      case .tooLarge: .tooLarge
      case .notFound: .notFound
      }
  }
}
