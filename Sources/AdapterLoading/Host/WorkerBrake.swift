internal import CSandbox
internal import Glibc
internal import Synchronization

/// Ends what a worker is doing, from another thread than the one that waits for it: for a host that has to stop.
///
/// It holds descriptors of its own, so it is right at any moment of the worker's life.
package final class WorkerBrake: Sendable {
  private struct State: ~Copyable {
    var cancelEnd: OwnedDescriptor?
    var process: OwnedDescriptor?
    var isPulled = false
  }

  private let state = Mutex(State())

  package init() {}

  /// Whether no worker is to be started again.
  package var isPulled: Bool { state.withLock { $0.isPulled } }

  /// Asks the running call to come back.
  package func press() { state.withLock { Self.cancel($0.cancelEnd) } }

  /// Kills the process, and every one that is started with this brake later.
  package func pull() {
    state.withLock { state in
      state.isPulled = true
      Self.kill(state.process)
    }
  }

  /// Takes hold of a new process by its handle, and of the host's end of what cancels its calls.
  func hold(process: Int32, cancelEnd: Int32) {
    state.withLock { state in
      state.process = Self.copy(process)
      state.cancelEnd = Self.copy(cancelEnd)
      if state.isPulled { Self.kill(state.process) }
    }
  }

  private static func copy(_ descriptor: Int32) -> OwnedDescriptor? {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    return copy >= 0 ? OwnedDescriptor(copy) : nil
  }

  /// Token 0 is every running call.
  private static func cancel(_ end: borrowing OwnedDescriptor?) {
    guard let number = number(of: end) else { return }
    var token: UInt64 = 0
    _ = unsafe send(
      number, &token, MemoryLayout<UInt64>.size, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }

  private static func kill(_ process: borrowing OwnedDescriptor?) {
    if let number = number(of: process) { _ = sandbox_signal(number, SIGKILL) }
  }

  private static func number(of descriptor: borrowing OwnedDescriptor?) -> Int32? {
    switch descriptor {
    case .some(let descriptor): descriptor.number
    case .none: nil
    }
  }
}
