package import Cryptography
internal import Foundation

/// What a snapshot says of itself: signed, and readable without a key.
package struct SnapshotIndex: Codable, Sendable, Equatable {
  package static let currentFormat = 1
  /// The most files that a snapshot holds.
  package static let maximumFiles = 10_000
  /// The longest index in bytes.
  static let longest = 4 * 1024 * 1024

  package var format = currentFormat
  /// Whose configuration it is.
  package let workspaceID: String
  /// Counts the snapshots of the workspace, from 1; a replica takes none that is not higher than its own.
  package let sequence: Int
  /// RFC 3339, UTC.
  package let takenAt: String
  /// Says under which storage key the contents are sealed, and nothing of the key.
  package let storageKeyID: String
  /// A checkpoint of the workspace's audit log, as it was when the snapshot was taken.
  package let checkpoint: String
  /// In the order of their paths' bytes, none twice: the order of the contents.
  package let files: [File]

  package struct File: Codable, Sendable, Equatable {
    /// Below the workspace's folder.
    package let path: String
    package let size: Int
    package let sha256: SHA256Digest
  }

  package init(
    workspaceID: String, sequence: Int, takenAt: String, storageKeyID: String, checkpoint: String,
    contents: [(path: String, bytes: [UInt8])]
  ) {
    self.workspaceID = workspaceID
    self.sequence = sequence
    self.takenAt = takenAt
    self.storageKeyID = storageKeyID
    self.checkpoint = checkpoint
    files = contents.map {
      File(path: $0.path, size: $0.bytes.count, sha256: SHA256.hash($0.bytes))
    }
  }

  private enum CodingKeys: String, CodingKey {
    case format, sequence, checkpoint, files
    case workspaceID = "workspace_id"
    case takenAt = "taken_at"
    case storageKeyID = "storage_key_id"
  }
}

// MARK: - Its bytes

extension SnapshotIndex {
  /// Always the same for the same index: keys sorted, no white space.
  func encoded() throws(SnapshotError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(self) else {
      throw .damaged("its index cannot be written as JSON")
    }
    return Array(bytes)
  }

  /// Reads only what ``encoded()`` writes, and only what a snapshot may hold.
  init(decoding bytes: [UInt8]) throws(SnapshotError) {
    guard let index = try? JSONDecoder().decode(SnapshotIndex.self, from: Data(bytes)) else {
      throw .damaged("its index is none")
    }
    guard try index.encoded() == bytes else {
      throw .damaged("its index is not written as indexes are")
    }
    try index.check()
    self = index
  }

  /// Throws for what no snapshot may hold: other formats, names that lead elsewhere, files twice, too much.
  func check() throws(SnapshotError) {
    guard format == Self.currentFormat else { throw .formatTooNew(format) }
    guard sequence > 0 else { throw .damaged("its sequence is not 1 or more") }
    guard files.count <= Self.maximumFiles else {
      throw .damaged("it has more than \(Self.maximumFiles) files")
    }
    var room = Snapshot.maximumSize
    var last: String?
    for file in files {
      guard Self.isPath(file.path) else { throw .damaged("a file in it has a name it cannot have") }
      guard last.map({ $0.utf8.lexicographicallyPrecedes(file.path.utf8) }) ?? true else {
        throw .damaged("its files are not in order, or one is there twice")
      }
      guard (0...room).contains(file.size) else { throw .tooLarge(maximum: Snapshot.maximumSize) }
      room -= file.size
      last = file.path
    }
  }

  /// Of all files; fits, since ``check()`` has bounded it.
  var contentsSize: Int { files.reduce(0) { $0 + $1.size } }

  /// One to four names of printable ASCII, none of which starts with a dot.
  private static func isPath(_ path: String) -> Bool {
    let names = path.split(separator: "/", omittingEmptySubsequences: false)
    return (1...4).contains(names.count)
      && names.allSatisfy { name in
        (1...128).contains(name.utf8.count) && !name.hasPrefix(".")
          && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      }
  }
}
