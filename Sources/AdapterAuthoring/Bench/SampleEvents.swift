internal import AdapterLoading
internal import Foundation

/// Events as the host hands them over, after the Segment spec.
enum SampleEvents {
  static let kinds: [(name: String, type: UInt32)] = [
    ("identify", 1), ("track", 2), ("page", 3), ("screen", 4), ("group", 5), ("alias", 6),
  ]

  /// As long as what RSA with 2048 bits makes of a short value, in base64; with each of its special letters.
  static let sealed =
    "Qk+"
    + String(repeating: "aZ09/+bY18/+cX27/+dW36/+", count: 14) + "z/+=="

  /// One event of that kind; `more` are members of its properties or traits, written as JSON.
  static func event(
    _ type: UInt32, id: String, attempt: UInt32 = 1, more: [(String, String)] = []
  ) -> TrialBatch.Event {
    let kind = kinds.first { $0.type == type }?.name ?? "track"
    let members = more.map { "\"\($0.0)\":\($0.1)" }
    let json =
      #"{"type":"\#(kind)","messageId":"\#(id)","userId":"u-1","timestamp":"2026-11-25T10:00:00.000Z","#
      + #""context":{"library":{"name":"validator","version":"1.0.0"}},"#
      + special(type, members) + "}"
    return TrialBatch.Event(json: Data(json.utf8), id: id, type: type, attempt: attempt)
  }

  private static func special(_ type: UInt32, _ members: [String]) -> String {
    let properties = "{\((["\"plan\":\"basic\""] + members).joined(separator: ","))}"
    switch type {
    case 1: return #""traits":\#(properties)"#
    case 2: return #""event":"Appointment Booked","properties":\#(properties)"#
    case 5: return #""groupId":"g-1","traits":\#(properties)"#
    case 6: return #""previousId":"u-0""#
    default: return #""name":"Home","properties":\#(properties)"#
    }
  }

  /// `count` events of kinds that the adapter serves, by turns.
  static func batch(
    _ count: Int, servedBy served: UInt32, prefix: String = "m", more: [(String, String)] = []
  ) -> [TrialBatch.Event] {
    let types = kinds.map(\.type).filter { served >> $0 & 1 == 1 }
    return (0..<count).map { index in
      event(types.isEmpty ? 2 : types[index % types.count], id: "\(prefix)-\(index)", more: more)
    }
  }
}
