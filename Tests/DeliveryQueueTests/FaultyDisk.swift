import DeliveryQueue
import Foundation
import Synchronization

/// The file system, with one call that fails, or after which the process is as good as dead.
///
/// It remembers what was synced: ``loseUnsynced()`` takes from the files what a loss of power may take.
final class FaultyDisk: QueueDisk {
  enum Fault: Sendable {
    case none
    /// Every call from this one on fails.
    case crashAt(Int)
    /// A write at that call stops in the middle, and everything after it fails.
    case tornWriteAt(Int)
    /// Calls of this name fail with this code.
    case failing(String, Int32)
  }

  private struct State {
    var fault = Fault.none
    var calls = 0
    var syncedSize: [String: Int] = [:]
  }

  private let disk = SystemDisk()
  private let state = Mutex(State())

  init(_ fault: Fault = .none) { self.fault = fault }

  var calls: Int { state.withLock { $0.calls } }

  var fault: Fault {
    get { state.withLock { $0.fault } }
    set { state.withLock { $0.fault = newValue } }
  }

  /// Cuts every segment back to what was synced of it.
  func loseUnsynced() throws {
    for (path, size) in state.withLock({ $0.syncedSize }) {
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      if try file.seekToEnd() > UInt64(size) { try file.truncate(atOffset: UInt64(size)) }
      try file.close()
    }
  }

  /// Counts the call; whether a write is to stop in the middle.
  @discardableResult
  private func call(_ name: String, _ path: String) throws(QueueError) -> Bool {
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
    case .failing(let operation, let code):
      guard operation == name else { return false }
      throw code == ENOSPC
        ? .diskFull(path: path) : .fileFailed(path: path, operation: name, code: code)
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
    let file = try disk.open(path, use)
    if case .create = use { state.withLock { $0.syncedSize[path] = 0 } }
    return file
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

  func sync(_ file: Int32, _ path: String) throws(QueueError) {
    try call("fdatasync", path)
    try disk.sync(file, path)
    let size = try disk.size(of: file, path)
    state.withLock { $0.syncedSize[path] = size }
  }

  func syncFolder(_ path: String) throws(QueueError) {
    try call("fsync", path)
    try disk.syncFolder(path)
  }

  func rename(_ old: String, to new: String) throws(QueueError) {
    try call("rename", new)
    try disk.rename(old, to: new)
  }

  func remove(_ path: String) throws(QueueError) {
    try call("unlink", path)
    try disk.remove(path)
  }
}
