package import Foundation

/// What was built together with these tests.
package enum Built {
  /// The folder of it; the test bundle stands in it, too.
  package static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()
  package static let sealpost = folder.appendingPathComponent("sealpost").path
  package static let hasSealpost = FileManager.default.isExecutableFile(atPath: sealpost)

  /// The dynamic library of an adapter.
  package static func library(_ adapter: String) -> String {
    folder.appendingPathComponent("lib\(adapter).so").path
  }
}
