internal import Cryptography
internal import Eligibility

/// Lists of products that were imported, and whose: the document `product-lists.json`; there is none before the first.
///
/// Each list is kept with its signature, byte for byte, and verified at every reading.
package struct ImportedLists: Codable, Sendable, Equatable {
  package static let currentFormat = 1

  package var format = currentFormat
  /// Keys whose lists are taken, besides the project's release key; by id, none twice.
  package internal(set) var issuers: [AdapterTrust.Key] = []
  /// At most one of each key.
  var lists: [Kept] = []
  /// The highest sequence that was seen of each key, also of one that is not trusted any more.
  var highest: [String: Int] = [:]

  struct Kept: Codable, Sendable, Equatable {
    let keyID: String
    let sequence: Int
    /// Base64 of the list's bytes.
    let list: String
    /// The text of the signature's file.
    let signature: String

    private enum CodingKeys: String, CodingKey {
      case keyID = "key_id"
      case sequence, list, signature
    }

    func signed() throws(CryptographyError) -> SignedProductList {
      var bytes: [UInt8] = []
      try unsafe Base64.decode(Array(list.utf8).span.bytes, appendingTo: &bytes)
      return SignedProductList(bytes: bytes, signature: Array(signature.utf8))
    }
  }

  /// What the audit log tells of it.
  var audited: [(String, String)] {
    issuers.map { ("issuer.\($0.id)", $0.name) }
      + highest.sorted { $0.key < $1.key }.map { ("sequence.\($0.key)", "\($0.value)") }
  }

  /// Every key whose lists are taken; throws `badDocument`'s cause for one that is none.
  func keys() throws(CryptographyError) -> [Ed25519.VerifyingKey] {
    var keys = [ShippedProductList.key]
    for issuer in issuers { keys.append(try issuer.verifyingKey()) }
    return keys
  }

  /// The lists in force: the shipped one unless a later one of its key is kept, then the others.
  ///
  /// Throws for a list that does not hold any more; nothing is passed over in silence.
  func inForce() throws(WorkspaceError) -> [ProductList] {
    var lists: [ProductList] = []
    var shipped = ShippedProductList.list
    let keys = try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try self.keys()
    }
    for kept in self.lists {
      let signed = try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
        try kept.signed()
      }
      let list = try rethrowing(WorkspaceError.eligibility) { () throws(EligibilityError) in
        try signed.verified(by: keys)
      }
      if kept.keyID != ShippedProductList.key.id {
        lists.append(list)
      } else if list.sequence >= shipped.sequence {
        shipped = list
      }
    }
    return [shipped] + lists
  }

  /// With the project's own list among them, for a program that may have come with an older one.
  func carryingShippedList() -> ImportedLists {
    var new = self
    let (id, list) = (ShippedProductList.key.id, ShippedProductList.list)
    guard lists.allSatisfy({ $0.keyID != id || $0.sequence < list.sequence }) else { return self }
    new.lists.removeAll { $0.keyID == id }
    new.lists.append(
      Kept(
        keyID: id, sequence: list.sequence,
        list: unsafe Base64.encode(ShippedProductList.bytes.span.bytes),
        signature: String(decoding: ShippedProductList.signature, as: UTF8.self)))
    new.highest[id] = max(highest[id] ?? 0, list.sequence)
    return new
  }
}
