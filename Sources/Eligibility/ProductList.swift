package import Cryptography

/// A list of products as its issuer signed it: what somebody who looked into it publishes as eligible, or not any more.
///
/// It informs, and it takes away: what a list in force does not call eligible does not run, but nothing runs because it
/// is on a list alone; see ``ProductAllowlist``.
package struct ProductList: Sendable, Equatable {
  package static let currentFormat = 1
  /// In bytes: 1 MiB.
  package static let maximumSize = 1 << 20
  package static let maximumEntries = 10_000
  /// How long after its last day it still lets products be taken into use.
  package static let graceDays = 30
  package static let signature = DetachedSignature.Purpose(
    head: "sealpost product list signature 1", domain: "sealpost product list 1")

  package let issuer: String
  /// Grows with every list of an issuer.
  package let sequence: Int
  package let issued: CalendarDate
  /// The last day on which it is to be relied on.
  package let expires: CalendarDate
  package let entries: [ProductEntry]

  /// Reads a list; throws `badList` with everything that is wrong with it.
  package init(json: [UInt8]) throws(EligibilityError) {
    self = try ProductListReader.read(json)
  }

  init(
    issuer: String, sequence: Int, issued: CalendarDate, expires: CalendarDate,
    entries: [ProductEntry]
  ) {
    self.issuer = issuer
    self.sequence = sequence
    self.issued = issued
    self.expires = expires
    self.entries = entries
  }

  package func entry(_ id: String) -> ProductEntry? { entries.first { $0.id == id } }

  /// As it is named in a refusal: `list 3 of Sealpost, 2026-11-25`.
  package var title: String { "list \(sequence) of \(issuer), \(issued)" }

  /// Days since its last day; zero while it is in date.
  package func daysOver(on date: CalendarDate) -> Int { max(0, date.days(since: expires)) }
}

/// Which adapters of a product a list vouches for; empty: any that the workspace trusts.
package struct AdapterPins: Codable, Sendable, Equatable {
  /// Of the library's bytes.
  package var sha256: [SHA256Digest]
  /// Of keys that sign adapters.
  package var keyIDs: [SHA256Digest]

  package init(sha256: [SHA256Digest] = [], keyIDs: [SHA256Digest] = []) {
    self.sha256 = sha256
    self.keyIDs = keyIDs
  }

  package func allow(sha256 digest: SHA256Digest, keyID: String?) -> Bool {
    if sha256.isEmpty && keyIDs.isEmpty { return true }
    return sha256.contains(digest) || keyIDs.contains { $0.hex == keyID }
  }

  private enum CodingKeys: String, CodingKey {
    case sha256
    case keyIDs = "key_ids"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    sha256 = try container.decodeIfPresent([SHA256Digest].self, forKey: .sha256) ?? []
    keyIDs = try container.decodeIfPresent([SHA256Digest].self, forKey: .keyIDs) ?? []
  }
}
