internal import HTTPWire
internal import Glibc
internal import HTTPListener
internal import Workspace

/// Where a run can be asked: its workspace's own socket, and an address for machines if one was named.
final class MonitoringServer {
  private let listeners: [HTTPListener]
  /// Where machines may ask, with the port that the system chose.
  let address: String?

  /// Throws `ListenerError` when the address cannot be listened on.
  ///
  /// - Parameter failed: told why the workspace's own socket could not be made; the run goes on without it.
  init(
    _ monitor: HostMonitor, _ workspace: Workspace, on address: ListenAddress?,
    failed: (String) -> Void
  ) throws {
    var limits = ListenerLimits()
    limits.connections = 64
    limits.wire.body = 0
    let service = MonitoringService(monitor: monitor, workspace: workspace, isPrivate: false)
    let open = try address.map { try HTTPListener(on: [$0], limits: limits, service.http) }
    self.address = open?.addresses.first?.description
    do {
      let own = try Self.ownSocket(monitor, workspace, limits)
      listeners = [open, own].compactMap(\.self)
    } catch {
      failed("the host's socket: \(error)")
      listeners = [open].compactMap(\.self)
    }
  }

  /// Closed to everybody but the workspace's user: the folder is 0700, the socket 0600, and the kernel says who connects.
  private static func ownSocket(
    _ monitor: HostMonitor, _ workspace: Workspace, _ limits: ListenerLimits
  ) throws -> HTTPListener {
    let folder = SocketFolder(workspace.layout.root)
    var limits = limits
    limits.localUser = geteuid()
    let service = MonitoringService(monitor: monitor, workspace: workspace, isPrivate: true)
    let listener = try HTTPListener(
      on: [.unix(folder.path(of: HostSocket.name))], limits: limits, service.http)
    unsafe chmod(workspace.layout.hostSocket, 0o600)
    folder.keepOpen()
    return listener
  }

  /// Answers what was asked, and returns when nobody is connected any more.
  func stop() {
    for listener in listeners { listener.stop(by: .now + .seconds(1)) }
  }
}
