import Cryptography
import Foundation
import Synchronization
import Testing

@testable import AuditLog

@Suite struct AuditLogTests {
  private let test: TestLog

  init() throws { test = try TestLog() }

  @Test func `a record has the documented fields, in order, in ASCII`() throws {
    let record = try test.open().append(TestLog.entry(0))
    let line = String(decoding: try #require(try test.lines().last), as: UTF8.self)
    #expect(line.hasPrefix(#"{"v":1,"seq":2,"timestamp":"2"#))
    #expect(
      line.hasSuffix(
        #","workspace_id":"ws_test","actor_user_id":"usr_0","event_type":"Workspace Created","#
          + #""end_user_id":"","outcome":"intent","request_id":"req-0","object":"destination/file-0","#
          + #""before":"","after":"","changes":"[{\"setting\":\"name\",\"old\":\"a \\\"quoted\\\" \\\\ \\u00e4\\u000a\","#
          + #"\"new\":\"\\ud83c\\udfe5\\u007f\\u0000\"}]","prev":"\#(record.previous.hex)","hash":"\#(record.hash.hex)"}"#
          + "\n"))
    #expect(line.utf8.allSatisfy { $0 < 0x7F })
    let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(parsed?.count == 15)
  }

  @Test func `records come back as they were written`() throws {
    try test.write(30)
    let records = try test.records()
    #expect(records.map(\.entry) == (0..<30).map(TestLog.entry))
    #expect(records.map(\.sequence) == Array(2...31))
  }

  @Test func `a query keeps what matches all of its conditions`() throws {
    try test.write(40)
    let log = try test.open()
    let all = try log.records(matching: AuditQuery())
    let query = AuditQuery(actor: "usr_1", object: "destination/file-0")
    #expect(
      try log.records(matching: query)
        == all.filter {
          $0.actor == "usr_1" && $0.object == "destination/file-0"
        })
    #expect(try log.records(matching: AuditQuery(object: "destination/")).count == 40)
    #expect(try log.records(matching: AuditQuery(type: .workspaceModified)).count == 2)
    #expect(try log.records(matching: AuditQuery(since: "2999")).isEmpty)
  }

  @Test func `several processes' handles and threads write one gapless chain`() throws {
    let logs = try (0..<4).map { _ in try test.open() }
    let failures = Mutex(0)
    let group = DispatchGroup()
    for (writer, log) in logs.enumerated() {
      for _ in 0..<2 {
        group.enter()
        Thread {
          for number in 0..<25 where (try? log.append(TestLog.entry(writer * 100 + number))) == nil
          {
            failures.withLock { $0 += 1 }
          }
          group.leave()
        }.start()
      }
    }
    group.wait()
    #expect(failures.withLock { $0 } == 0)
    #expect(test.sound?.records == 201)
  }

  @Test func `a record that is too long is not written`() throws {
    let log = try test.open()
    var entry = TestLog.entry(0)
    entry.object = String(repeating: "x", count: AuditRecord.longest)
    #expect {
      try log.append(entry)
    } throws: { error in
      if case AuditError.recordTooLong = error { true } else { false }
    }
    try log.append(TestLog.entry(1))
    #expect(try test.records().count == 1)
  }

  @Test func `where the file cannot grow nothing is half written, and the error says so`() async {
    await #expect(processExitsWith: .success) {
      let test = try TestLog()
      let log = try test.open()
      for number in 0..<10 { try log.append(TestLog.entry(number)) }
      signal(SIGXFSZ, SIG_IGN)
      let size = try test.bytes().count
      var limit = rlimit(rlim_cur: rlim_t(size + 100), rlim_max: rlim_t(size + 100))
      guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
        exit(2)
      }
      var failed = false
      do { try log.append(TestLog.entry(11)) } catch {
        failed = "\(error)".contains("cannot be written")
      }
      let isSame = try test.bytes().count == size
      exit(failed && isSame ? 0 : 1)
    }
  }

  @Test func `a folder that cannot be written is told by its path`() throws {
    #expect(
      throws: AuditError.cannotOpen(path: "/proc/self/lock", code: ENOENT)
    ) { _ = try AuditLog(directory: "/proc/self", keys: test.keys, workspaceID: "ws") }
  }

  @Test func `another workspace's log is refused`() throws {
    try test.write(3)
    #expect {
      _ = try AuditLog(directory: test.folder, keys: test.keys, workspaceID: "ws_other")
    } throws: { error in
      if case AuditError.tampered(_, 1, 0, _) = error { true } else { false }
    }
  }

  @Test func `a log that is replaced while it is open is noticed`() throws {
    let log = try test.open()
    try log.append(TestLog.entry(0))
    let bytes = try test.bytes()
    try FileManager.default.removeItem(atPath: test.file)
    try test.replace(bytes)
    #expect(throws: AuditError.replaced(path: test.file)) { try log.append(TestLog.entry(1)) }
  }

  @Test func `times never go back`() throws {
    let last = "2999-01-01T00:00:00.000000Z"
    #expect(AuditTime.now(notBefore: last) == last)
    let now = Array(AuditTime.now(notBefore: "").utf8)
    #expect(unsafe AuditTime.isOne(now.span.bytes, now.indices))
  }

  @Test func `event types have names of their own, in title case`() {
    let names = AuditEventType.allCases.map(\.rawValue)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(name.split(separator: " ").allSatisfy { $0.first?.isUppercase == true })
    }
  }
}
