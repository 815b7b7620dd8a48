internal import DestinationKit

/// The body of the request that one event becomes.
///
/// Of the mapped object `name` and `params` are the event's, all else is the request's.
struct Payload {
  /// Of the protocol, for a request.
  private static let longest = 130_000

  private var frame: [UInt8] = Array("{".utf8)
  private var parameters = Array("{}".utf8)
  private var name = ""
  private var hasClient = false

  init(_ events: MappedEvents, _ index: Int) {
    events.forEachMember(at: index) { key, value in
      switch key {
      case "name": name = EventName.taken(from: value)
      case "params": parameters = value
      default:
        if key == "client_id" || key == "app_instance_id" { hasClient = true }
        frame += Array("\"\(key)\":".utf8) + value + [UInt8(ascii: ",")]
      }
    }
  }

  /// Throws a ``DeliveryError`` for what the protocol would drop in silence.
  func body() throws -> [UInt8] {
    guard hasClient else { throw Self.refusal("it has no client_id") }
    if let problem = EventName.problem(with: name) { throw Self.refusal(problem) }
    let event = Array(#"{"name":"\#(name)","params":"#.utf8) + parameters
    let body = frame + Array(#""events":["#.utf8) + event + Array("}]}".utf8)
    guard body.count <= Self.longest else { throw Self.refusal("it is larger than 130 KB") }
    return body
  }

  private static func refusal(_ why: String) -> DeliveryError {
    DeliveryError(.rejected(detail: "Google Analytics would drop this event: \(why)"))
  }
}

/// Names of events: letters, digits and underscores, a letter first, 40 characters at most.
enum EventName {
  /// A JSON string as a name: in lower case, with one underscore for what is no letter and no digit.
  static func taken(from json: [UInt8]) -> String {
    var name: [UInt8] = []
    for byte in json.dropFirst().dropLast() {
      let isLetter = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      if isLetter || isDigit {
        name.append(isLetter ? byte | 0x20 : byte)
      } else if name.last != UInt8(ascii: "_") {
        name.append(UInt8(ascii: "_"))
      }
    }
    return String(decoding: name, as: UTF8.self)
  }

  static func problem(with name: String) -> String? {
    guard let first = name.utf8.first else { return "it has no name" }
    guard first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") else {
      return "its name does not begin with a letter"
    }
    guard name.utf8.count <= 40 else { return "its name has more than 40 characters" }
    let isReserved =
      reserved.contains(name) || ["firebase_", "ga_", "google_"].contains { name.hasPrefix($0) }
    return isReserved ? "its name is reserved" : nil
  }

  private static let reserved: Set<String> = [
    "ad_activeview", "ad_click", "ad_exposure", "ad_query", "ad_reward", "adunit_exposure",
    "app_clear_data", "app_exception", "app_install", "app_remove", "app_store_refund",
    "app_update", "app_upgrade", "error", "first_open", "first_visit", "in_app_purchase",
    "notification_dismiss", "notification_foreground", "notification_open",
    "notification_receive", "os_update", "session_start", "user_engagement",
  ]
}
