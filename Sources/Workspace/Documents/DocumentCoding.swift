internal import Cryptography
internal import Foundation

/// A settings document: JSON, its format first checked, written with sorted keys and a line feed at the end.
protocol Document: Codable, Sendable {
  static var currentFormat: Int { get }
}

/// Reads and writes documents; what it reads may be anything.
enum DocumentCoding {
  /// The longest document that is read: 4 MiB.
  static let maximumSize = 4 * 1024 * 1024

  static func encode(_ document: some Document) throws(WorkspaceError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(document)) + [UInt8(ascii: "\n")]
    } catch {
      throw .badDocument(path: "(new document)", reason: "it holds what JSON cannot express")
    }
  }

  /// Throws `badDocument` with a reason that shows no value, or `formatTooNew`.
  static func decode<D: Document>(
    _ type: D.Type, from bytes: [UInt8], path: String
  ) throws(WorkspaceError) -> D {
    let format: Int = try decode(Head.self, bytes, path).format
    guard format <= D.currentFormat else {
      throw .formatTooNew(path: path, format: format, known: D.currentFormat)
    }
    guard format > 0 else { throw .badDocument(path: path, reason: "`format` is not 1 or more") }
    return try decode(type, bytes, path)
  }

  static func digest(of bytes: [UInt8]) -> SHA256Digest { SHA256.hash(bytes) }

  private struct Head: Decodable { let format: Int }

  private static func decode<D: Decodable>(
    _ type: D.Type, _ bytes: [UInt8], _ path: String
  ) throws(WorkspaceError) -> D {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .badDocument(path: path, reason: "it is not UTF-8")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw .badDocument(path: path, reason: reason(for: error))
    } catch {
      throw .badDocument(path: path, reason: "it is not JSON")
    }
  }

  private static func reason(for error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "`\(path(context.codingPath + [key]))` is missing"
    case .typeMismatch(_, let context) where context.codingPath.isEmpty: "it is not a JSON object"
    case .typeMismatch(_, let context): "`\(path(context.codingPath))` has the wrong type"
    case .valueNotFound(_, let context) where context.codingPath.isEmpty: "it is not a JSON object"
    case .valueNotFound(_, let context): "`\(path(context.codingPath))` is null"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      "it is not JSON, or holds a number out of range"
    case .dataCorrupted(let context): "`\(path(context.codingPath))` has a value it cannot have"
    @unknown default: "it is not as it was written"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }
}
