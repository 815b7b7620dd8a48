/// One thing that the host says while it runs; never a field value, a key or a secret.
struct LogEntry: Sendable {
  let level: LogLevel
  /// Its stable name, in snake_case: what alerts are written against.
  let name: String
  /// For people; one line.
  let message: String
  /// Ids and counts, by stable names; in the JSON form only.
  var fields: [(name: String, value: JSONText)] = []

  init(
    _ level: LogLevel, _ name: String, _ message: String,
    _ fields: KeyValuePairs<String, JSONText> = [:]
  ) {
    self.level = level
    self.name = name
    self.message = message
    self.fields = fields.map { (name: $0.key, value: $0.value) }
  }

  /// About one destination, whose id stands before the message.
  init(
    _ level: LogLevel, _ name: String, of destination: String, _ message: String,
    _ fields: KeyValuePairs<String, JSONText> = [:]
  ) {
    self.init(level, name, "\(destination): \(message)", fields)
    self.fields.insert((name: "destination", value: .string(destination)), at: 0)
  }

  /// What it is limited by: its name and what it is about.
  var kind: String {
    guard case .string(let id)? = fields.first(where: { $0.name == "destination" })?.value else {
      return name
    }
    return "\(name) \(id)"
  }

  /// One JSON document in one line.
  func json(at time: String) -> JSONText {
    .object(
      [
        ("time", .string(time)), ("level", .string(level.rawValue)), ("event", .string(name)),
        ("message", .string(message)),
      ] + fields.map { ($0.name, $0.value) })
  }
}
