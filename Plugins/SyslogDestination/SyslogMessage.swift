internal import DestinationKit
internal import FoundationEssentials

/// The parts of a message's header that are the same for all (RFC 5424, section 6.2).
struct MessageHeader: Sendable {
  /// Facility times eight and severity.
  let priority: Int
  let hostname: String
  let appName: String
  let structuredDataID: String
}

/// What a mapping made of one event: the parts of a message, each as its JSON.
struct MessageParts {
  var time: [UInt8]?
  var id: [UInt8]?
  var data: [UInt8]?
  var message: [UInt8]?

  init(_ events: MappedEvents, at index: Int) {
    events.forEachMember(at: index) { name, value in
      switch name {
      case "time": time = value
      case "id": id = value
      case "data": data = value
      case "message": message = value
      default: break
      }
    }
  }
}

extension MessageHeader {
  /// Appends one message (RFC 5424): text as text, any other JSON byte by byte.
  ///
  /// Without a byte order mark, which RFC 5424 asks for and readers of JSON trip over: the message is "any", and UTF-8.
  func append(
    _ parts: MessageParts, structuredData: [(name: String, value: [UInt8])], received: Int64,
    to out: inout [UInt8]
  ) {
    let time = parts.time.flatMap { Timestamp.checked(JSONValue.text($0)) }
    let id = parts.id.map(JSONValue.text).flatMap { $0.isPrintable(longest: 32) ? $0 : nil }
    let head =
      "<\(priority)>1 \(time ?? UTCTime(unixNanoseconds: received).text) \(hostname) \(appName) - \(id ?? "-") "
    out += head.utf8
    append(structuredData, to: &out)
    guard let message = parts.message else { return }
    out.append(UInt8(ascii: " "))
    out += JSONValue.bytes(message)
  }

  private func append(_ data: [(name: String, value: [UInt8])], to out: inout [UInt8]) {
    guard !data.isEmpty else { return out.append(UInt8(ascii: "-")) }
    out += "[\(structuredDataID)".utf8
    for (name, value) in data {
      out += " \(name)=\"".utf8
      for byte in JSONValue.bytes(value) {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "]") {
          out.append(UInt8(ascii: "\\"))
        }
        out.append(byte)
      }
      out.append(UInt8(ascii: "\""))
    }
    out.append(UInt8(ascii: "]"))
  }
}

/// A value of a mapped object.
enum JSONValue {
  /// A string's own text, any other value as it stands.
  static func bytes(_ json: [UInt8]) -> [UInt8] {
    guard json.first == UInt8(ascii: "\""), json.last == UInt8(ascii: "\""), json.count >= 2 else {
      return json
    }
    // Ciphertext and names have no escapes: nothing is to be undone.
    guard json.contains(UInt8(ascii: "\\")) else { return Array(json[1..<json.count - 1]) }
    return (try? JSONDecoder().decode(String.self, from: Data(json))).map { Array($0.utf8) } ?? json
  }

  static func text(_ json: [UInt8]) -> String { String(decoding: bytes(json), as: UTF8.self) }
}

extension StringProtocol {
  /// 1 to `longest` characters of ASCII, none of them a space or a control.
  func isPrintable(longest: Int) -> Bool {
    (1...longest).contains(utf8.count) && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  /// RFC 5424, SD-NAME.
  var isParameterName: Bool {
    isPrintable(longest: 32) && !utf8.contains { "=]\"".utf8.contains($0) }
  }
}
