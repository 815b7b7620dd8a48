import CDestinationAdapter
import DestinationKit
import Foundation
import Synchronization

/// An instance of ``TestAdapter``, called through its C table as a host calls it.
///
/// `@unchecked`: nothing of it changes between `create` and `destroy`; the table is thread-safe by its contract.
@safe final class TestInstance: @unchecked Sendable {
  struct Answer: Equatable {
    let status: Int32
    let problem: String

    static let ok = Answer(status: DESTINATION_OK, problem: "")
  }

  let host: TestHost
  let table: UnsafePointer<destination_adapter>
  private(set) var instance: UnsafeMutableRawPointer?
  private let path = UUID().uuidString
  private(set) var created = Answer.ok

  init(host: TestHost = TestHost(), _ script: TestAdapter.Script = .init()) {
    self.host = host
    unsafe table = export(TestAdapter.self, hostMajor: 1)!
    TestAdapter.scripts.withLock { [path] in $0[path] = script }
    created = unsafe answer { problem in
      unsafe table.pointee.create(table, host.pointer, &instance, problem)
    }
  }

  /// Configured and started.
  static func running(
    host: TestHost = TestHost(), _ script: TestAdapter.Script = .init()
  ) -> TestInstance {
    let instance = TestInstance(host: host, script)
    _ = instance.configure()
    _ = instance.start()
    return instance
  }

  static func running(
    host: TestHost = TestHost(),
    deliver: @escaping @Sendable (borrowing Batch) throws -> Outcomes
  ) -> TestInstance {
    running(host: host, TestAdapter.Script(deliver: deliver))
  }

  deinit { destroy() }

  func configure(_ more: String = "") -> Answer {
    configure(document: "{\"path\":\"\(path)\"\(more)}")
  }

  func configure(document: String, structSize: UInt32 = DESTINATION_CONFIGURATION_SIZE_1_0)
    -> Answer
  {
    let bytes = GuardedBytes(Array(document.utf8))
    var configuration = unsafe destination_configuration()
    unsafe configuration.struct_size = structSize
    unsafe configuration.settings = bytes.span(0, document.utf8.count)
    return unsafe answer { unsafe table.pointee.configure(instance, &configuration, $0) }
  }

  func start() -> Answer { unsafe answer { unsafe table.pointee.start(instance, $0) } }

  func deliver(_ batch: TestBatch) {
    unsafe table.pointee.deliver(instance, &batch.batch, batch.results)
  }

  func flush(_ deadline: UInt64 = 0) -> Answer {
    unsafe answer { unsafe table.pointee.flush(instance, deadline, $0) }
  }

  func cancel(_ call: UInt64) { unsafe table.pointee.cancel(instance, call) }
  func stop(_ deadline: UInt64 = 0) { unsafe table.pointee.stop(instance, deadline) }

  func destroy() {
    guard unsafe instance != nil else { return }
    unsafe table.pointee.destroy(instance)
    unsafe instance = nil
  }

  /// Makes the call with a buffer for its problem.
  private func answer(
    _ call: (UnsafeMutablePointer<destination_text>) -> Int32
  ) -> Answer {
    var bytes = [UInt8](repeating: 0, count: 1024)
    return unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      var text = unsafe destination_text(
        data: buffer.baseAddress, capacity: buffer.count, length: 0)
      let status = unsafe call(&text)
      let problem = unsafe String(decoding: buffer.prefix(text.length), as: UTF8.self)
      return Answer(status: status, problem: problem)
    }
  }
}
