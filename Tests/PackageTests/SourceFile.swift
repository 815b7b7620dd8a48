import Foundation

/// A file of the package, read as lines.
struct SourceFile: Sendable {
  /// The folder that holds `Package.swift`.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// From the package's folder, with `/`.
  let path: String
  let lines: [String]

  init(_ path: String) throws {
    self.path = path
    let text = try String(
      contentsOf: SourceFile.root.appendingPathComponent(path), encoding: .utf8)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Every file of these kinds in a folder, at any depth, by path; none where there is no such folder.
  static func all(in folder: String, kinds: Set<String> = ["swift"]) throws -> [SourceFile] {
    let top = root.appendingPathComponent(folder).path
    let names = FileManager.default.enumerator(atPath: top)?.compactMap { $0 as? String } ?? []
    return
      try names
      .filter { kinds.contains(($0 as NSString).pathExtension) }
      .sorted()
      .map { try SourceFile("\(folder)/\($0)") }
  }

  /// Every file of a module of ``House``.
  static func all(of module: String, kinds: Set<String> = ["swift"]) throws -> [SourceFile] {
    try all(in: folder(of: module), kinds: kinds)
  }

  static func folder(of module: String) -> String {
    House.plugins.contains(module) ? "Plugins/\(module)" : "Sources/\(module)"
  }
}

// MARK: - What a file says

extension SourceFile {
  /// The modules that the file imports, each with its line number.
  var imports: [(module: String, line: Int)] {
    let statement =
      #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/#
    return lines.enumerated().compactMap { index, line in
      (try? statement.firstMatch(in: line)).map { (String($0.output.1), index + 1) }
    }
  }

  /// `path:line` of every line of code (comments and texts left out) that holds one of these words.
  func places(of words: String...) -> [String] {
    lines.enumerated().compactMap { index, line in
      let code = SourceFile.code(of: line)
      return words.contains { code.containsWord($0) } ? "\(path):\(index + 1)" : nil
    }
  }

  /// A line without its comment and without what stands in plain quotes.
  private static func code(of line: String) -> String {
    let trimmed = line.drop { $0 == " " || $0 == "\t" }
    if trimmed.hasPrefix("//") || trimmed.hasPrefix("*") || trimmed.hasPrefix("/*") { return "" }
    let unquoted = line.replacing(#/"(?:[^"\\]|\\.)*"/#, with: "\"\"")
    return unquoted.components(separatedBy: "//")[0]
  }
}

extension String {
  /// Whether this word stands in the text with no letter, digit or `_` beside it.
  fileprivate func containsWord(_ word: String) -> Bool {
    ranges(of: word).contains { range in
      let before = range.lowerBound == startIndex ? nil : self[index(before: range.lowerBound)]
      let after = range.upperBound == endIndex ? nil : self[range.upperBound]
      return ![before, after].contains { $0?.isPartOfWord ?? false }
    }
  }
}

extension Character {
  fileprivate var isPartOfWord: Bool { isLetter || isNumber || self == "_" }
}
