internal import Glibc

/// Why an adapter was not made, validated or tried: what, about which thing, why, and the mend.
package enum AuthoringError: Error, Sendable, Equatable {
  /// The folder or its manifest cannot be read; in the loader's words.
  case unreadable(String)
  /// A file given by the author is not what it has to be.
  case badFile(path: String, why: String, mend: String)
  case badName(String)
  case badProduct(String)
  /// A Swift adapter needs this package, and nobody said where it is.
  case noPackage
  case alreadyThere(path: String)
  case cannotWrite(path: String, code: Int32)
  /// No test has such a name.
  case noSuchTest(String)
  case badScript(String)
}

extension AuthoringError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let text): text
    case .badFile(let path, let why, let mend): "\(path): \(why). \(mend)"
    case .badName(let name):
      "adapter not made: \"\(name.prefix(64))\": it is no name of an adapter: small letters, digits and - only, a letter first. "
        + "For example: sealpost adapter new crm-lines --language swift"
    case .badProduct(let product):
      "adapter not made: \"\(product.prefix(64))\": it is no product id: a name in reverse DNS. "
        + "For example: --product org.example.crm"
    case .noPackage:
      "adapter not made: a Swift adapter needs DestinationKit, and this program does not stand in its sources. "
        + "Say where they are: --sealpost PATH, or a URL that git reads"
    case .alreadyThere(let path):
      "adapter not made: \(path) is there already. Name another folder: --output DIR"
    case .cannotWrite(let path, let code):
      "\(path) cannot be written: \(unsafe String(cString: strerror(code))). Check its folder's permissions and the room on the disk."
    case .noSuchTest(let pattern):
      "no test has \"\(pattern.prefix(64))\" in its name. See: sealpost adapter validate --list"
    case .badScript(let word):
      "\"\(word.prefix(64))\" is no answer of a peer. Write statuses or words such as: 200,429,slow,reset,silent"
    }
  }
}
