import AuditLog
import Cryptography
import Foundation

/// Appending against what the file system itself can, verifying against plain SHA-256, and verifying's memory.
enum AuditBenchmark {
  static func run() throws -> [Measurement] {
    let small = try BenchmarkLog()
    let appends = try appending(small)
    let large = try BenchmarkLog()
    try large.fill(records: 100_000)
    return appends + verifying(large) + [try memory(small, large)]
  }

  // MARK: - Appending

  private static let appends = 400

  private static func appending(_ log: BenchmarkLog) throws -> [Measurement] {
    let disk = try RawDisk(in: log.folder)
    var raw = Double.infinity
    var one = Double.infinity
    var eight = Double.infinity
    // In turns, so that all meet the same weather.
    for _ in 0..<7 {
      raw = min(raw, try Stopwatch.seconds { try disk.appendDurably(times: appends) })
      one = min(one, try Stopwatch.seconds { try log.append(appends, threads: 1) })
      eight = min(eight, try Stopwatch.seconds { try log.append(appends, threads: 8) })
    }
    let rate = { (seconds: Double) in "\(Int(Double(appends) / seconds))/s" }
    return [
      Measurement(
        "audit-append", raw / one, "ratio", atLeast: 0.8,
        note: "\(rate(one)) with one writer; write and fdatasync alone \(rate(raw))"),
      Measurement(
        "audit-append-8", raw / eight, "ratio", atLeast: 1.0,
        note: "\(rate(eight)) with eight writers; write and fdatasync alone \(rate(raw))"),
    ]
  }

  // MARK: - Verifying

  private static func verifying(_ log: BenchmarkLog) -> [Measurement] {
    let bytes = log.bytes()
    var found: AuditVerdict?
    let best = Stopwatch.best(
      of: 5, { found = log.verify() },
      against: { _ = unsafe SHA256.hash(bytes.span.bytes) })
    precondition(found?.exitCode == 0, "the log is sound")
    let megabytes = Double(bytes.count) / 1e6
    return [
      Measurement(
        "audit-verify", megabytes / best.first, "MB/s", atLeast: 300,
        note: "\(Int(megabytes)) MB, one core: strict form, chain, tree, checkpoints"),
      Measurement(
        "audit-verify-sha256", best.second / best.first, "ratio",
        note: "against SHA-256 once over the same bytes; verifying hashes each byte twice"),
    ]
  }

  private static func memory(_ small: BenchmarkLog, _ large: BenchmarkLog) throws -> Measurement {
    let (few, many) = (try small.verifyingMemory(), try large.verifyingMemory())
    return Measurement(
      "audit-verify-memory", Double(many) / Double(few), "ratio", within: 0.1,
      note: "\(many) KB at \(large.bytes().count >> 20) MiB, \(few) KB at "
        + "\(small.bytes().count >> 20) MiB")
  }
}

/// A log in a folder of its own, with records as a workspace writes them.
private final class BenchmarkLog: Sendable {
  let folder: String
  private let workspaceID = "ws_benchmark"
  private let log: AuditLog

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(
      atPath: folder + "/keys", withIntermediateDirectories: true)
    log = try AuditLog(directory: folder, keys: folder + "/keys", workspaceID: workspaceID)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func append(_ count: Int, threads: Int) throws {
    let failed = LockedList<String>()
    let group = DispatchGroup()
    for _ in 0..<threads {
      group.enter()
      Thread { [log] in
        for number in 0..<count / threads {
          do { try log.append(Self.entry(number)) } catch { failed.append("\(error)") }
        }
        group.leave()
      }.start()
    }
    group.wait()
    precondition(failed.all.isEmpty, "every record is written")
  }

  func fill(records: Int) throws { try append(records, threads: 200) }

  private static func entry(_ number: Int) -> AuditEntry {
    let digest = SHA256.hash([UInt8(truncatingIfNeeded: number)])
    return AuditEntry(
      actor: "ana@clinic.example", type: .destinationModified, outcome: .ok,
      requestID: "6b1e0f7a2c9d4e83", object: "destination/clinic-warehouse", before: digest,
      after: digest, changes: [AuditChange(setting: "path", old: "/var/a", new: "/var/b")])
  }

  func verify() -> AuditVerdict { AuditLog.verify(directory: folder, workspaceID: workspaceID) }

  func bytes() -> [UInt8] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted().reduce(into: []) { bytes, name in
      bytes += FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
    }
  }

  /// Largest resident size, in KB, of a process that only verifies this log.
  func verifyingMemory() throws -> Int {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [AuditVerification.argument, folder, workspaceID]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "the log is sound")
    return Int(String(decoding: answer, as: UTF8.self).split(separator: "\n")[0]) ?? 0
  }
}

/// A process that only verifies a log, and says how much memory it took.
enum AuditVerification {
  static let argument = "__audit-verify"

  /// Does so when this process was started for it, and then never returns.
  static func runIfRequested() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, arguments[1] == argument else { return }
    let verdict = AuditLog.verify(directory: arguments[2], workspaceID: arguments[3])
    print(try PathRun.peak())
    exit(verdict.exitCode)
  }
}

/// What appending costs when nothing but the disk is asked: one write and one fdatasync for each record.
private final class RawDisk {
  private let descriptor: Int32
  private let line = [UInt8](repeating: 0x61, count: 800)

  init(in folder: String) throws {
    descriptor = unsafe open(folder + "/raw", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    guard descriptor >= 0 else { throw POSIXError(.EIO) }
  }

  deinit { close(descriptor) }

  func appendDurably(times: Int) throws {
    for _ in 0..<times {
      guard unsafe write(descriptor, line, line.count) == line.count, fdatasync(descriptor) == 0
      else { throw POSIXError(.EIO) }
    }
  }
}
