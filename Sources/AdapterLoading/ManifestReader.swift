/// Reads the members of a JSON object one by one and collects what is wrong with them, instead of stopping at the first.
///
/// Whoever asked for a member gets a stand-in when it is missing or of another type; the complaints decide.
struct ManifestReader {
  private let members: KeyedDecodingContainer<MemberName>
  private let path: String
  private(set) var complaints: [String]

  /// Complains of members that `known` does not name: a mistyped key must not count as left out.
  init(_ decoder: any Decoder, path: String = "", known: [String]) throws {
    members = try decoder.container(keyedBy: MemberName.self)
    self.path = path
    let unknown = members.allKeys.map(\.stringValue).filter { !known.contains($0) }
    let names = known.map { "\"\($0)\"" }.joined(separator: ", ")
    complaints = unknown.isEmpty ? [] : ["it has \(unknown.count) unknown keys; known are \(names)"]
  }

  /// The member of that name, as `type`; `expected` says in words what it must be.
  mutating func value<Value: Decodable>(
    _ key: String, _ type: Value.Type, expected: String, else substitute: Value
  ) -> Value {
    let name = MemberName(key)
    guard members.contains(name) else {
      complaints.append("\"\(path)\(key)\" is missing; it must be \(expected)")
      return substitute
    }
    do {
      return try members.decode(type, forKey: name)
    } catch {
      complaints.append("\"\(path)\(key)\" must be \(expected)")
      return substitute
    }
  }

  /// The same for a member that may be left out, which then is the substitute.
  mutating func optional<Value: Decodable>(
    _ key: String, _ type: Value.Type, expected: String, else substitute: Value
  ) -> Value {
    guard members.contains(MemberName(key)) else { return substitute }
    return value(key, type, expected: expected, else: substitute)
  }

  /// Adds the complaint unless the condition holds and nothing was said of the key before.
  mutating func expect(_ condition: Bool, _ key: String, _ expected: String) {
    guard !condition, !complaints.contains(where: { $0.hasPrefix("\"\(path)\(key)\" ") }) else {
      return
    }
    complaints.append("\"\(path)\(key)\" must be \(expected)")
  }

  mutating func add(_ more: [String]) { complaints += more }
}

/// A key of any name.
private struct MemberName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }

  init?(stringValue: String) { self.init(stringValue) }

  init?(intValue: Int) { nil }
}
