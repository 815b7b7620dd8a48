internal import AdapterLoading
internal import AuditLog
internal import Cryptography
internal import DestinationFilter
internal import Eligibility
internal import FieldEncryption
internal import Privacy
internal import Workspace

/// Brings one destination up: checks, keys, and a worker with its adapter; or says why not.
struct DestinationStarter {
  let workspace: Workspace
  let audit: HostAudit
  let run: HostRun
  /// Told of every request of an adapter's once its answer is there.
  var didAnswer: (@Sendable (DestinationTrial.Exchange) -> Void)?
  /// Told of every use of a connection of an adapter's, likewise.
  var didUse: (@Sendable (ConnectionUse) -> Void)?
  private var report: @Sendable (HostReport) -> Void { run.report }

  /// A destination's worker, and what its adapter says of itself; neither for one that may not or cannot run.
  struct Started {
    let worker: SupervisedWorker?
    let description: AdapterDescription?
    /// What sends its adapter's requests and connects for it, where that may be.
    var egress: DestinationEgress?
  }

  /// Throws only what makes the whole run impossible: the audit log, a key that cannot be read.
  ///
  /// Whatever keeps just this destination from running is reported, recorded, and leaves it without a worker: its
  /// events are sealed all the same, and wait in its queue. The calling thread must outlive the worker.
  func start(
    _ destination: Destination, _ brake: WorkerBrake = WorkerBrake()
  ) throws -> Started {
    if let reason = refusal(destination) {
      return try refused(destination, reason, wasDenied: true)
    }
    do {
      var configuration = try configuration(destination)
      configuration.brake = brake
      let egress = try DestinationEgress(configuration, destination)
      if let http = egress.http { configuration.http = answering(http) }
      if let connections = egress.connections {
        configuration.connections = { [didUse] in
          let table = connections.table()
          return didUse.map { WatchedConnections(table, $0) } ?? table
        }
      }
      let worker = SupervisedWorker(configuration)
      let description = try start(worker)
      try audit.loaded(destination.id)
      report(.started(destination: destination.id, description))
      return Started(worker: worker, description: description, egress: egress)
    } catch let error as LoadError {
      if case .notAudited = error { throw error }
      if error.isTheAdapters { quarantine(destination.id, reason: "\(error)") }
      return try refused(destination, "\(error)", wasDenied: error.isRefusal)
    } catch let error as WorkspaceError {
      return try refused(destination, "\(error)", wasDenied: true)
    }
  }

  private func answering(
    _ http: DestinationHTTP
  ) -> @Sendable (HTTPCall, ContinuousClock.Instant, Int32) -> HTTPAnswer {
    guard let didAnswer else { return { http.answer($0, by: $1, worker: $2) } }
    return { call, deadline, worker in
      let start = ContinuousClock.now
      let answer = http.answer(call, by: deadline, worker: worker)
      didAnswer(.init(call: call, answer: answer, duration: start.duration(to: .now)))
      return answer
    }
  }

  /// Once more after a crash or a hang, which may have been the machine's.
  private func start(_ worker: SupervisedWorker) throws(LoadError) -> AdapterDescription {
    do throws(LoadError) {
      return try worker.start()
    } catch {
      guard error.isTheAdapters else { throw error }
      return try worker.start()
    }
  }

  /// Keeps it from running until somebody has looked; what it cannot write it reports.
  func quarantine(_ destination: String, reason: String) {
    do {
      try workspace.quarantineDestination(destination, reason: reason)
      report(.quarantined(destination))
    } catch {
      report(.auditFailed("\(error)"))
    }
  }

  private func refusal(_ destination: Destination) -> String? {
    if let quarantine = destination.quarantine { return quarantine }
    if destination.encryption.isWaitingForKey {
      return "its encryption key is pending, so nothing can be sealed. "
        + "See: sealpost encryption challenge \(destination.id)"
    }
    do throws(WorkspaceError) {
      _ = try destination.compiledFilters()
    } catch {
      return "\(error)"
    }
    let decision = workspace.decide(product: destination.adapter)
    return decision.allowed ? nil : "\(decision.reason). See: \(decision.mend)"
  }

  private func refused(
    _ destination: Destination, _ reason: String, wasDenied: Bool
  ) throws -> Started {
    try audit.notLoaded(destination.id, reason: reason, wasDenied: wasDenied)
    report(.refused(destination: destination.id, reason: reason))
    return Started(worker: nil, description: nil)
  }
}

// MARK: - Parts

