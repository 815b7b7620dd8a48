import Testing

@testable import WorkspaceSnapshot

/// Files that were made, or damaged, to be taken for what they are not.
@Suite struct HostileSnapshotTests {
  @Test func `every flipped bit is found`() throws {
    let test = try TestSnapshot()
    for position in test.bytes.indices {
      for bit in 0..<8 {
        var bytes = test.bytes
        bytes[position] ^= 1 << bit
        #expect(refusal(of: bytes, test) != nil, "byte \(position), bit \(bit)")
      }
    }
  }

  @Test func `every truncation is found`() throws {
    let test = try TestSnapshot()
    for length in test.bytes.indices {
      #expect(refusal(of: test.bytes.prefix(length), test) != nil, "\(length) bytes")
    }
  }

  @Test func `bytes behind its end are found`() throws {
    let test = try TestSnapshot()
    for tail in [[0], [10], test.bytes] {
      #expect(
        refusal(of: test.bytes + tail, test) == .damaged("it is not as long as its index says"))
    }
  }

  @Test func `bytes put in or taken out anywhere are found`() throws {
    let test = try TestSnapshot()
    for position in test.bytes.indices {
      var longer = test.bytes
      longer.insert(test.bytes[position], at: position)
      #expect(refusal(of: longer, test) != nil, "\(position)")
      var shorter = test.bytes
      shorter.remove(at: position)
      #expect(refusal(of: shorter, test) != nil, "\(position)")
    }
  }

  @Test(arguments: [
    ("", SnapshotError.notASnapshot),
    ("hello\n", .notASnapshot),
    ("sealpost workspace snapshot 0\n", .notASnapshot),
    ("sealpost workspace snapshot 01\n", .notASnapshot),
    ("sealpost workspace snapshot 2\n", .formatTooNew(2)),
    ("sealpost workspace snapshot 99999999999999999999\n", .notASnapshot),
    ("sealpost workspace snapshot 1\n", .damaged("its key is none")),
    ("sealpost workspace snapshot 1\nAAAA\n", .damaged("its key is none")),
  ])
  func `what is no snapshot is told so`(text: String, expected: SnapshotError) throws {
    #expect(refusal(of: Array(text.utf8), try TestSnapshot()) == expected)
  }

  @Test(arguments: [
    "0", "-1", "+1", "01", " 1", "1 ", "4194305", "9223372036854775807",
    "99999999999999999999999", "",
  ])
  func `a length that no index has is refused, and nothing is read for it`(length: String) throws {
    let test = try TestSnapshot()
    var lines = test.bytes.split(separator: 10, omittingEmptySubsequences: false)
    lines[5] = ArraySlice(length.utf8)
    #expect(
      refusal(of: lines.joined(separator: [10]), test)
        == .damaged("its index is cut off, or longer than an index may be"))
  }

  /// The right key signs, and the index is hostile all the same: as a bug, or a thief of the key, would have it.
  @Test(arguments: [
    "../evil", "/etc/passwd", "a/../../evil", "a//b", "a/", "/", "", ".hidden", "a/.hidden", "a b",
    "a\\u0000b", "a\\nb", "a/b/c/d/e", "\u{e9}", String(repeating: "a", count: 129),
  ])
  func `a name that leads elsewhere is refused`(path: String) throws {
    let test = try TestSnapshot()
    let index = try test.index.replacing("workspace.json", with: path)
    #expect(throws: SnapshotError.self) { _ = try test.open(test.signing(index)) }
  }

  @Test(arguments: [
    // The same file twice, and files out of their order.
    ("empty.json", "workspace.json", "its files are not in order, or one is there twice"),
    ("empty.json", "zzz.json", "its files are not in order, or one is there twice"),
    ("\"sequence\":7", "\"sequence\":0", "its sequence is not 1 or more"),
    ("\"sequence\":7", "\"sequence\":-7", "its sequence is not 1 or more"),
    ("\"sequence\":7", "\"sequence\":7.5", "its index is none"),
    ("\"sequence\":7", "\"sequence\":\"7\"", "its index is none"),
    ("\"sequence\":7", "\"sequence\":7,\"sequence\":8", "its index is not written as indexes are"),
    ("\"sequence\":7", "\"more\":1,\"sequence\":7", "its index is not written as indexes are"),
    ("\"sequence\":7", "\"sequence\": 7", "its index is not written as indexes are"),
    ("\"size\":9", "\"size\":8", "it is not as long as its index says"),
  ])
  func `an index that says what none may say is refused`(
    old: String, new: String, reason: String
  ) throws {
    let test = try TestSnapshot()
    let index = try test.index.replacing(old, with: new)
    #expect(refusal(of: try test.signing(index), test) == .damaged(reason))
  }

  @Test(arguments: ["-1", "536870913", "9223372036854775807"])
  func `a size that does not fit is refused before anything is made for it`(size: String) throws {
    let test = try TestSnapshot()
    let index = try test.index.replacing("\"size\":9", with: "\"size\":\(size)")
    #expect(
      refusal(of: try test.signing(index), test) == .tooLarge(maximum: Snapshot.maximumSize))
  }

  @Test func `sizes that only together do not fit are refused`() throws {
    let test = try TestSnapshot()
    let index = try test.index.replacing("\"size\":9", with: "\"size\":536870000")
      .replacing("\"size\":13", with: "\"size\":536870000")
    #expect(
      refusal(of: try test.signing(index), test) == .tooLarge(maximum: Snapshot.maximumSize))
  }

  @Test func `sizes that are exchanged are found by the files' digests`() throws {
    let test = try TestSnapshot()
    let index = try test.index.replacing("\"size\":9", with: "\"size\":22")
      .replacing("\"size\":13", with: "\"size\":0")
    // Another index is another key: the contents do not open under it.
    #expect(
      refusal(of: try test.signing(index), test)
        == .damaged("its contents are not what was sealed"))
  }

  @Test func `contents that are not what the index says are found although they open`() throws {
    let contents = TestSnapshot.contents
    let test = try TestSnapshot()
    let other = [
      contents[0], contents[1], (path: contents[2].path, bytes: Array("{\"format\":2}\n".utf8)),
    ]
    let forged = try Snapshot(
      test.snapshot.index, other, sealedUnder: TestSnapshot.root(), signedBy: test.key)
    #expect(
      refusal(of: forged.bytes, test) == .damaged("a file in it is not as its index says"))
  }

  @Test func `more files than there may be are refused`() throws {
    let files = (0...SnapshotIndex.maximumFiles).map { number in
      (path: "f\(100_000 + number)", bytes: [UInt8]())
    }
    #expect(throws: SnapshotError.damaged("it has more than 10000 files")) {
      _ = try TestSnapshot(files)
    }
  }

  @Test func `random damage of several bytes never passes, nor ends the process`() throws {
    let test = try TestSnapshot()
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var bytes = test.bytes
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      if bytes != test.bytes { #expect(refusal(of: bytes, test) != nil) }
    }
  }
}
