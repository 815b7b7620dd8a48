internal import CDestinationAdapter
internal import Foundation
internal import Glibc

/// A worker's life in a trial: it makes the calls that the host asks for, one after the other, until the host is gone.
@safe struct TrialSession: ~Copyable {
  private let manifest: AdapterManifest
  private let isFiltered: Bool
  private var library: LoadedLibrary?
  private var table: UnsafeRawPointer?
  private var adapter: LoadedAdapter?
  private var instances: [Int: AdapterInstance] = [:]
  private var hasListener = false
  private var nextToken: UInt64 = 1

  /// Nil when the payload, a manifest, cannot be read.
  init?(manifest json: [UInt8], isFiltered: Bool) {
    guard let manifest = try? AdapterManifest(json: json, path: "adapter.json") else { return nil }
    self.manifest = manifest
    self.isFiltered = isFiltered
    unsafe table = nil
  }

  mutating func run() {
    var link = WorkerLink()
    var payload: [UInt8] = []
    while link.receive(into: &payload) == .trialStep {
      guard let request = try? JSONDecoder().decode(TrialRequest.self, from: Data(payload)) else {
        return
      }
      let clock = ContinuousClock()
      let start = clock.now
      var answer = answer(to: request)
      answer.milliseconds = start.duration(to: clock.now) / .milliseconds(1)
      guard let bytes = try? JSONEncoder().encode(answer), link.send(.trialAnswer, Array(bytes))
      else { return }
    }
  }

  private mutating func answer(to request: TrialRequest) -> TrialAnswer {
    do throws(ContractBreach) {
      switch request.step {
      case .open: return try open()
      case .entry(let major, let minor): return try entry(major, minor)
      case .describe: return try describe()
      case .askExtension(let id): return try askExtension(id)
      case .create: return try create(request.instance)
      case .countDescriptors: return countDescriptors()
      case .destroy: return try destroy(request.instance, request.hasOwnThread)
      case .configure, .start, .deliver, .flush, .cancel, .stop:
        let call = TrialCall(
          instance: try instance(request.instance), step: request.step, firstToken: nextToken)
        nextToken += UInt64(call.tokens)
        return request.hasOwnThread ? OwnThread.run { call.answer() } : call.answer()
      }
    } catch {
      return TrialAnswer(breach: error.text)
    }
  }

  private func instance(_ number: Int) throws(ContractBreach) -> AdapterInstance {
    guard let instance = instances[number] else { throw ContractBreach("there is no instance.") }
    return instance
  }
}

// MARK: - Loading

extension TrialSession {
  private mutating func open() throws(ContractBreach) -> TrialAnswer {
    library = try LoadedLibrary(descriptor: WorkerDescriptor.library)
    do throws(SandboxFailure) {
      if isFiltered { try Sandbox.forbidNewCode() }
    } catch {
      throw ContractBreach("its worker cannot be held: \(error.text).")
    }
    return TrialAnswer()
  }

  private mutating func entry(
    _ major: UInt32, _ minor: UInt32
  ) throws(ContractBreach) -> TrialAnswer {
    guard let library else { throw ContractBreach("the library was not opened.") }
    guard let entry = unsafe LoadedAdapter.entry(of: library) else {
      throw ContractBreach(LoadedAdapter.noEntry)
    }
    var answer = TrialAnswer()
    let found = unsafe UnsafeRawPointer(entry(major, minor))
    unsafe answer.isThere = found != nil
    unsafe answer.isSameTable = table == nil || found == table
    unsafe table = table ?? found
    return answer
  }

  private mutating func describe() throws(ContractBreach) -> TrialAnswer {
    guard let library else { throw ContractBreach("the library was not opened.") }
    let adapter = try LoadedAdapter(library, manifest: manifest)
    self.adapter = adapter
    return TrialAnswer(description: adapter.description)
  }

  private func askExtension(_ id: String) throws(ContractBreach) -> TrialAnswer {
    guard let adapter else { throw ContractBreach("the adapter was not described.") }
    var answer = TrialAnswer()
    let bytes = Array(id.utf8)
    answer.isThere = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe adapter.table.pointee.extension(
        adapter.table, destination_span(data: bytes.baseAddress, length: bytes.count)) != nil
    }
    return answer
  }

  private mutating func create(_ number: Int) throws(ContractBreach) -> TrialAnswer {
    guard let adapter else { throw ContractBreach("the adapter was not described.") }
    var answer = TrialAnswer()
    var failure = AdapterInstance.Status(code: 0, problem: "")
    if let instance = AdapterInstance(adapter, HostServices(), failure: &failure) {
      instances[number] = instance
      if !hasListener { CancelListener.start(instance) }
      hasListener = true
    }
    answer.status = failure.code
    answer.problem = failure.problem
    return answer
  }

  private mutating func destroy(
    _ number: Int, _ hasOwnThread: Bool
  ) throws(ContractBreach) -> TrialAnswer {
    let instance = try instance(number)
    instances[number] = nil
    let call: () -> TrialAnswer = {
      instance.destroy()
      return TrialAnswer()
    }
    return hasOwnThread ? OwnThread.run(call) : call()
  }

  private func countDescriptors() -> TrialAnswer {
    TrialAnswer(descriptors: (0..<Int32(256)).count { fcntl($0, F_GETFD) >= 0 })
  }
}
