internal import Workspace

/// A key that adapters or lists are signed with, as both lists of such keys show it.
extension AdapterTrust.Key {
  var cells: [Table.Cell] { [.init(id), .init(name), .init(addedAt)] }

  var json: JSONText {
    .object([("id", .string(id)), ("name", .string(name)), ("added_at", .string(addedAt))])
  }
}
