internal import Foundation
internal import Glibc

/// A thread that waits for the host to call an action off, while the session's thread is inside the adapter.
enum CancelListener {
  /// Starts it; it ends with the process.
  static func start(_ instance: AdapterInstance) {
    let box = InstanceBox(instance)
    let thread = Thread {
      while let token = next() {
        box.instance.services.cancel(token)
        box.instance.cancel(token)
      }
    }
    thread.name = "cancel"
    thread.start()
  }

  private static func next() -> UInt64? {
    var token: UInt64 = 0
    while true {
      let got = unsafe read(WorkerDescriptor.cancel, &token, MemoryLayout<UInt64>.size)
      if got < 0 && errno == EINTR { continue }
      return got == MemoryLayout<UInt64>.size ? UInt64(littleEndian: token) : nil
    }
  }
}

// Immutable; of the instance only `cancel` is called here, which the contract allows on any thread.
private struct InstanceBox: @unchecked Sendable {
  let instance: AdapterInstance

  init(_ instance: AdapterInstance) { self.instance = instance }
}
