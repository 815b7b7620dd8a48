/// On what the owner of a workspace rests the use of a product that the catalogue does not cover.
package struct ProductEvidence: Codable, Sendable, Equatable {
  /// What was signed or assessed and where it is kept, in the owner's words; 1 to 500 characters.
  package var statement: String
  /// The day it was signed.
  package var signedOn: CalendarDate
  /// The last day in force; nil when it runs until it is ended.
  package var expiresOn: CalendarDate?

  package init(statement: String, signedOn: CalendarDate, expiresOn: CalendarDate? = nil) {
    self.statement = statement
    self.signedOn = signedOn
    self.expiresOn = expiresOn
  }

  private enum CodingKeys: String, CodingKey {
    case statement
    case signedOn = "signed_on"
    case expiresOn = "expires_on"
  }
}
