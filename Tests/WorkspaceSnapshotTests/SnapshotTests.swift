import Cryptography
import Foundation
import Testing
import Workbench

@testable import WorkspaceSnapshot

@Suite struct SnapshotTests {
  @Test func `what was put in comes out, by the path of each file`() throws {
    let test = try TestSnapshot()
    let files = try test.open(test.bytes)
    #expect(files.count == 3)
    for (path, bytes) in TestSnapshot.contents { #expect(files[path] == bytes, "\(path)") }
    let read = try Snapshot(test.bytes, signedBy: test.keyID)
    #expect(read.index == test.snapshot.index)
    #expect(read.sha256 == SHA256.hash(test.bytes))
  }

  @Test func `the same configuration is the same file, byte for byte`() throws {
    #expect(try TestSnapshot().bytes == TestSnapshot().bytes)
    #expect(try TestSnapshot().bytes != TestSnapshot(sequence: 8).bytes)
  }

  @Test func `one without files is one, too`() throws {
    let test = try TestSnapshot([])
    #expect(try test.open(test.bytes).isEmpty)
  }

  @Test func `nothing that is in it can be read without the storage key`() throws {
    let test = try TestSnapshot()
    #expect(!String(decoding: test.bytes, as: UTF8.self).contains("a library"))
    let read = try Snapshot(test.bytes, signedBy: test.keyID)
    #expect(throws: SnapshotError.otherStorageKey) {
      _ = try read.files(openedWith: TestSnapshot.root(10))
    }
  }

  @Test func `one that another key signed is refused before anything of it is believed`() throws {
    let (test, other) = (try TestSnapshot(), try TestSnapshot(seed: 2))
    #expect(throws: SnapshotError.otherKey(found: other.keyID, expected: test.keyID)) {
      _ = try test.open(other.bytes)
    }
  }

  @Test func `another key's index under the right key's name is refused`() throws {
    let (test, other) = (try TestSnapshot(), try TestSnapshot(seed: 2))
    let (own, foreign) = (test.bytes.split(separator: 10), other.bytes.split(separator: 10))
    // Key and the signature's name of the one, the signature itself of the other.
    let lines = [own[0], own[1], own[2], own[3], foreign[4], own[5]]
    let head = Array(lines.joined(separator: [10])) + [10]
    let start = own[0..<6].reduce(0) { $0 + $1.count + 1 }
    #expect(
      refusal(of: head + test.bytes[start...], test)
        == .damaged("its signature does not fit its index"))
  }

  @Test func `OpenSSL's own command finds the signature to hold`() throws {
    let test = try TestSnapshot()
    let folder = try Scratch()
    let signature = test.bytes.split(separator: 10)[4]
    let raw = try #require(Data(base64Encoded: Data(signature)))
    let message = try "sealpost workspace snapshot index 1\n" + test.index
    try Judge.run([
      "openssl", "pkeyutl", "-verify", "-rawin", "-pubin",
      "-inkey", try folder.write("key.pem", test.key.verifyingKey.pem()),
      "-in", try folder.write("message", message),
      "-sigfile", try folder.write("signature", raw),
    ])
  }
}

/// Why a file is refused; nil when it is not.
func refusal(of bytes: some Sequence<UInt8>, _ test: TestSnapshot) -> SnapshotError? {
  do throws(SnapshotError) {
    _ = try test.open(Array(bytes))
    return nil
  } catch {
    return error
  }
}
