import AuditLog
import Foundation
import Testing
import WorkspaceSnapshot

@testable import Workspace

/// Snapshots that the right key signed, and that hold what no configuration is.
@Suite struct HostileReplicaContentsTests {
  private static let product = TestWorkspace.product

  @Test(arguments: [
    ("keys/storage.key", "is a file that nothing in it needs"),
    ("audit/00000001.log", "is a file that nothing in it needs"),
    ("queue/files/x.segment", "is a file that nothing in it needs"),
    ("host.lock", "is a file that nothing in it needs"),
    ("adapters/\(product)/9.9.9/libTest.so", "is a file that nothing in it needs"),
    ("adapters/\(product)/1.0.0/libOther.so", "is a file that nothing in it needs"),
    ("secrets/files/other.sealed", "is a file that nothing in it needs"),
    ("replica.json", "is not replicated"),
    ("snapshots.json", "is not replicated"),
    ("destinations/Not-An-Id.json", "is a file that nothing in it needs"),
    ("sources/web2.json", "it is not of what its file is named after"),
  ])
  func `a file that does not belong there is refused`(path: String, reason: String) throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try test.forge(sequence: 2) { $0[path] = $0["sources/web.json"] }
    let text = errorText { _ = try replica.follow(snapshot: test.file) }
    #expect(text.contains(reason), "\(text)")
    #expect(try replica.replica().sequence == 1 && replica.damage.isEmpty)
    #expect(try Array(replica.bytes("keys/storage.key")).count == 32)
  }

  @Test(arguments: [
    "workspace.json", "privacy.json", "eligible-products.json", "product-lists.json",
    "adapters/\(product)/1.0.0/libTest.so", "adapters/\(product)/1.0.0/adapter.json",
  ])
  func `one in which something is missing is refused`(path: String) throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try test.forge(sequence: 2) { $0[path] = nil }
    #expect(
      errorText { _ = try replica.follow(snapshot: test.file) }
        .contains("what is in it does not hold"))
    #expect(try replica.replica().sequence == 1)
  }

  @Test func `a secret that a destination names and that is not in it is found`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try test.forge(sequence: 2) { files in
      for path in files.keys where path.hasPrefix("secrets/") { files[path] = nil }
    }
    #expect(errorText { _ = try replica.follow(snapshot: test.file) }.contains("is missing"))
  }

  @Test(arguments: [
    ("workspace.json", "\"ws_", "\"wx_", "of another workspace"),
    ("workspace.json", "\"format\" : 1", "\"format\" : 99", "Use a newer sealpost"),
    ("destinations/files.json", "\"id\" : \"files\"", "\"id\" : \"../x\"", "named after"),
    ("destinations/files.json", "-", "/../../", "no file's name"),
    ("adapters/\(product)/installed.json", "1.0.0", "../../..", "names it cannot have"),
    ("adapters/\(product)/installed.json", "libTest.so", "../../x", "names it cannot have"),
    ("adapters/\(product)/1.0.0/libTest.so", "library", "virus", "is not the installed one"),
    ("adapters/\(product)/1.0.0/adapter.json", "1", "2", "is not the installed one"),
    ("product-lists.json", "\"sequence\" : ", "\"sequence\" : x", "not JSON"),
  ])
  func `a document that says what does not hold is refused`(
    path: String, old: String, new: String, reason: String
  ) throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try test.forge(sequence: 2) { files in
      let text = String(decoding: files[path] ?? [], as: UTF8.self)
      #expect(text.contains(old))
      files[path] = Array(text.replacing(old, with: new).utf8)
    }
    let text = errorText { _ = try replica.follow(snapshot: test.file) }
    #expect(text.contains(reason), "\(text)")
    #expect(try replica.replica().sequence == 1 && replica.damage.isEmpty)
  }

  @Test func `a list of products whose signature does not hold is refused`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try test.forge(sequence: 2) { files in
      var text = String(decoding: files["product-lists.json"] ?? [], as: UTF8.self)
      // One letter of the list's base64.
      let start = text.range(of: "\"list\" : \"")!.upperBound
      let place = text.index(start, offsetBy: 40)
      text.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
      files["product-lists.json"] = Array(text.utf8)
    }
    #expect(
      errorText { _ = try replica.follow(snapshot: test.file) }.contains("does not fit the list"))
  }

  @Test func `what cannot be a snapshot is refused by its kind and size`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    let path = test.test.folder + "/f"
    #expect(unsafe mkfifo(path, 0o600) == 0)
    #expect(errorText { _ = try replica.follow(snapshot: path) }.contains("it is not a plain file"))
    unsafe unlink(path)
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(unsafe truncate(path, Snapshot.maximumSize + 1) == 0)
    #expect(errorText { _ = try replica.follow(snapshot: path) }.contains("it is longer than"))
    #expect(
      errorText { _ = try replica.follow(snapshot: test.test.folder) }.contains("file refused"))
    #expect(
      errorText { _ = try replica.follow(snapshot: "/dev/zero") }.contains("not a plain file"))
    #expect(errorText { _ = try replica.follow(snapshot: path + "-gone") }.contains("No such file"))
  }

  @Test func `a link to a snapshot is followed, as mounted files are links`() throws {
    let test = try TestOrigin()
    let replica = try test.replica(of: test.snapshot())
    try test.snapshot()
    let link = test.test.folder + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: test.file)
    _ = try replica.follow(snapshot: link)
    #expect(try replica.replica().sequence == 2)
  }
}
