import Glibc
import Synchronization

/// Tells the service manager how the host is, by sd_notify(3)'s datagrams; without one, nothing.
///
/// No library is needed: a message is one datagram to the socket that `NOTIFY_SOCKET` names.
final class ServiceManager: Sendable {
  /// A path, or `@` and a name of the abstract namespace.
  private let address: String
  /// How often a sign of life is asked for; nil: never.
  private let watchdog: Duration?
  private let isReady = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  private let lastSign = Mutex(ContinuousClock.now)

  /// Nil when no service manager waits for this process.
  init?(_ environment: Environment) {
    guard let address = environment["NOTIFY_SOCKET"],
      address.hasPrefix("/") || address.hasPrefix("@"), address.utf8.count < 108
    else { return nil }
    self.address = address
    let isMine = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    watchdog = environment["WATCHDOG_USEC"].flatMap { Int($0) }
      .flatMap { isMine && $0 > 0 ? .microseconds($0 / 2) : nil }
  }

  /// The host takes events; the first time counts.
  func ready() {
    guard !isReady.exchange(true, ordering: .relaxed) else { return }
    send("READY=1\nSTATUS=Taking events")
  }

  /// What waits is being delivered, and then the host ends; the first time counts.
  func stopping() {
    guard !isStopping.exchange(true, ordering: .relaxed) else { return }
    send("STOPPING=1\nSTATUS=Delivering what waits")
  }

  /// Why the host ends without having been asked to.
  func failed(_ code: ExitCode) { send("STATUS=Failed\nEXIT_STATUS=\(code.rawValue)") }

  /// Called often; sends a sign of life when one is due, as long as the host is well.
  func beat(isWell: Bool) {
    guard let watchdog, isWell else { return }
    let isDue = lastSign.withLock { last in
      guard last.duration(to: .now) >= watchdog else { return false }
      last = .now
      return true
    }
    if isDue { send("WATCHDOG=1") }
  }

  /// What cannot be sent is not: the manager is not there to be waited for.
  private func send(_ message: String) {
    let kind =
      Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let socket = Glibc.socket(AF_UNIX, kind, 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    // An abstract name begins with a zero byte and ends where the address does.
    let name = address.utf8.enumerated().map { $0 == 0 && $1 == UInt8(ascii: "@") ? 0 : $1 }
    unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = MemoryLayout<sa_family_t>.size + name.count + (name[0] == 0 ? 0 : 1)
    let bytes = Array(message.utf8)
    _ = unsafe withUnsafePointer(to: &target) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe sendto(
          socket, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length))
      }
    }
  }
}
