/// A library that is wanted: what people, the linker and Debian call it, and from which version on it fits.
package struct LibraryRequirement: Equatable, Sendable {
  /// As a sentence names it: `the Kafka client library`.
  package let title: String
  /// For the dynamic linker, the best one first: `librdkafka.so.1`.
  package let sonames: [String]
  /// What the names of all its functions begin with.
  package let symbolPrefix: String
  package let debianPackage: String
  /// nil where any version fits that has the functions.
  package let oldest: LibraryVersion?

  package init(
    _ title: String, sonames: [String], symbolPrefix: String = "", debianPackage: String,
    oldest: LibraryVersion? = nil
  ) {
    self.title = title
    self.sonames = sonames
    self.symbolPrefix = symbolPrefix
    self.debianPackage = debianPackage
    self.oldest = oldest
  }
}
