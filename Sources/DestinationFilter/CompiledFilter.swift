/// A filter that is ready to run; made only of one that is right in every part.
package struct CompiledFilter: Sendable {
  package let name: String
  let statement: FilterStatement
  let action: Action

  enum Action: Sendable {
    case drop
    case sample(Sample, by: SampleUnit)
    case properties([[String]], keepsOnly: Bool)
  }

  /// Throws the first thing that is wrong, for a statement with its column.
  package init(_ filter: EventFilter) throws(FilterFault) {
    name = filter.name
    do throws(FilterError) {
      statement = try FilterStatement(filter.condition)
    } catch {
      throw .statement(error)
    }
    switch filter.action {
    case .drop: action = .drop
    case .sample(let percent, let unit):
      guard (0...100).contains(percent) else { throw .percent }
      action = .sample(Sample(percent: percent), by: unit)
    case .only(let paths):
      action = .properties(try Self.properties(paths), keepsOnly: true)
    case .remove(let paths):
      action = .properties(try Self.properties(paths), keepsOnly: false)
    }
  }

  /// The sections that properties may be taken from: what stands outside them makes an event one.
  package static let sections = ["properties", "traits", "context"]

  private static func properties(_ paths: [String]) throws(FilterFault) -> [[String]] {
    guard !paths.isEmpty else { throw .noProperties }
    return try paths.map { (path) throws(FilterFault) in
      guard let keys = FilterPath.keys(path), keys.count > 1, sections.contains(keys[0]) else {
        throw .property(path)
      }
      return keys
    }
  }
}

/// Why a filter is none.
package enum FilterFault: Error, Equatable, Sendable {
  case statement(FilterError)
  case percent
  case noProperties
  case property(String)
}

extension FilterFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .statement(let error): "its statement, \(error)"
    case .percent: "a percentage is a number from 0 to 100. Give one with --percent."
    case .noProperties: "it names no property. Give some with --properties."
    case .property(let path):
      "\"\(path.prefix(64))\" names no property. A path begins with properties., traits. or context., "
        + "and a character beside letters, digits, _ and - has a backslash before it."
    }
  }
}

/// A path as a statement writes it.
package enum FilterPath {
  /// Its keys; nil for a text that is no path.
  package static func keys(_ text: String) -> [String]? {
    var lexer = Lexer(Array(text.utf8))
    guard case .path(let keys, _)? = try? lexer.next().kind, case .end? = try? lexer.next().kind,
      text.first?.isWhitespace == false, text.last?.isWhitespace == false
    else { return nil }
    return keys
  }

  /// The paths of a list with commas between them; a comma of a key has a backslash before it.
  package static func list(_ text: String) -> [String] {
    var paths = [""]
    var isEscaped = false
    for character in text {
      if character == ",", !isEscaped {
        paths.append("")
      } else {
        paths[paths.count - 1].append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    return paths
  }
}
