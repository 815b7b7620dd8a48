internal import Cryptography
internal import Glibc
internal import Synchronization

/// A server's certificate, read again when its files change; any thread.
final class CertificateWatch: Sendable {
  let context: TLSServerContext
  private let paths: [String]
  private let state: Mutex<State>

  private struct State {
    var seen: [Stamp]
    var nextLook: ContinuousClock.Instant
  }

  /// What changes when a file is written or replaced.
  private struct Stamp: Equatable {
    var inode: UInt = 0
    var size = 0
    var seconds = 0
    var nanoseconds = 0

    init(_ path: String) {
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { return }
      inode = UInt(status.st_ino)
      size = Int(status.st_size)
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
  }

  private static let interval = Duration.seconds(1)

  init(_ certificate: CertificateFiles) throws(TLSError) {
    paths = [certificate.certificatePath, certificate.keyPath]
    let seen = paths.map(Stamp.init)
    context = try TLSServerContext(
      certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
    state = Mutex(State(seen: seen, nextLook: .now.advanced(by: Self.interval)))
  }

  /// Once a second at most; what is new is looked at once, and what cannot be used waits for the next change.
  func look(_ report: (ListenerNote) -> Void) {
    let hasChanged = state.withLock { state in
      guard .now >= state.nextLook else { return false }
      state.nextLook = .now.advanced(by: Self.interval)
      let found = paths.map(Stamp.init)
      guard found != state.seen else { return false }
      state.seen = found
      return true
    }
    guard hasChanged else { return }
    do throws(TLSError) {
      try context.reload()
      report(.certificateReloaded)
    } catch {
      report(.certificateUnusable("\(error)"))
    }
  }
}

/// Where a server's certificate chain and its key stand, both in PEM.
package struct CertificateFiles: Sendable, Equatable {
  package let certificatePath: String
  package let keyPath: String

  package init(certificatePath: String, keyPath: String) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
  }
}
