package import Cryptography
internal import Glibc

/// What a worker is started with.
package struct WorkerConfiguration: Sendable {
  /// The executable that becomes the worker: this one, by default.
  package var executablePath = "/proc/self/exe"
  package var libraryPath: String
  package var expectedSHA256: SHA256Digest
  package var manifest: AdapterManifest
  /// Checked before the bytes are handed to the worker.
  package var rules = ELFRules.standard
  /// The operator's name of the destination.
  package var destinationID: String
  /// One JSON object.
  package var settingsJSON: [UInt8]
  /// By the setting's name; sent to the worker only after its library has loaded.
  package var secrets: [String: [UInt8]] = [:]

  /// Whether an adapter is loaded when part of the sandbox does not hold.
  package var sandbox = SandboxMode.required
  /// Bytes that the adapter may take, 1 MiB at least.
  package var memoryLimit = 512 << 20
  /// What of the kernel the sandbox is made of; less than there is, to see what a worker does on an older one.
  package var kernel = KernelSupport.here
  /// No adapter's files may stand in this folder or around it.
  package var protectedFolder: String?

  /// What an adapter with the permission `output` writes to: this process's own, by default.
  package var standardOutput = STDOUT_FILENO
  package var standardError = STDERR_FILENO

  /// For each step of the start: load, `create`, `configure`, `start`.
  package var startDeadline = Duration.seconds(10)
  package var deliverDeadline = Duration.seconds(30)
  /// From asking a call to come back until the process is killed.
  package var grace = Duration.seconds(2)
  package var stopDeadline = Duration.seconds(5)

  /// Ends its calls from another thread.
  package var brake = WorkerBrake()

  /// Waiting time before a worker that failed is started again; doubles with each failure in a row.
  package var firstRestartDelay = Duration.milliseconds(10)
  package var longestRestartDelay = Duration.seconds(1)
  /// After this many failures in a row without an answer between, the worker is given up; the steps of halving a batch
  /// do not count.
  package var mostFailuresInARow = 16
  /// An adapter that answers now and then and fails in between is given up after this many restarts within the window.
  package var mostRestarts = 200
  package var restartWindow = Duration.seconds(600)
  /// After this many failures of the same batch it is halved, to find the event that the adapter fails on.
  package var failuresBeforeHalving = 2

  /// Sends a request of the adapter's by the deadline, unless the descriptor's other end goes away before; nil where
  /// nobody does.
  ///
  /// Called on the thread that uses the worker.
  package var http: (@Sendable (HTTPCall, ContinuousClock.Instant, Int32) -> HTTPAnswer)?

  /// Makes what holds one worker's connections, anew for each; nil where its adapter may have none.
  package var connections: (@Sendable () -> any WorkerConnections)?

  /// Called before every load, on the thread that starts the worker; a throw stops the load.
  package var willLoad: @Sendable (LoadRecord) throws -> Void
  /// Called on the thread that uses the worker.
  package var observe: @Sendable (WorkerNotice) -> Void

  package init(
    libraryPath: String, expectedSHA256: SHA256Digest, manifest: AdapterManifest,
    destinationID: String, settingsJSON: [UInt8],
    willLoad: @escaping @Sendable (LoadRecord) throws -> Void,
    observe: @escaping @Sendable (WorkerNotice) -> Void
  ) {
    self.libraryPath = libraryPath
    self.expectedSHA256 = expectedSHA256
    self.manifest = manifest
    self.destinationID = destinationID
    self.settingsJSON = settingsJSON
    self.willLoad = willLoad
    self.observe = observe
  }
}

/// What is about to be loaded; for the audit log, before it happens.
package struct LoadRecord: Sendable, Equatable {
  package let product: String
  package let version: String
  package let sha256: SHA256Digest
  /// Where the adapter's code runs.
  package let placement: String
  /// What holds the process, as it is, not as it was asked for.
  package let sandbox: SandboxLevel
}
