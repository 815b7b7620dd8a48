/// One header field.
package struct HTTPField: Sendable, Equatable {
  /// In lower case when it was read.
  package let name: String
  /// Without spaces at its ends; what was not UTF-8 in it is replaced.
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// The header fields of a message, in their order; a name may come twice.
package struct HTTPFields: Sendable, Equatable {
  package private(set) var list: [HTTPField]

  package init(_ list: [HTTPField] = []) { self.list = list }

  package mutating func add(_ name: String, _ value: String) { list.append(HTTPField(name, value)) }

  /// The first value of the name, whose case does not matter.
  package subscript(_ name: String) -> String? {
    list.first { HTTPFields.isSame($0.name, name) }?.value
  }

  /// Every value of the name.
  package func all(_ name: String) -> [String] {
    list.filter { HTTPFields.isSame($0.name, name) }.map(\.value)
  }

  /// The elements of a list that may be spread over several fields (RFC 9110, section 5.6.1), in lower case.
  package func words(_ name: String) -> [String] {
    all(name).flatMap { $0.split(separator: ",") }
      .map { String($0.drop { $0.isBlank }.reversed().drop { $0.isBlank }.reversed()).lowercased() }
      .filter { !$0.isEmpty }
  }

  package static func isSame(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count
      && zip(one.utf8, other.utf8).allSatisfy {
        ByteClass.lowercased($0) == ByteClass.lowercased($1)
      }
  }
}

extension Character {
  fileprivate var isBlank: Bool { self == " " || self == "\t" }
}
