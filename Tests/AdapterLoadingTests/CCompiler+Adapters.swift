import Foundation
import Workbench

extension CCompiler {
  /// The folder that has destination_adapter.h.
  static let header = Fixture.root.appendingPathComponent("Sources/CDestinationAdapter/include")
    .path

  /// Compiles an adapter; `headers` is the folder that has destination_adapter.h.
  static func adapter(
    _ source: String, to output: String, headers: String = header, _ flags: [String] = []
  ) throws {
    try library(source, to: output, headers: [headers], flags)
  }
}
