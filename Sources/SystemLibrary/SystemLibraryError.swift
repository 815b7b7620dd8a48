/// Why a library of the system's cannot be used, and which package mends that.
package struct SystemLibraryError: Error, Equatable, Sendable {
  package enum Cause: Equatable, Sendable {
    /// Absent, or no library, under each of its names; the linker's words for each.
    case notLoadable([String])
    case lacksFunction(String, soname: String)
    case tooOld(LibraryVersion, soname: String)
  }

  package let requirement: LibraryRequirement
  package let cause: Cause

  init(_ requirement: LibraryRequirement, _ cause: Cause) {
    self.requirement = requirement
    self.cause = cause
  }
}

extension SystemLibraryError: CustomStringConvertible {
  package var description: String {
    switch cause {
    case .notLoadable(let reasons):
      "\(requirement.title) \(requirement.sonames.joined(separator: " or ")) cannot be loaded: "
        + "\(reasons.joined(separator: "; ")). Install it: apt-get install \(package)"
    case .lacksFunction(let name, let soname):
      "\(requirement.title) \(soname) does not fit: it has no function \(name). \(replacement)"
    case .tooOld(let version, let soname):
      "\(requirement.title) \(soname) does not fit: it is of version \(version). \(replacement)"
    }
  }

  private var package: String { requirement.debianPackage }

  private var replacement: String {
    guard let oldest = requirement.oldest else {
      return "Install the system's own: apt-get install --reinstall \(package)"
    }
    return "Install version \(oldest) or later: apt-get install \(package)"
  }
}
