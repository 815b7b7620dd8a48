internal import CDestinationAdapter
internal import Cryptography

/// The steps from a new process to an adapter that can deliver; each has the start's deadline.
struct StartingWorker {
  private let process: WorkerProcess
  private let configuration: WorkerConfiguration
  private let connections: (any WorkerConnections)?

  init(
    _ process: WorkerProcess, _ configuration: WorkerConfiguration,
    _ connections: (any WorkerConnections)? = nil
  ) {
    self.process = process
    self.configuration = configuration
    self.connections = connections
  }

  private var product: String { configuration.manifest.product }

  /// Has the worker bind itself, before any byte of the adapter runs in it; what holds then.
  ///
  /// The answer can be believed: so far only the host's own code runs there.
  func restrict() throws(LoadError) -> SandboxLevel {
    var writer = WireWriter()
    try configuration.sandboxPolicy().write(to: &writer)
    let (kind, payload) = try exchange(.restrict, writer.bytes, "the sandbox", .restricted)
    if kind == .status {
      throw .sandbox(
        product: product,
        missing: [WorkerStatus(payload)?.problem ?? "its worker's answer is malformed"])
    }
    var reader = WireReader(payload)
    guard let level = SandboxLevel(&reader), reader.isAtEnd else {
      throw .refusedByWorker(product: product, reason: "its worker's answer is malformed.")
    }
    guard level.isFull || configuration.sandbox != .required else {
      throw .sandbox(product: product, missing: level.missing)
    }
    return level
  }

  /// Has the library loaded and held against the contract.
  func load(_ library: borrowing SealedLibrary) throws(LoadError) -> AdapterDescription {
    var writer = WireWriter()
    writer.data(library.sha256.bytes)
    writer.data(try configuration.manifest.json())
    let (kind, payload) = try exchange(.load, writer.bytes, "load", .described)
    if kind == .status {
      let reason = WorkerStatus(payload)?.problem ?? "its worker's answer is malformed."
      throw .refusedByWorker(product: product, reason: reason)
    }
    var reader = WireReader(payload)
    guard let description = AdapterDescription(&reader) else {
      throw .refusedByWorker(product: product, reason: "its worker's answer is malformed.")
    }
    // The worker compared them too; but by now the adapter's code has run in it, and nothing it says is sure.
    if let difference = description.difference(from: configuration.manifest) {
      throw .refusedByWorker(product: product, reason: difference)
    }
    return description
  }

  /// Hands over settings and secrets: only now, so that no constructor has seen them.
  ///
  /// A secret that the manifest does not name never enters the process.
  func configure() throws(LoadError) {
    let secrets = configuration.grantedSecrets
    var writer = WireWriter()
    writer.data(configuration.manifest.adapterSettings(configuration.settingsJSON))
    writer.text(configuration.destinationID)
    writer.number(UInt32(secrets.count))
    for (name, value) in secrets {
      writer.text(name)
      writer.data(value)
    }
    try expectOK(.configure, writer.bytes, "configure")
  }

  func start() throws(LoadError) { try expectOK(.start, [], "start") }

  private func expectOK(
    _ kind: FrameKind, _ message: [UInt8], _ step: String
  ) throws(LoadError) {
    let (answer, payload) = try exchange(kind, message, step, .status)
    guard answer == .status, let status = WorkerStatus(payload) else {
      throw .refusedByWorker(product: product, reason: "its worker's answer is malformed.")
    }
    guard status.code != DESTINATION_OK else { return }
    let isPermanent = status.code == DESTINATION_INVALID || status.code == DESTINATION_AUTH
    let problem = status.problem.isEmpty ? "failed with code \(status.code)" : status.problem
    throw .adapterFailed(
      product: product, call: step, problem: problem, isPermanent: isPermanent)
  }

  private func exchange(
    _ kind: FrameKind, _ message: [UInt8], _ step: String, _ expected: FrameKind
  ) throws(LoadError) -> (FrameKind, [UInt8]) {
    let deadline = ContinuousClock.now.advanced(by: configuration.startDeadline)
    var payload: [UInt8] = []
    do throws(HostLink.Failure) {
      try process.link.send(kind, message, by: deadline)
      // No constructor, and nothing before `start`, has a request sent.
      let answer =
        kind == .start
        ? try ServiceAnswering(
          link: process.link, send: configuration.http, connections: connections
        ).receive(expected, .status, into: &payload, longest: 2 << 20, by: deadline)
        : try process.link.receive(
          expected, .status, into: &payload, longest: 2 << 20, by: deadline)
      return (answer, payload)
    } catch {
      process.drain(configuration.observe)
      switch error {
      case .closed:
        throw .workerEnded(product: product, during: step, how: process.endAfterItsOwn())
      case .timedOut:
        process.end()
        throw .workerTooSlow(
          product: product, during: step, after: configuration.startDeadline)
      case .malformed(let text):
        process.end()
        throw .refusedByWorker(product: product, reason: text)
      }
    }
  }
}
