internal import Foundation

/// Reads a list of products from bytes that may be anything, and collects every problem with its path.
struct ProductListReader: Decodable {
  /// More would not be read.
  private static let maximumProblems = 50

  private let list: ProductList?
  private let problems: [String]

  static func read(_ bytes: [UInt8]) throws(EligibilityError) -> ProductList {
    guard bytes.count <= ProductList.maximumSize else {
      throw .badList(["it is longer than \(ProductList.maximumSize) bytes"])
    }
    guard String(validating: bytes, as: UTF8.self) != nil,
      let reader = try? JSONDecoder().decode(ProductListReader.self, from: Data(bytes))
    else { throw .badList(["it is not a JSON object in UTF-8"]) }
    guard let list = reader.list, reader.problems.isEmpty else {
      throw .badList(Array(reader.problems.prefix(maximumProblems)))
    }
    return list
  }

  init(from decoder: any Decoder) throws {
    var fields = Fields(
      try decoder.container(keyedBy: AnyKey.self), path: "",
      known: ["format", "issuer", "sequence", "issued", "expires", "entries"])
    let format = fields.value(Int.self, "format", "a number")
    if let format, format != ProductList.currentFormat {
      fields.add("format", "it is \(format) and this version knows \(ProductList.currentFormat)")
    }
    let issuer = fields.text("issuer", 1...100)
    let sequence = fields.value(Int.self, "sequence", "a number")
    if let sequence, !(1...1_000_000_000).contains(sequence) {
      fields.add("sequence", "it is not 1 to 1000000000")
    }
    let issued = fields.date("issued")
    let expires = fields.date("expires")
    if let issued, let expires, expires < issued {
      fields.add("expires", "it is before \"issued\"")
    }
    let entries = fields.value([Entry].self, "entries", "a list of objects") ?? []
    if !(1...ProductList.maximumEntries).contains(entries.count) {
      fields.add(
        "entries", "it has \(entries.count) entries, not 1 to \(ProductList.maximumEntries)")
    }
    problems = fields.problems + Self.problems(of: entries, issued)
    guard let issuer, let sequence, let issued, let expires else {
      list = nil
      return
    }
    list = ProductList(
      issuer: issuer, sequence: sequence, issued: issued, expires: expires,
      entries: entries.compactMap(\.entry))
  }

  private static func problems(of entries: [Entry], _ issued: CalendarDate?) -> [String] {
    var seen: Set<String> = []
    return entries.enumerated().flatMap { index, entry in
      var problems = entry.problems
      if let product = entry.entry {
        if !seen.insert(product.id).inserted { problems.append("id: it is there twice") }
        if let issued, let asOf = CalendarDate(product.asOf), asOf > issued {
          problems.append("as_of: it is after the list's \"issued\"")
        }
      }
      return problems.map { "entries[\(index)].\($0)" }
    }
  }

  /// One product; what is wrong with it is kept beside it.
  private struct Entry: Decodable {
    let entry: ProductEntry?
    let problems: [String]

    init(from decoder: any Decoder) throws {
      var fields = Fields(
        try decoder.container(keyedBy: AnyKey.self), path: "",
        known: [
          "id", "name", "vendor", "category", "eligible", "condition", "as_of", "source",
          "adapters",
        ])
      let id = fields.text("id", 1...128)
      if let id, !ProductID.isValid(id) { fields.add("id", "it is no product id") }
      let name = fields.text("name", 1...200)
      let vendor = fields.text("vendor", 1...200)
      let category = fields.text("category", 1...200)
      let eligible = fields.value(Bool?.self, "eligible", "true, false or null")
      let condition = fields.has("condition") ? fields.text("condition", 0...1000) : ""
      let asOf = fields.date("as_of")
      let source = fields.text("source", 1...500)
      let pins =
        fields.has("adapters")
        ? fields.value(
          AdapterPins.self, "adapters", "an object with \"sha256\" and \"key_ids\"") : nil
      problems = fields.problems
      guard let id, let name, let vendor, let category, let eligible, let condition, let asOf,
        let source
      else {
        entry = nil
        return
      }
      entry = ProductEntry(
        id: id, name: name, vendor: vendor, category: category, eligible: eligible,
        condition: condition, asOf: asOf.description, source: source, adapter: pins != nil,
        pins: pins)
    }
  }
}

/// The members of one object, read one by one.
private struct Fields {
  private let container: KeyedDecodingContainer<AnyKey>
  private let path: String
  private(set) var problems: [String] = []

  init(_ container: KeyedDecodingContainer<AnyKey>, path: String, known: [String]) {
    self.container = container
    self.path = path
    for key in container.allKeys.map(\.stringValue).sorted() where !known.contains(key) {
      add(String(key.prefix(64)), "there is no such member")
    }
  }

  mutating func add(_ name: String, _ problem: String) {
    problems.append("\(path)\(name): \(problem)")
  }

  func has(_ name: String) -> Bool { container.contains(AnyKey(name)) }

  mutating func value<Value: Decodable>(
    _ type: Value.Type, _ name: String, _ wanted: String
  ) -> Value? {
    guard has(name) else {
      add(name, "it is missing")
      return nil
    }
    guard let value = try? container.decode(type, forKey: AnyKey(name)) else {
      add(name, "it is not \(wanted)")
      return nil
    }
    return value
  }

  mutating func text(_ name: String, _ lengths: ClosedRange<Int>) -> String? {
    guard let text = value(String.self, name, "text") else { return nil }
    guard lengths.contains(text.count),
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      add(
        name,
        "it is not \(lengths.lowerBound) to \(lengths.upperBound) characters without controls")
      return nil
    }
    return text
  }

  mutating func date(_ name: String) -> CalendarDate? {
    value(CalendarDate.self, name, "a day like 2026-11-23")
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
