internal import EventJSON

/// What a destination is told of each kind of event: one table for each, written as JSON.
///
/// A table is the JSON that the destination shall get, with directives where something of the event belongs:
///
/// ```json
/// {
///   "track": {
///     "event_type": {"@path": "$.event"},
///     "user_id": {"@path": "$.userId", "else": {"@path": "$.anonymousId"}},
///     "time": {"@time": {"@path": "$.timestamp"}, "as": "milliseconds"},
///     "title": {"@template": "{{event}} ({{properties.plan}})"},
///     "source": "sealpost"
///   }
/// }
/// ```
///
/// | directive | becomes |
/// |---|---|
/// | `{"@path": "$.a.b", "else": X}` | the value there, its own bytes; X where there is none or null |
/// | `{"@template": "{{a.b}} text"}` | a text with values put in; absent where none of them is there |
/// | `{"@if": {"exists": X, "then": Y, "else": Z}}` | Y where X is there and not null, else Z; `blank` asks the opposite, and counts `""` as blank |
/// | `{"@time": X, "as": "milliseconds"}` | an ISO 8601 time as a number: `seconds`, `milliseconds`, `microseconds` |
/// | `{"@merge": [X, Y]}` | one object with the members of all; of two with one name the last |
/// | `{"@omit": ["a"], "from": X}` | an object without those members |
/// | `{"@arrayPath": ["$.list", X]}` | X for each element of a list, in which `$` is the element |
/// | `{"@literal": X}` | X as it is written, even where it looks like a directive |
///
/// Everything else is itself. A member or element whose value is absent is left out, and so is an object of which no
/// member is left. In a path the dot parts keys; a backslash before a character takes it as it is.
///
/// Values are copied, never rewritten or cut: what was encrypted arrives as it was sealed. Only `@time` makes another
/// value, and what is no time (a ciphertext, for one) passes it unchanged.
package struct EventMapping: Sendable {
  /// By the kind's number, `EventType.rawValue`; nil where there is no table.
  let tables: [MappingExpression?]
  let paths: PathTable

  /// Reads a mapping; throws everything that is wrong with it at once.
  package init(_ text: [UInt8]) throws(MappingError) {
    let tree: JSONTree
    do { tree = try JSONTree(text) } catch {
      throw MappingError([MappingProblem(of: error, in: text)])
    }
    var compiler = MappingCompiler(text)
    tables = compiler.tables(tree)
    guard compiler.problems.isEmpty else { throw MappingError(compiler.problems) }
    paths = PathTable(compiler.paths)
  }

  /// What `@template` and `@time` make of values in a mapping's text: no ciphertext comes through those whole, or of use.
  package static func remadeValues(_ text: [UInt8]) -> [RemadeValue] {
    guard let tree = try? JSONTree(text) else { return [] }
    var compiler = MappingCompiler(text)
    _ = compiler.tables(tree)
    return compiler.remade
  }

  /// Names of the kinds that it has a table for, in the order of the specification.
  package var kinds: [String] {
    EventType.allCases.filter { tables[Int($0.rawValue)] != nil }.map { "\($0.name)" }
  }

  /// The text with the tables of another put in place of its own; either is a mapping.
  package static func text(_ base: [UInt8], overriddenBy other: [UInt8]) -> [UInt8] {
    guard let base = try? Tables(base), let other = try? Tables(other) else { return base }
    var text = Array("{".utf8)
    for kind in EventType.allCases {
      guard let table = other["\(kind.name)"] ?? base["\(kind.name)"] else { continue }
      text += Array("\(text.count == 1 ? "" : ",")\n  \"\(kind.name)\": ".utf8)
      text += table
    }
    return text + Array("\n}\n".utf8)
  }

  /// A mapping's text by its tables.
  private struct Tables {
    let text: [UInt8]
    let tree: JSONTree

    init(_ text: [UInt8]) throws(JSONError) {
      self.text = text
      tree = try JSONTree(text)
    }

    subscript(_ kind: String) -> ArraySlice<UInt8>? { tree[kind].map { text[$0.range] } }
  }
}

/// A value of an event of which a mapping makes another.
package struct RemadeValue: Sendable, Equatable {
  /// Names of members and numbers of elements from the top to the directive, joined by dots.
  package let place: String
  /// From the event, or from the element of a list.
  package let keys: [String]
}

/// One thing that is wrong with a mapping: where, what, and how to mend it.
package struct MappingProblem: Sendable, Equatable, CustomStringConvertible {
  /// Names of members and numbers of elements from the top, joined by dots; empty for the whole.
  package let path: String
  /// From 1.
  package let line: Int
  package let what: String
  package let mend: String

  package var description: String {
    "\(path.isEmpty ? "" : "\(path), ")line \(line): \(what). \(mend)"
  }
}

extension MappingProblem {
  fileprivate init(of error: JSONError, in text: [UInt8]) {
    self.init(
      path: "", line: text.line(at: error.offset), what: "it is not JSON: \(error.reason.rawValue)",
      mend: "Mend the text there.")
  }
}

/// All that is wrong with a mapping.
package struct MappingError: Error, Sendable, Equatable, CustomStringConvertible {
  package let problems: [MappingProblem]

  init(_ problems: [MappingProblem]) { self.problems = problems }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension [UInt8] {
  /// The number of the line, from 1, on which that byte stands.
  func line(at offset: Int) -> Int {
    1 + prefix(offset).count { $0 == UInt8(ascii: "\n") }
  }
}
