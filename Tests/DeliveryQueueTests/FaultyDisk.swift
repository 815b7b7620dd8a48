import DeliveryQueue
import Foundation
import Glibc
import Synchronization

/// The file system, with one call that fails, or after which the process is as good as dead.
///
/// It remembers what was synced, bytes and names: ``losePower(keepsNames:)`` takes the rest, as a loss of power may.
final class FaultyDisk: QueueDisk {
  enum Fault: Sendable {
    case none
    /// Every call from this one on fails.
    case crashAt(Int)
    /// A write at that call stops in the middle, and everything after it fails.
    case tornWriteAt(Int)
    /// That call fails, a write in its middle, and all others do what they should.
    case onceAt(Int)
    /// Calls of this name fail with this code.
    case failing(String, Int32)
    /// Calls of these names for files in whose paths this stands fail with this code.
    case refusing([String], of: String, Int32)
  }

  private struct State {
    var fault = Fault.none
    var calls = 0
    /// Of each file that was made or opened here, its bytes when it was synced last.
    var synced: [String: Data] = [:]
    /// Those of them whose names are surely on the disk.
    var named: Set<String> = []
    /// Names that were taken away, which is not surely on the disk.
    var removed: Set<String> = []
    /// Which file each path led to last: one file may have had several names, and what is synced of it is under all.
    var identities: [String: UInt64] = [:]
    /// How often a file got another name that ends so.
    var renamed: [String: Int] = [:]
    var before: (@Sendable (String, String) -> Void)?
  }

  private let disk = SystemDisk()
  private let state = Mutex(State())

  init(_ fault: Fault = .none) { self.fault = fault }

  var calls: Int { state.withLock { $0.calls } }

  /// How often a file got another name with this ending.
  func renames(to suffix: String) -> Int {
    state.withLock { $0.renamed.filter { $0.key.hasSuffix(suffix) }.values.reduce(0, +) }
  }

  var fault: Fault {
    get { state.withLock { $0.fault } }
    set { state.withLock { $0.fault = newValue } }
  }

  /// Makes every file what was synced of it.
  ///
  /// - Parameter keepsNames: whether what was done to names is on the disk all the same: a file system may do them at once,
  ///   or only when it is asked.
  func losePower(keepsNames: Bool) throws {
    try state.withLock { state in
      for (path, bytes) in state.synced {
        let url = URL(fileURLWithPath: path)
        let exists = FileManager.default.fileExists(atPath: path)
        if exists
          ? keepsNames || state.named.contains(path)
          : !keepsNames && state.removed.contains(path)
        {
          try bytes.write(to: url)
        } else if exists {
          try FileManager.default.removeItem(at: url)
        }
      }
    }
  }

  private static func folder(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().path
  }

  /// Called before each call, with its name and path.
  var before: (@Sendable (String, String) -> Void)? {
    get { state.withLock { $0.before } }
    set { state.withLock { $0.before = newValue } }
  }

  /// Counts the call; whether a write is to stop in the middle.
  @discardableResult
  private func call(_ name: String, _ path: String) throws(QueueError) -> Bool {
    before?(name, path)
    let (fault, number) = state.withLock { state in
      state.calls += 1
      return (state.fault, state.calls)
    }
    let dead = QueueError.fileFailed(path: path, operation: name, code: EIO)
    switch fault {
    case .none: return false
    case .crashAt(let last):
      if number >= last { throw dead }
      return false
    case .tornWriteAt(let last):
      if number == last && name == "write" { return true }
      if number >= last { throw dead }
      return false
    case .onceAt(let one):
      guard number == one else { return false }
      if name == "write" { return true }
      throw dead
    case .failing(let operation, let code):
      guard operation == name else { return false }
      throw code == ENOSPC
        ? .diskFull(path: path) : .fileFailed(path: path, operation: name, code: code)
    case .refusing(let operations, let part, let code):
      guard operations.contains(name), path.contains(part) else { return false }
      throw .fileFailed(path: path, operation: name, code: code)
    }
  }

  func makeFolder(_ path: String) throws(QueueError) {
    try call("mkdir", path)
    try disk.makeFolder(path)
  }

  func names(in folder: String) throws(QueueError) -> [String] {
    try call("names", folder)
    return try disk.names(in: folder)
  }

  func open(_ path: String, _ use: FileUse) throws(QueueError) -> Int32 {
    try call("open", path)
    let before = FileManager.default.contents(atPath: path)
    let file = try disk.open(path, use)
    let identity = Self.identity(of: file)
    state.withLock { state in
      // A number that was another file's is this one's now.
      if before == nil { state.identities = state.identities.filter { $0.value != identity } }
      state.identities[path] = identity
      guard state.synced[path] == nil else { return }
      state.synced[path] = before ?? Data()
      if before != nil { state.named.insert(path) }
    }
    return file
  }

  private static func identity(of file: Int32) -> UInt64 {
    var status = stat()
    return unsafe fstat(file, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  // A process that dies closes its files too.
  func close(_ file: Int32) { disk.close(file) }

  func size(of file: Int32, _ path: String) throws(QueueError) -> Int {
    try call("stat", path)
    return try disk.size(of: file, path)
  }

  func write(
    _ bytes: [UInt8], to file: Int32, at offset: Int, _ path: String
  ) throws(QueueError) {
    if try call("write", path) {
      try disk.write(Array(bytes.prefix(bytes.count / 2)), to: file, at: offset, path)
      throw .fileFailed(path: path, operation: "write", code: EIO)
    }
    try disk.write(bytes, to: file, at: offset, path)
  }

  func read(
    _ count: Int, of file: Int32, at offset: Int, into bytes: inout [UInt8], _ path: String
  ) throws(QueueError) {
    try call("read", path)
    try disk.read(count, of: file, at: offset, into: &bytes, path)
  }

  func truncate(_ file: Int32, to size: Int, _ path: String) throws(QueueError) {
    try call("truncate", path)
    try disk.truncate(file, to: size, path)
  }

  func releaseRoom(of file: Int32, _ path: String) throws(QueueError) {
    try call("truncate", path)
    try disk.releaseRoom(of: file, path)
  }

  func sync(_ file: Int32, _ path: String) throws(QueueError) {
    try call("fdatasync", path)
    try disk.sync(file, path)
    var bytes: [UInt8] = []
    try disk.read(disk.size(of: file, path), of: file, at: 0, into: &bytes, path)
    let identity = Self.identity(of: file)
    state.withLock { state in
      for (name, other) in state.identities where other == identity {
        state.synced[name] = Data(bytes)
      }
    }
  }

  func syncFolder(_ path: String) throws(QueueError) {
    try call("fsync", path)
    try disk.syncFolder(path)
    state.withLock { state in
      state.named.formUnion(state.synced.keys.filter { Self.folder(of: $0) == path })
      state.named.subtract(state.removed)
      state.removed.removeAll()
    }
  }

  func rename(_ old: String, to new: String) throws(QueueError) {
    try call("rename", new)
    try disk.rename(old, to: new)
    state.withLock { state in
      state.synced[new] = state.synced[old]
      state.identities[new] = state.identities[old]
      state.named.remove(new)
      state.removed.remove(new)
      state.renamed[new, default: 0] += 1
      state.removed.insert(old)
    }
  }

  func remove(_ path: String) throws(QueueError) {
    try call("unlink", path)
    try disk.remove(path)
    state.withLock { _ = $0.removed.insert(path) }
  }
}
