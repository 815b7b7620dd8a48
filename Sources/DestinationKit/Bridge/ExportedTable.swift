internal import CDestinationAdapter
internal import Synchronization

/// The C tables of adapter types.
///
/// Static: the contract lets a host keep them until the process ends.
enum ExportedTable {
  private static let tables = Mutex<[ObjectIdentifier: Address]>([:])

  /// The same table at every call.
  static func of<Adapter: DestinationAdapter>(
    _ type: Adapter.Type
  ) -> UnsafePointer<destination_adapter> {
    unsafe tables.withLock { tables in
      if let known = tables[ObjectIdentifier(type)] { return unsafe known.table }
      let made = unsafe Address(table: make(type))
      tables[ObjectIdentifier(type)] = made
      return unsafe made.table
    }
  }

  private static func make<Adapter: DestinationAdapter>(
    _ type: Adapter.Type
  ) -> UnsafePointer<destination_adapter> {
    let kind = unsafe Unmanaged.passRetained(AdapterKind(type))
    let table = UnsafeMutablePointer<destination_adapter>.allocate(capacity: 1)
    unsafe table.initialize(
      to: destination_adapter(
        magic: DESTINATION_ADAPTER_MAGIC,
        struct_size: UInt32(MemoryLayout<destination_adapter>.size),
        abi_major: DESTINATION_ABI_MAJOR, abi_minor: DESTINATION_ABI_MINOR,
        abi_minor_required: 0, reserved: 0, context: kind.toOpaque(),
        descriptor: StaticDescriptor.make(Adapter.description), create: Calls.create,
        configure: Calls.configure, start: Calls.start, deliver: Calls.deliver, flush: Calls.flush,
        cancel: Calls.cancel, stop: Calls.stop, destroy: Calls.destroy,
        extension: Calls.extension))
    return unsafe UnsafePointer(table)
  }

  /// `@unchecked`: what it points to is written once, before the address is published, and never freed.
  @safe private struct Address: @unchecked Sendable {
    let table: UnsafePointer<destination_adapter>
  }
}

/// The functions of the table.
///
/// None captures anything: each finds its object by the pointer it is given.
private enum Calls {
  static let create:
    @convention(c) (
      UnsafePointer<destination_adapter>?, UnsafePointer<destination_host>?,
      UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UnsafeMutablePointer<destination_text>?
    ) -> Int32 = { adapter, host, out, problem in
      guard let context = unsafe adapter?.pointee.context, let out = unsafe out,
        let host = unsafe AdapterHost(checking: host)
      else {
        say(
          "create, about the host: it is smaller than ABI 1.0 has it, or of another major version. "
            + "Update the host.", to: problem)
        return DESTINATION_INVALID
      }
      let kind = unsafe Unmanaged<AdapterKind>.fromOpaque(context).takeUnretainedValue()
      unsafe out.pointee = Unmanaged.passRetained(Instance(kind, host: host)).toOpaque()
      return DESTINATION_OK
    }

  static let configure:
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<destination_configuration>?,
      UnsafeMutablePointer<destination_text>?
    ) -> Int32 = { instance, configuration, problem in
      unsafe status(of: instance, problem) { instance in
        guard let configuration = unsafe configuration,
          unsafe Int(configuration.pointee.struct_size)
            >= ABISize.configuration
        else {
          throw AdapterProblem.setting(
            "struct_size", "the configuration is smaller than ABI 1.0 has it.",
            mend: "Update the host.")
        }
        let settings = unsafe configuration.pointee.settings
        try unsafe instance.configure(settings)
      }
    }

  static let start:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<destination_text>?) -> Int32 = {
      instance, problem in
      unsafe status(of: instance, problem) { try $0.start() }
    }

  static let deliver:
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<destination_batch>?,
      UnsafeMutablePointer<destination_result>?
    ) -> Void = { instance, batch, results in
      guard let instance = unsafe Instance.at(instance), let batch = unsafe batch else { return }
      unsafe instance.deliver(batch, results)
    }

  static let flush:
    @convention(c) (UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<destination_text>?) ->
      Int32 = { instance, deadline, problem in
        unsafe status(of: instance, problem) { try $0.flush(before: deadline) }
      }

  static let cancel: @convention(c) (UnsafeMutableRawPointer?, UInt64) -> Void = { instance, call in
    unsafe Instance.at(instance)?.cancel(CallToken(rawValue: call))
  }

  static let stop: @convention(c) (UnsafeMutableRawPointer?, UInt64) -> Void = {
    instance, deadline in
    unsafe Instance.at(instance)?.stop(before: deadline)
  }

  static let destroy: @convention(c) (UnsafeMutableRawPointer?) -> Void = { instance in
    guard let instance = unsafe instance else { return }
    unsafe Unmanaged<Instance>.fromOpaque(instance).release()
  }

  static let `extension`:
    @convention(c) (UnsafePointer<destination_adapter>?, destination_span) -> UnsafeRawPointer? = {
      _, _ in nil
    }

  /// The barrier: whatever is thrown becomes a status and a sentence.
  private static func status(
    of instance: UnsafeMutableRawPointer?, _ problem: UnsafeMutablePointer<destination_text>?,
    _ body: (Instance) throws -> Void
  ) -> Int32 {
    guard let instance = unsafe Instance.at(instance) else { return DESTINATION_INVALID }
    do {
      try body(instance)
      return DESTINATION_OK
    } catch {
      let report = ProblemReport(of: error)
      say(report.text, to: problem)
      return report.status
    }
  }
}
