internal import CDestinationAdapter
internal import CSandbox
internal import Cryptography
internal import Glibc

/// The worker's life: load, configure, start, then batches until the host says stop or is gone.
///
/// Anything that the host's contract does not foresee ends the process: the host starts another.
struct WorkerSession: ~Copyable {
  private var link = WorkerLink()
  private var payload: [UInt8] = []
  /// Nil before the sandbox is asked for.
  private var batch: IncomingBatch?
  private let services = HostServices()
  private var instance: AdapterInstance?
  /// What holds this process; nil until the host has said what is to hold.
  private var level: SandboxLevel?

  mutating func run() {
    while let kind = link.receive(into: &payload) {
      guard handle(kind) else { return }
    }
  }

  /// False when the process is to end.
  private mutating func handle(_ kind: FrameKind) -> Bool {
    switch (kind, instance) {
    case (.restrict, nil): level == nil && restrict()
    case (.load, nil): level != nil && load()
    case (.trial, nil): level != nil && trial()
    case (.configure, let instance?): configure(instance)
    case (.start, let instance?): answer(services.requesting { instance.start() })
    case (.deliver, let instance?): deliver(instance)
    case (.flush, let instance?):
      answer(services.requesting { instance.flush(deadline: deadline) })
    case (.stop, let instance?): stop(instance)
    default: false
    }
  }

  private mutating func answer(_ status: AdapterInstance.Status) -> Bool {
    var writer = WireWriter()
    writer.number(status.code)
    writer.text(status.problem)
    return link.send(.status, writer.bytes)
  }

  /// The time that the message allows, on the monotonic clock; 0 for none.
  private var deadline: UInt64 {
    var reader = WireReader(payload)
    return WorkerSession.deadline(after: reader.number(UInt64.self) ?? 0)
  }

  private static func deadline(after timeout: UInt64) -> UInt64 {
    timeout == 0 ? 0 : UInt64(HostServices.now(CLOCK_MONOTONIC)) &+ timeout
  }
}

// MARK: - Loading

extension WorkerSession {
  /// Answers with what holds now, or with the step that failed.
  private mutating func restrict() -> Bool {
    guard let policy = SandboxPolicy(payload) else { return false }
    do throws(SandboxFailure) {
      // Now, while the process has no limit of addresses and holds nothing but the host's own code.
      batch = try IncomingBatch(mapping: OwnedDescriptor(WorkerDescriptor.batches))
      let level = try Sandbox.apply(policy)
      self.level = level
      var writer = WireWriter()
      level.write(to: &writer)
      return link.send(.restricted, writer.bytes)
    } catch {
      return answer(.init(code: DESTINATION_REFUSED, problem: error.text))
    }
  }

  private mutating func load() -> Bool {
    do throws(ContractBreach) {
      let adapter = try loadedAdapter()
      var failure = AdapterInstance.Status(code: 0, problem: "")
      guard let instance = AdapterInstance(adapter, services, failure: &failure) else {
        throw ContractBreach("its create failed (\(failure.code)): \(failure.problem)")
      }
      self.instance = instance
      CancelListener.start(instance)
      var writer = WireWriter()
      adapter.description.write(to: &writer)
      return link.send(.described, writer.bytes)
    } catch {
      return answer(.init(code: DESTINATION_REFUSED, problem: error.text))
    }
  }

  /// The adapter's author tries it: the steps are his, and no session follows.
  private func trial() -> Bool {
    if var session = TrialSession(manifest: payload, isFiltered: level?.seccomp == true) {
      session.run()
    }
    return false
  }

  /// Checks once more that these are the sealed, installed bytes, in this process, right before they are mapped.
  private func loadedAdapter() throws(ContractBreach) -> LoadedAdapter {
    var reader = WireReader(payload)
    guard let expected = reader.data(longest: 32),
      let json = reader.data(longest: AdapterManifest.longest), reader.isAtEnd
    else { throw ContractBreach("the host's message is malformed.") }
    guard sandbox_is_sealed(WorkerDescriptor.library) == 1 else {
      throw ContractBreach("its memory is not sealed.")
    }
    do {
      let found = try SealedLibrary.hash(WorkerDescriptor.library)
      guard unsafe constantTimeEqual(found.bytes.span.bytes, expected.span.bytes) else {
        throw ContractBreach("its bytes are not the installed ones.")
      }
      let manifest = try AdapterManifest(json: json, path: "adapter.json")
      let library = try LoadedLibrary(descriptor: WorkerDescriptor.library)
      if level?.seccomp == true { try Sandbox.forbidNewCode() }
      return try LoadedAdapter(library, manifest: manifest)
    } catch let breach as ContractBreach {
      throw breach
    } catch let failure as SandboxFailure {
      throw ContractBreach("its worker cannot be held: \(failure.text).")
    } catch {
      throw ContractBreach("\(error)")
    }
  }

  private mutating func configure(_ instance: AdapterInstance) -> Bool {
    var reader = WireReader(payload)
    guard let settings = reader.data(longest: 1 << 20),
      let destinationID = reader.text(longest: 128), let count = reader.number(UInt32.self)
    else { return false }
    var secrets: [String: [UInt8]] = [:]
    for _ in 0..<count {
      guard let name = reader.text(longest: 256), let value = reader.data(longest: 1 << 16) else {
        return false
      }
      secrets[name] = value
    }
    payload = []
    services.take(secrets: secrets)
    return answer(instance.configure(settings: settings, destinationID: destinationID))
  }

  private func stop(_ instance: AdapterInstance) -> Bool {
    services.requesting { instance.stop(deadline: deadline) }
    instance.destroy()
    return false
  }
}

// MARK: - Delivering

extension WorkerSession {
  private mutating func deliver(_ instance: AdapterInstance) -> Bool {
    guard let message = DeliverMessage(payload) else { return false }
    let deadline = WorkerSession.deadline(after: message.timeout)
    services.begin(token: message.token, events: message.count, deadline: deadline)
    var answers: [EventResult] = []
    let services = services
    let isSound = unsafe batch?.withBatch(message, deadline: deadline) { batch, results in
      services.requesting { unsafe instance.deliver(&batch, results) }
      let details = services.end()
      answers.reserveCapacity(message.count)
      for index in 0..<message.count {
        answers.append(unsafe EventResult(results[index], detail: details[index]))
      }
    }
    guard isSound == true else { return false }
    var writer = WireWriter()
    ResultsMessage.write(answers, token: message.token, into: &writer)
    return link.send(.results, writer.bytes)
  }
}

extension EventResult {
  /// An outcome that the contract does not know counts as none said.
  fileprivate init(_ result: destination_result, detail: String?) {
    self.init(
      Outcome(rawValue: result.outcome) ?? .unset, remoteCode: result.remote_code,
      retryAfterMilliseconds: result.retry_after_ms,
      wholeDestination: result.flags & UInt32(DESTINATION_WHOLE_DESTINATION) != 0, detail: detail)
  }
}
