internal import Glibc

/// A library of the system's that the host can do without: loaded by its name at run time, and never unloaded.
///
/// Its functions are for as many threads as the library allows. For what an administrator installs, never for an
/// adapter: nothing is checked before the library's constructors run.
@safe package struct SystemLibrary: @unchecked Sendable {
  // Protected by immutability: the handle of a library that stays loaded.
  private let handle: UnsafeMutableRawPointer
  private let requirement: LibraryRequirement
  /// The name under which it was found.
  private let soname: String

  /// Takes the first of the names that can be loaded.
  package init(_ requirement: LibraryRequirement) throws(SystemLibraryError) {
    var reasons: [String] = []
    for soname in requirement.sonames {
      if let handle = unsafe dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) {
        unsafe self.handle = handle
        self.requirement = requirement
        self.soname = soname
        return
      }
      reasons.append(Self.linkersWords)
    }
    throw SystemLibraryError(requirement, .notLoadable(reasons))
  }

  /// One of its functions, of the C type that the caller expects.
  ///
  /// The type is the caller's promise: no library says what its functions take. It is a `@convention(c)` type.
  ///
  /// - Parameter name: without the prefix that the requirement gives.
  package func function<Function>(_ name: String) throws(SystemLibraryError) -> Function {
    let symbol = requirement.symbolPrefix + name
    guard let address = unsafe dlsym(handle, symbol) else {
      throw SystemLibraryError(requirement, .lacksFunction(symbol, soname: soname))
    }
    return unsafe unsafeBitCast(address, to: Function.self)
  }

  /// Throws if the version, as the library itself says it, is older than what is required.
  package func require(_ version: LibraryVersion) throws(SystemLibraryError) {
    if let oldest = requirement.oldest, version < oldest {
      throw SystemLibraryError(requirement, .tooOld(version, soname: soname))
    }
  }

  /// Why the last load of this thread failed.
  private static var linkersWords: String {
    unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason is given"
  }
}
