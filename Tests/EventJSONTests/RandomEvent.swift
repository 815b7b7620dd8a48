import Workbench

/// Valid events with everything that JSON allows: white space, escapes, odd numbers, escaped and repeated keys.
struct RandomEvent {
  private var random: SeededGenerator
  private var out = ""
  private let repeatsKeys: Bool

  /// - Parameter repeatsKeys: whether one object may hold a key twice; a document parser keeps one of them.
  static func make(seed: UInt64, repeatsKeys: Bool) -> String {
    var event = RandomEvent(random: SeededGenerator(seed: seed), repeatsKeys: repeatsKeys)
    event.object(event.fields())
    return event.out
  }

  private init(random: SeededGenerator, repeatsKeys: Bool) {
    (self.random, self.repeatsKeys) = (random, repeatsKeys)
  }

  /// The keys that the tests select, in a spelling or another, and some that are near them.
  private static let keys = [
    "email", "E-Mail", "e_mail", "EMAIL", "phone", "Phone ", "date_of_birth", "dateOfBirth",
    "Date of Birth", "mrn", "address", "emails", "mail", "phones", "x", "", "_", "名前", "clé",
    "items", "type", "userId", "traits",
  ]

  private mutating func fields() -> [(String, (inout RandomEvent) -> Void)] {
    var fields: [(String, (inout RandomEvent) -> Void)] = [
      ("type", { $0.out += "\"page\"" }), ("userId", { $0.out += "\"u\"" }),
    ]
    for name in ["context", "traits", "properties"] where !random.oneIn(4) {
      fields.append((name, { $0.members(depth: 4) }))
    }
    for name in ["email", "phone", "integrations", "messageId"] where random.oneIn(2) {
      fields.append((name, { name == "messageId" ? $0.string() : $0.value(depth: 2) }))
    }
    return fields.shuffled(using: &random)
  }

  private mutating func object(_ members: [(String, (inout RandomEvent) -> Void)]) {
    space()
    out += "{"
    for (index, member) in members.enumerated() {
      if index > 0 { out += "," }
      space()
      text(member.0)
      space()
      out += ":"
      space()
      member.1(&self)
      space()
    }
    out += "}"
    space()
  }

  private mutating func members(depth: Int) {
    var seen: Set<String> = []
    let keys = (0..<random.below(5)).map { _ in random.pick(RandomEvent.keys) }
    object(
      keys.filter { repeatsKeys || seen.insert($0).inserted }
        .map { ($0, { $0.value(depth: depth - 1) }) })
  }

  private mutating func value(depth: Int) {
    switch random.below(depth > 0 ? 8 : 5) {
    case 0...2: string()
    case 3:
      out += random.pick(["0", "-0", "120.50", "1E+5", "-12.5e-3", "7", "1000000"])
    case 4: out += random.pick(["true", "false", "null"])
    case 5: list(depth: depth)
    default: members(depth: depth)
    }
  }

  private mutating func list(depth: Int) {
    out += "["
    for index in 0..<random.below(4) {
      if index > 0 { out += "," }
      space()
      value(depth: depth - 1)
      space()
    }
    out += "]"
  }

  private mutating func string() {
    let pieces = ["a", "email", "\"", "\\", "\n", "{", "}", ",", ":", "é", "😀", "\u{1}", " ", "/"]
    text((0..<random.below(8)).map { _ in random.pick(pieces) }.joined())
  }

  /// A string with some of its characters escaped without need.
  private mutating func text(_ text: String) {
    out += "\""
    for scalar in text.unicodeScalars {
      let must = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
      guard must || random.oneIn(8) else {
        out.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16, uppercase: random.oneIn(2))
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    out += "\""
  }

  private mutating func space() {
    if random.oneIn(6) { out += random.pick([" ", "  ", "\t", "\r\n", "\n "]) }
  }
}
