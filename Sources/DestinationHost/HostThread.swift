internal import Foundation

/// A thread of the host that can be waited for; blocking calls run here, never on the cooperative pool.
struct HostThread {
  private let done = DispatchSemaphore(value: 0)

  /// Starts `body`; its name shows in `top -H` and in a debugger (15 characters at most).
  init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let work = Work(body)
    let thread = Thread { [done] in
      work.run()
      done.signal()
    }
    thread.name = name
    thread.start()
  }

  /// Returns when the body has, and when what it held is let go: nothing of it ends while the process does.
  ///
  /// Call it once.
  func join() { done.wait() }

  /// The body, which may be the last to hold a context of OpenSSL: freed after `exit` has begun, that would crash.
  private final class Work: @unchecked Sendable {
    // Protected by confinement: made by one thread, then used by the one that it is for.
    private var body: (@Sendable () -> Void)?

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func run() {
      body?()
      body = nil
    }
  }
}