extension DestinationStarter {
  private func configuration(_ destination: Destination) throws -> WorkerConfiguration {
    let adapter = try workspace.adapter(destination.adapter)
    let manifest = try InstalledPackage.checked(adapter, in: workspace)
    let id = destination.id
    let records = WorkerRecords(audit, id)
    var configuration = WorkerConfiguration(
      libraryPath: workspace.libraryPath(of: adapter), expectedSHA256: adapter.sha256,
      manifest: manifest, destinationID: id, settingsJSON: destination.settingsJSON,
      willLoad: { [audit, workspace] record in
        try Self.requireProduct(record.product, in: workspace)
        try audit.willLoad(record, for: id)
      },
      observe: { [report] notice in
        report(.worker(destination: id, notice))
        // What a worker did is known from its load's record even if this one cannot be written.
        do { try records.write(notice) } catch { report(.auditFailed("\(error)")) }
      })
    configuration.executablePath = run.executablePath
    configuration.deliverDeadline = run.deliverDeadline
    configuration.grace = run.grace
    configuration.startDeadline = run.startDeadline
    configuration.sandbox =
      SandboxMode(rawValue: workspace.settings.sandboxInForce.rawValue) ?? .required
    if let size = workspace.settings.workerMemory { configuration.memoryLimit = size << 20 }
    configuration.protectedFolder = workspace.layout.root
    configuration.secrets = try workspace.secrets(of: destination)
    return configuration
  }

  /// Asked before each load, also that of a worker started again: a list may have taken the product away meanwhile.
  private static func requireProduct(_ product: String, in workspace: Workspace) throws {
    try workspace.reload()
    let decision = workspace.decide(product: product)
    guard decision.allowed else {
      throw LoadError.package(
        product: product, reason: "\(decision.reason). See: \(decision.mend)")
    }
  }

  /// How the destination's events are sealed.
  ///
  /// - Parameters:
  ///   - source: nil for one without controls of its own.
  ///   - description: nil for an adapter that has not run yet.
  func plan(
    _ destination: Destination, from source: String?, _ description: AdapterDescription?
  ) throws -> DestinationPlan {
    let actions = try workspace.decisions(from: source ?? "", to: destination)
      .mapValues(\.action)
    let limits = [description?.maximumStringLength ?? 0, destination.maximumStringLength ?? 0]
    return DestinationPlan(
      id: destination.id, names: names(of: destination, description),
      filters: try? destination.compiledFilters(), encryption: try encryption(destination),
      tokenKey: actions.values.contains(.tokenize) ? try workspace.tokenKey(of: destination) : nil,
      maximumStringLength: limits.filter { $0 > 0 }.min() ?? .max, actions: actions,
      servedTypes: description?.servedTypes ?? .max)
  }

  /// How its events are delivered.
  func limits(_ destination: Destination, _ description: AdapterDescription?) -> DeliveryLimits {
    var limits = DeliveryLimits()
    limits.maximumBatchEvents = description?.maximumBatchEvents ?? 0
    limits.maximumBatchBytes = description?.maximumBatchBytes ?? 0
    limits.backoff.first = run.firstRetryDelay
    limits.patience = destination.delivery?.retryHours.map { .seconds($0 * 3600) } ?? run.patience
    limits.eventsPerSecond = destination.delivery?.eventsPerSecond
    limits.wait(.milliseconds(destination.delivery?.batchMilliseconds ?? 0))
    return limits
  }

  /// What its worker runs with.
  func running(_ destination: Destination) -> RunningConfiguration {
    let settings = workspace.settings
    return RunningConfiguration(
      adapter: destination.adapter,
      libraryDigest: try? workspace.adapter(destination.adapter).sha256,
      // The host's own settings, too, which the adapter is not given.
      settings: Array(SettingValue.object(destination.settings).json.utf8),
      secrets: destination.secrets,
      workspaceSettings: [
        settings.sandboxInForce.rawValue, settings.workerMemory.map(String.init) ?? "",
      ],
      refusal: refusal(destination), isPaused: destination.delivery?.isPaused ?? false)
  }

  private func names(
    of destination: Destination, _ description: AdapterDescription?
  ) -> [String] {
    let shown =
      description?.displayName
      ?? (try? workspace.adapter(destination.adapter).displayName)
    return [destination.id, destination.adapter] + (shown.map { [$0] } ?? [])
  }

  private func encryption(
    _ destination: Destination
  ) throws -> DestinationPlan.Encryption? {
    guard destination.encryption.enabled, let key = destination.encryption.activeKey else {
      return nil
    }
    return DestinationPlan.Encryption(
      key: try key.publicKey(), format: destination.encryption.format)
  }
}

extension LoadError {
  /// Whether the adapter was turned down, rather than failing.
  fileprivate var isRefusal: Bool {
    switch self {
    case .system, .adapterFailed, .workerEnded, .workerTooSlow: false
    default: true
    }
  }
}
