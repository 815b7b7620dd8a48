internal import Foundation
internal import Glibc

/// A new adapter: a folder that builds with one command, passes the validator, and has three tests.
package struct Scaffold: Sendable {
  /// What the author says; all but name and language has a default.
  package struct Order: Sendable {
    package var name: String
    package var language: AdapterLanguage
    /// In reverse DNS; `com.example.NAME` by default.
    package var product: String?
    /// Where the folder is made; `./NAME` by default.
    package var folder: String?
    /// For Swift: the path or URL of this package.
    package var sealpost: String?
    /// Of this package, for a URL.
    package var version = "0.1.0"

    package init(name: String, language: AdapterLanguage) {
      self.name = name
      self.language = language
    }
  }

  /// The folder to be made.
  package let folder: String
  private let order: Order
  private let words: [String: String]

  /// Throws where the name is none, or a Swift adapter's dependency is not known.
  package init(_ order: Order) throws(AuthoringError) {
    guard order.name.wholeMatch(of: #/[a-z][a-z0-9]*(-[a-z0-9]+)*/#) != nil,
      order.name.utf8.count <= 64
    else { throw .badName(order.name) }
    if let product = order.product {
      guard product.wholeMatch(of: #/[a-z0-9-]+(\.[a-z0-9-]+)+/#) != nil else {
        throw .badProduct(product)
      }
    }
    self.order = order
    folder = order.folder ?? order.name
    words = try Scaffold.words(order)
  }

  /// Writes every file; throws where the folder is there already and not empty.
  ///
  /// Gives the files' paths within the folder.
  package func write() throws(AuthoringError) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard names.isEmpty else { throw .alreadyThere(path: folder) }
    let files = order.language.files.merging(AdapterLanguage.shared) { first, _ in first }
    for (path, template) in files.sorted(by: { $0.key < $1.key }) {
      try write(filled(template), to: "\(folder)/\(filled(Array(path.utf8)))")
    }
    return files.keys.map { filled(Array($0.utf8)) }.sorted()
  }

  private func write(_ text: String, to path: String) throws(AuthoringError) {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      if path.hasSuffix(".sh") {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      }
    } catch {
      throw .cannotWrite(path: path, code: errno)
    }
  }

  /// Fills in `@WORD@`; words of words, too.
  private func filled(_ template: [UInt8]) -> String {
    var text = String(decoding: template, as: UTF8.self)
    for _ in 0..<2 {
      for (word, value) in words { text = text.replacing("@\(word)@", with: value) }
    }
    return text
  }
}

// MARK: - Words

extension Scaffold {
  private static func words(_ order: Order) throws(AuthoringError) -> [String: String] {
    let parts = order.name.split(separator: "-").map(String.init)
    let type = parts.map(\.capitalized).joined() + "Destination"
    let crate = order.name.replacing("-", with: "_")
    let product = order.product ?? "com.example.\(order.name)"
    var words = [
      "NAME": order.name, "PRODUCT": product, "TYPE": type, "CRATE": order.name,
      "CRATE_ID": crate, "DISPLAY": parts.joined(separator: " ").firstUpper,
      "LIBRARY": library(order, type, crate),
      "FILES": String(
        String(decoding: order.language.fileRows, as: UTF8.self).dropLast()),
      "NOTE": NoteDeclaration.text(product: product, version: "1.0.0"),
    ]
    if order.language == .swift { words["DEPENDENCY"] = try dependency(order) }
    return words
  }

  private static func library(_ order: Order, _ type: String, _ crate: String) -> String {
    switch order.language {
    case .swift: "lib\(type).so"
    case .c: "lib\(order.name).so"
    case .rust: "lib\(crate).so"
    }
  }

  private static func dependency(_ order: Order) throws(AuthoringError) -> String {
    guard let place = order.sealpost ?? ownSources else { throw .noPackage }
    let quoted = place.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    if place.contains("://") { return ".package(url: \"\(quoted)\", from: \"\(order.version)\")" }
    return ".package(name: \"sealpost\", path: \"\(quoted)\")"
  }

  /// This package's folder, where the program stands in what was built of it.
  private static var ownSources: String? {
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    while folder.pathComponents.count > 1 {
      folder.deleteLastPathComponent()
      let description = folder.appendingPathComponent("Package.swift")
      guard let text = try? String(contentsOf: description, encoding: .utf8) else { continue }
      return text.contains("name: \"sealpost\"") ? folder.path : nil
    }
    return nil
  }
}

extension String {
  fileprivate var firstUpper: String { prefix(1).uppercased() + dropFirst() }
}
