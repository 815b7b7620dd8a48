internal import FoundationEssentials

/// A string of an event that knows whether the host encrypted it.
///
/// Decode an event's fields as this type where the adapter maps them, and pass ``text`` on as it is: an adapter cannot
/// open an encrypted value, and whoever shortens, folds or re-encodes it destroys it.
public struct SealedText: Decodable, Sendable, Equatable {
  /// What the host made of the value; the forms cannot be confused.
  public enum Seal: Sendable, Equatable {
    /// RSAES-OAEP with SHA-256, in base64.
    case oaep
    /// A JWE in compact form (RFC 7516): `RSA-OAEP-256`, `A256GCM`.
    case jwe
    /// A token: equal values give equal tokens, and nothing opens one.
    case token
  }

  /// As it stands in the event.
  public let text: String

  /// Nil for a value in the clear.
  public var seal: Seal? { Seal(of: text) }

  /// Whether the destination gets something that only the data's owner can read.
  public var isEncrypted: Bool { seal != nil }

  /// Of a text that an adapter has already.
  public init(_ text: String) {
    self.text = text
  }

  /// From a JSON string.
  public init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }
}

extension SealedText.Seal {
  /// Base64 of 2048, 3072 and 4096 bits.
  private static let lengths: Set<Int> = [344, 512, 684]

  init?(of text: String) {
    let bytes = text.utf8
    if bytes.starts(with: "tk1_".utf8), bytes.count(where: { $0 == UInt8(ascii: "_") }) >= 2 {
      self = .token
    } else if bytes.starts(with: "eyJ".utf8), bytes.count(where: { $0 == UInt8(ascii: ".") }) == 4 {
      self = .jwe
    } else if Self.lengths.contains(bytes.count), bytes.allSatisfy(\.isBase64) {
      self = .oaep
    } else {
      return nil
    }
  }
}

extension UInt8 {
  fileprivate var isBase64: Bool {
    switch self {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"),
      UInt8(ascii: "="):
      true
    default: false
    }
  }
}

extension Event {
  /// The event, decoded with Foundation's `JSONDecoder`; for fields that may be encrypted use ``SealedText``.
  ///
  /// Throws ``DeliveryError`` with ``Outcome/rejected(code:detail:)`` where the event has another shape: the detail names
  /// the place, never a value.
  public func decode<Shape: Decodable>(as type: Shape.Type) throws -> Shape {
    let json = withJSON { span in unsafe span.withUnsafeBytes { unsafe Data($0) } }
    do {
      return try JSONDecoder().decode(type, from: json)
    } catch let error as DecodingError {
      throw DeliveryError(
        .rejected(detail: "the event has another shape\(error.place.map { ": \($0)" } ?? "")"))
    }
  }
}

extension DecodingError {
  fileprivate var place: String? {
    let path: [any CodingKey] =
      switch self {
      case .keyNotFound(let key, let context): context.codingPath + [key]
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .dataCorrupted(let context):
        context.codingPath
      @unknown default: []
      }
    return path.isEmpty ? nil : path.map(\.stringValue).joined(separator: ".")
  }
}
