internal import Foundation

/// A thread of the host that can be waited for; blocking calls run here, never on the cooperative pool.
struct HostThread {
  private let done = DispatchSemaphore(value: 0)

  /// Starts `body`; its name shows in `top -H` and in a debugger (15 characters at most).
  init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread { [done] in
      body()
      done.signal()
    }
    thread.name = name
    thread.start()
  }

  /// Returns when the body has; call it once.
  func join() { done.wait() }
}
