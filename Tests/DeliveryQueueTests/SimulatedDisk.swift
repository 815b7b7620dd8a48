import DeliveryQueue
import Glibc
import Synchronization
import Workbench

/// A disk in memory, with what a real one does in the worst case: at a loss of power any part of what was not synced is on
/// it, sector by sector and name by name, and a sync that failed is never made up for.
final class SimulatedDisk: QueueDisk {
  static let sectorLength = 512

  /// One file, whatever its names are.
  struct File {
    /// As a process reads them.
    var bytes: [UInt8] = []
    /// As they are on the disk without what follows.
    var durable: [UInt8] = []
    /// What was written to sectors since the last sync, and which sizes the file had.
    var written: [Int: [[UInt8]]] = [:]
    var sizes: [Int] = []
  }

  private enum NameChange {
    case made(String, Int)
    case renamed(String, String, Int)
    case removed(String)
  }

  private struct State {
    var random: SeededGenerator
    var files: [File] = []
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var changes: [NameChange] = []
    var descriptors: [Int32: Int] = [:]
    var nextDescriptor: Int32 = 1000
    var calls = 0
    var failing: Set<Int> = []
    var deadFrom = Int.max
    var tearsLast = false
    var between: (@Sendable (String, String) -> Void)?
  }

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(random: SeededGenerator(seed: seed))) }

  var calls: Int { state.withLock { $0.calls } }

  /// Lets these calls fail, a write or a sync somewhere in its middle.
  func fail(_ calls: Set<Int>) { state.withLock { $0.failing = calls } }

  /// Lets all calls fail from that one on, which is done in part when it is a write that is to be torn.
  func end(at call: Int, tearing: Bool) {
    state.withLock {
      $0.deadFrom = call
      $0.tearsLast = tearing
    }
  }

  /// Called before each call, with its name and path.
  var between: (@Sendable (String, String) -> Void)? {
    get { state.withLock { $0.between } }
    set { state.withLock { $0.between = newValue } }
  }

  var paths: [String] { state.withLock { $0.names.keys.sorted() } }

  /// The process dies: what it did is there.
  func kill() {
    state.withLock { state in
      state.descriptors.removeAll()
      state.failing = []
      state.deadFrom = .max
    }
  }

  /// The machine dies: any part of what was not synced is there.
  func losePower() {
    kill()
    state.withLock { state in
      let isOrdered = Bool.random(using: &state.random)
      let last = state.random.below(state.changes.count + 1)
      for (index, change) in state.changes.enumerated()
      where isOrdered ? index < last : Bool.random(using: &state.random) {
        Self.apply(change, to: &state.durableNames)
      }
      state.changes.removeAll()
      state.names = state.durableNames
      for index in state.files.indices {
        Self.settleAnyhow(&state.files[index], &state.random)
        state.files[index].bytes = state.files[index].durable
      }
    }
  }

  /// Of every sector, and of the size, one of the states since the last sync is on the disk.
  private static func settleAnyhow(_ file: inout File, _ random: inout SeededGenerator) {
    let size = random.pick([file.durable.count] + file.sizes)
    // Everything, nothing, or any part.
    let share = random.pick([0, 0.2, 0.5, 0.8, 1])
    for sector in file.written.keys.sorted() where Double.random(in: 0..<1, using: &random) < share
    {
      let versions = file.written[sector] ?? []
      let isLast = share == 1 || Bool.random(using: &random)
      put(isLast ? versions[versions.count - 1] : random.pick(versions), sector, in: &file.durable)
    }
    resize(&file.durable, to: size)
    file.written.removeAll()
    file.sizes.removeAll()
  }

  private static func put(_ bytes: [UInt8], _ sector: Int, in disk: inout [UInt8]) {
    let start = sector * sectorLength
    resize(&disk, to: max(disk.count, start + sectorLength))
    disk.replaceSubrange(start..<start + sectorLength, with: bytes)
  }

  private static func resize(_ bytes: inout [UInt8], to size: Int) {
    if size < bytes.count {
      bytes.removeLast(bytes.count - size)
    } else {
      bytes += repeatElement(0, count: size - bytes.count)
    }
  }

  private static func apply(_ change: NameChange, to names: inout [String: Int]) {
    switch change {
    case .made(let path, let file): names[path] = file
    case .renamed(let old, let new, let file):
      if names[old] == file { names[old] = nil }
      names[new] = file
    case .removed(let path): names[path] = nil
    }
  }

  /// Notes what stands now in the sectors of that range.
  private static func note(_ range: Range<Int>, of file: inout File) {
    guard !range.isEmpty else { return }
    for sector in range.lowerBound / sectorLength...(range.upperBound - 1) / sectorLength {
      let start = sector * sectorLength
      var bytes = Array(file.bytes[min(start, file.bytes.count)...].prefix(sectorLength))
      resize(&bytes, to: sectorLength)
      file.written[sector, default: []].append(bytes)
    }
    file.sizes.append(file.bytes.count)
  }

  // MARK: - Calls

  /// Counts the call, and throws where it is to fail; a write and a sync are told to do so in their middle instead.
  @discardableResult
  private func call(_ name: String, _ path: String) throws(QueueError) -> Bool {
    between?(name, path)
    let (fails, isDead) = state.withLock { state in
      state.calls += 1
      let isTorn = state.calls == state.deadFrom && state.tearsLast && name == "write"
      return (
        state.failing.contains(state.calls) || isTorn, state.calls >= state.deadFrom && !isTorn
      )
    }
    if isDead || fails && name != "write" && name != "fdatasync" {
      throw .fileFailed(path: path, operation: name, code: EIO)
    }
    return fails
  }

  private func failure(_ path: String, _ code: Int32) -> QueueError {
    .fileFailed(path: path, operation: "call", code: code)
  }

  private func withFile<Result>(
    _ descriptor: Int32, _ path: String, _ body: (inout File, inout SeededGenerator) -> Result
  ) throws(QueueError) -> Result {
    let result = state.withLock { state -> Result? in
      guard let file = state.descriptors[descriptor] else { return nil }
      return body(&state.files[file], &state.random)
    }
    guard let result else { throw failure(path, EBADF) }
    return result
  }

  func makeFolder(_ path: String) throws(QueueError) { try call("mkdir", path) }

  func names(in folder: String) throws(QueueError) -> [String] {
    try call("names", folder)
    return paths.map { String($0.dropFirst(folder.count + 1)) }
  }

  func open(_ path: String, _ use: FileUse) throws(QueueError) -> Int32 {
    try call("open", path)
    let (descriptor, code) = state.withLock { state -> (Int32, Int32) in
      if use == .create, state.names[path] != nil { return (0, EEXIST) }
      if use == .read, state.names[path] == nil { return (0, ENOENT) }
      let file = state.names[path] ?? state.files.count
      if file == state.files.count {
        state.files.append(File())
        state.names[path] = file
        state.changes.append(.made(path, file))
      }
      state.nextDescriptor += 1
      state.descriptors[state.nextDescriptor] = file
      return (state.nextDescriptor, 0)
    }
    guard code == 0 else { throw failure(path, code) }
    return descriptor
  }

  func close(_ file: Int32) { state.withLock { _ = $0.descriptors.removeValue(forKey: file) } }

  func size(of file: Int32, _ path: String) throws(QueueError) -> Int {
    try call("stat", path)
    return try withFile(file, path) { file, _ in file.bytes.count }
  }

  func write(
    _ bytes: [UInt8], to file: Int32, at offset: Int, _ path: String
  ) throws(QueueError) {
    let fails = try call("write", path)
    try withFile(file, path) { file, random in
      // Often to the end of nearly all: where a segment's zeros begin.
      let count = random.pick([random.below(bytes.count), max(0, bytes.count - random.below(50))])
      let written = fails ? bytes.prefix(min(count, bytes.count - 1)) : bytes[...]
      let range = offset..<offset + written.count
      guard !range.isEmpty else { return }
      Self.resize(&file.bytes, to: max(file.bytes.count, range.upperBound))
      file.bytes.replaceSubrange(range, with: written)
      Self.note(range, of: &file)
    }
    if fails {
      let isFull = state.withLock { Bool.random(using: &$0.random) }
      throw isFull ? .diskFull(path: path) : failure(path, EIO)
    }
  }

  func read(
    _ count: Int, of file: Int32, at offset: Int, into bytes: inout [UInt8], _ path: String
  ) throws(QueueError) {
    try call("read", path)
    bytes = try withFile(file, path) { file, _ in
      Array(file.bytes[min(offset, file.bytes.count)...].prefix(count))
    }
  }

  func truncate(_ file: Int32, to size: Int, _ path: String) throws(QueueError) {
    try call("truncate", path)
    try withFile(file, path) { file, _ in
      let old = file.bytes.count
      Self.resize(&file.bytes, to: size)
      Self.note(min(size, old)..<max(size, old), of: &file)
    }
  }

  func sync(_ file: Int32, _ path: String) throws(QueueError) {
    let fails = try call("fdatasync", path)
    try withFile(file, path) { file, random in
      if fails { return Self.settleAnyhow(&file, &random) }
      for (sector, versions) in file.written {
        Self.put(versions[versions.count - 1], sector, in: &file.durable)
      }
      if let size = file.sizes.last { Self.resize(&file.durable, to: size) }
      file.written.removeAll()
      file.sizes.removeAll()
    }
    if fails { throw failure(path, EIO) }
  }

  func syncFolder(_ path: String) throws(QueueError) {
    try call("fsync", path)
    state.withLock { state in
      for change in state.changes { Self.apply(change, to: &state.durableNames) }
      state.changes.removeAll()
    }
  }

  func rename(_ old: String, to new: String) throws(QueueError) {
    try call("rename", new)
    let isThere = state.withLock { state -> Bool in
      guard let file = state.names[old] else { return false }
      let change = NameChange.renamed(old, new, file)
      Self.apply(change, to: &state.names)
      state.changes.append(change)
      return true
    }
    guard isThere else { throw failure(new, ENOENT) }
  }

  func remove(_ path: String) throws(QueueError) {
    try call("unlink", path)
    state.withLock { state in
      guard state.names[path] != nil else { return }
      state.names[path] = nil
      state.changes.append(.removed(path))
    }
  }
}
