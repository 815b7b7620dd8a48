package import Cryptography

/// The signed agreement of 45 CFR 164.504(e): which document, by whom, since when and until when.
package struct BusinessAssociateAgreement: Codable, Sendable, Equatable {
  /// SHA-256 of the document's bytes; the document itself stays with its owner.
  package var document: SHA256Digest
  package var signedBy: String
  package var on: CalendarDate
  /// The last day in force; nil when it runs until it is ended.
  package var expires: CalendarDate?

  package init(
    document: SHA256Digest, signedBy: String, on: CalendarDate, expires: CalendarDate? = nil
  ) {
    self.document = document
    self.signedBy = signedBy
    self.on = on
    self.expires = expires
  }

  package func isInForce(on date: CalendarDate) -> Bool {
    on <= date && (expires.map { date <= $0 } ?? true)
  }

  private enum CodingKeys: String, CodingKey {
    case document = "document_sha256"
    case signedBy = "signed_by"
    case on = "signed_on"
    case expires = "expires_on"
  }
}
