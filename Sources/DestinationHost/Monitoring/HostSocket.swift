internal import Glibc
internal import HTTPListener
internal import Workspace

/// The workspace's own socket, for whoever asks.
enum HostSocket {
  static let name = "host.sock"

  /// Connects, and sees that the other end is this user's.
  static func connect(
    to layout: WorkspaceLayout, patience seconds: Int
  ) throws(ConversationError) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = Glibc.socket(AF_UNIX, kind, 0)
    guard socket >= 0 else { throw .noAnswer(code: errno) }
    do throws(ConversationError) {
      let folder = SocketFolder(layout.root)
      guard connect(socket, folder.path(of: name)) else { throw .noHost }
      guard Peer.user(of: socket) == geteuid() else { throw .stranger }
      var time = timeval(tv_sec: seconds, tv_usec: 0)
      let size = socklen_t(MemoryLayout<timeval>.size)
      for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        unsafe setsockopt(socket, SOL_SOCKET, option, &time, size)
      }
      return socket
    } catch {
      close(socket)
      throw error
    }
  }

  static func send(_ bytes: [UInt8], on socket: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(
          socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Everything up to the end that the other side makes.
  static func read(_ socket: Int32, limit: Int) throws(ConversationError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let got = unsafe Glibc.read(socket, &piece, piece.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .noAnswer(code: errno) }
      if got == 0 { return bytes }
      guard bytes.count + got <= limit else { throw .notUnderstood }
      bytes += piece[..<got]
    }
  }

  private static func connect(_ socket: Int32, _ path: String) -> Bool {
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withUnsafePointer(to: &target) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}

/// A folder by a short name, since the path of a socket may have 107 bytes and that of a workspace more.
final class SocketFolder {
  private let descriptor: Int32
  private let path: String
  private var isKept = false

  init(_ path: String) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  }

  /// Good as long as this lives, or for ever after ``keepOpen()``.
  func path(of name: String) -> String {
    descriptor >= 0 ? "/proc/self/fd/\(descriptor)/\(name)" : "\(path)/\(name)"
  }

  /// A listener takes its socket's path away when it stops.
  func keepOpen() { isKept = true }

  deinit { if descriptor >= 0, !isKept { close(descriptor) } }
}
