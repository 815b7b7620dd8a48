/// What a change of the plan, the agreement or the list of products is refused for.
package enum EligibilityError: Error, Hashable {
  case badProductID(String)
  case noEvidence(String)
  case expiresBeforeSigned
  case publishedAsNotEligible(String, source: String)
  case notAllowed(String)
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
    }
  }
}
