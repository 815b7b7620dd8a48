/// The snapshots that were taken of a workspace: the document `snapshots.json`; there is none before the first.
struct SnapshotSeries: Codable, Sendable, Equatable {
  static let currentFormat = 1

  var format = currentFormat
  /// Of the last one; never given to two.
  var sequence: Int
  /// Of the key that signs them.
  var keyID: String

  private enum CodingKeys: String, CodingKey {
    case format, sequence
    case keyID = "key_id"
  }
}
