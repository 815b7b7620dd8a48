/// Why a file is not a library that this host loads: the field, what was found, and the mend.
package enum ELFRefusal: Error, Equatable, Sendable {
  case notELF
  case truncated(String)
  case unsupported(field: String, found: String, expected: String)
  case damaged(String)
  case forbidden(String, mend: String)
  case libraryNotApproved(String)
}

extension ELFRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notELF:
      "it is no shared library: the ELF magic is missing. Build it as a shared library for Linux."
    case .truncated(let part):
      "its \(part) lies outside the file. Copy the library again, the file is cut off or damaged."
    case .unsupported(let field, let found, let expected):
      "\(field) is \(found), this host loads \(expected). Build the adapter for this machine."
    case .damaged(let what): "\(what). Build the library again with an ordinary linker."
    case .forbidden(let what, let mend): "\(what). \(mend)"
    case .libraryNotApproved(let name):
      "it needs the library \"\(name)\", which is not among the approved ones. Link it statically, or do without it."
    }
  }
}
