/// What a change of the plan, the agreement or the list of products is refused for.
package enum EligibilityError: Error, Hashable {
  case badProductID(String)
  case noEvidence(String)
  case expiresBeforeSigned
  case publishedAsNotEligible(String, source: String)
  case notAllowed(String)
  // Lists of products.
  case badList([String])
  case badListSignature(String)
  case listRolledBack(issuer: String, sequence: Int, highest: Int)
  case listExpired(CalendarDate)
  case listNotYetIssued(CalendarDate)
  case issuerTrusted(String)
  case issuerNotTrusted(String)
}

extension EligibilityError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badProductID(let id):
      "product \"\(id)\": a product id is two to eight labels of a-z, 0-9 and hyphens, joined by "
        + "dots. Give one like com.example.crm."
    case .noEvidence(let id):
      "product \"\(id)\": it is allowed on evidence only, in 1 to 500 characters. Say what was signed "
        + "with its vendor and where it is kept."
    case .expiresBeforeSigned:
      "dates refused: the last day is before the day of signing. Correct one of the two."
    case .publishedAsNotEligible(let id, let source):
      "product \"\(id)\": its vendor publishes it as not eligible (\(source)). Use another product."
    case .notAllowed(let id):
      "product \"\(id)\": it is not on this workspace's list. See: sealpost products list"
    case .badList(let problems):
      "list of products refused: \(problems.joined(separator: "; ")). Ask its issuer to mend it."
    case .badListSignature(let reason): "list of products refused: \(reason)."
    case .listRolledBack(let issuer, let sequence, let highest):
      "list of products refused: its sequence is \(sequence), and \(highest) of \(issuer) was seen "
        + "before with other content. Get a later list from its issuer."
    case .listExpired(let day):
      "list of products refused: it expired on \(day). Get a newer one from its issuer."
    case .listNotYetIssued(let day):
      "list of products refused: it is issued on \(day), which is not yet. Check the clock, or wait."
    case .issuerTrusted(let id):
      "key \(id.prefix(16))…: its lists are taken already. See: sealpost products trust list"
    case .issuerNotTrusted(let id):
      "key \(id.prefix(16))…: its lists are not taken. See: sealpost products trust list"
    }
  }
}
