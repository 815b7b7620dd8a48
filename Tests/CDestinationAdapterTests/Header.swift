import Foundation

/// `destination_adapter.h` as text.
enum Header {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/CDestinationAdapter/include")

  static func text() throws -> String {
    try String(contentsOf: folder.appendingPathComponent("destination_adapter.h"), encoding: .utf8)
  }

  /// `type.field` and where the header asserts it to be.
  static func assertedOffsets() throws -> [String: Int] {
    let matches = try text().matches(of: #/\nDESTINATION_AT\((\w+), (\w+), (\d+)\);/#)
    return Dictionary(
      matches.map { ("\($0.output.1).\($0.output.2)", Int($0.output.3) ?? -1) },
      uniquingKeysWith: { first, _ in first })
  }

  /// `type.field` of every struct that the header declares.
  static func declaredFields() throws -> Set<String> {
    Set(try fieldsInOrder().flatMap { type, fields in fields.map { "\(type).\($0)" } })
  }

  /// Every struct that the header declares, with its fields.
  static func fieldsInOrder() throws -> [(type: String, fields: [String])] {
    let text = try text().replacing(#/\/\*[\s\S]*?\*\//#, with: "")
    return text.matches(of: #/struct (\w+) \{([^}]*)\}/#).map { block in
      let fields = block.output.2.split(separator: ";").compactMap { declaration in
        declaration.firstMatch(of: #/\(\*(\w+)\)\(/#)?.output.1
          ?? declaration.firstMatch(of: #/(\w+)(?:\[\d+\])?\s*$/#)?.output.1
      }
      return (String(block.output.1), fields.map(String.init))
    }
  }
}
