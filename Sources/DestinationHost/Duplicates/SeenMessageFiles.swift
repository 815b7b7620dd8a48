internal import Foundation
internal import Glibc

/// Digests on the disk: one file for each generation, 16 bytes for each digest and nothing else.
///
/// Nothing in it can be read back or made without the workspace's key. A flipped bit makes a digest that no id has, so
/// that one duplicate may come through; a half digest at the end is a write that was cut off, and is left out. What is
/// appended survives the process at once, and the machine's fall once the kernel has written it: it need not sooner,
/// since what is lost here is only that an event was seen.
final class SeenMessageFiles {
  private let folder: String
  private var current: (started: Int64, descriptor: Int32)?

  /// Makes the folder when something is to be written.
  init(folder: String) { self.folder = folder }

  deinit { if let current { close(current.descriptor) } }

  struct File {
    /// Its name: milliseconds since 1970.
    let started: Int64
    /// When it was last written to, likewise.
    let ended: Int64
  }

  /// The files that are there, the oldest first.
  func all() -> [File] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name -> File? in
      guard name.hasSuffix(".seen"), let started = Int64(name.dropLast(5)), started >= 0,
        path(started) == "\(folder)/\(name)"
      else { return nil }
      var status = stat()
      guard unsafe lstat(path(started), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        return nil
      }
      let ended = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
      return File(started: started, ended: max(started, ended))
    }.sorted { $0.started < $1.started }
  }

  func digests(of file: File) -> [MessageDigest] {
    let bytes = [UInt8]((try? Data(contentsOf: URL(fileURLWithPath: path(file.started)))) ?? Data())
    return stride(from: 0, through: bytes.count - 16, by: 16).map { start in
      MessageDigest(high: Self.word(bytes, start), low: Self.word(bytes, start + 8))
    }
  }

  /// Returns what went wrong; nil when all is written.
  func append(_ digests: [MessageDigest], to started: Int64) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digests.count * 16)
    for digest in digests {
      for word in [digest.high, digest.low] {
        for shift in stride(from: 56, through: 0, by: -8) {
          bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
      }
    }
    guard let descriptor = descriptor(of: started) else { return failure(started) }
    if write(bytes, descriptor) { return nil }
    let failure = failure(started)
    // Opened anew it is cut behind its last whole digest.
    close(descriptor)
    current = nil
    return failure
  }

  func remove(_ started: Int64) {
    if let current, current.started == started {
      close(current.descriptor)
      self.current = nil
    }
    unsafe unlink(path(started))
  }

  // MARK: - Parts

  private func path(_ started: Int64) -> String {
    let digits = String(started)
    return "\(folder)/" + String(repeating: "0", count: max(0, 15 - digits.count)) + digits
      + ".seen"
  }

  private func descriptor(of started: Int64) -> Int32? {
    if let current, current.started == started { return current.descriptor }
    if let current { close(current.descriptor) }
    current = nil
    unsafe mkdir(folder, 0o700)
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe Glibc.open(path(started), flags, 0o600)
    guard descriptor >= 0 else { return nil }
    // Behind a half digest every later one would be cut wrongly.
    let length = lseek(descriptor, 0, SEEK_END)
    if length % 16 != 0 { ftruncate(descriptor, length - length % 16) }
    current = (started, descriptor)
    return descriptor
  }

  private func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let got = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { return false }
      written += got
    }
    return true
  }

  private func failure(_ started: Int64) -> String {
    "seen messages, \(path(started)): \(unsafe String(cString: strerror(errno))). "
      + "Events go on; after this run a duplicate may be sent twice. Check the room on the disk."
  }

  private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
    bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
