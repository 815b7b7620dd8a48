/// A library's version, as people write it: `1.9.2`.
package struct LibraryVersion: Equatable, Sendable {
  package let major: Int
  package let minor: Int
  package let patch: Int

  package init(_ major: Int, _ minor: Int, _ patch: Int) {
    (self.major, self.minor, self.patch) = (major, minor, patch)
  }

  /// From a number with a byte for each part, as C headers like to have it: `0x010902` is 1.9.2.
  package init(bytes: Int32) {
    self.init(Int(bytes >> 16 & 0xFF), Int(bytes >> 8 & 0xFF), Int(bytes & 0xFF))
  }
}

extension LibraryVersion: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}

extension LibraryVersion: CustomStringConvertible {
  package var description: String { "\(major).\(minor).\(patch)" }
}
