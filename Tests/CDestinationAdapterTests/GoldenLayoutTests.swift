import Foundation
import Testing

/// The layout as a C compiler has it, against the text that was checked in when the version came out.
@Suite(.enabled(if: Compiler.isPresent("gcc"), "no gcc here"))
struct GoldenLayoutTests {
  private static let golden = Header.folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Tests/Fixtures/ABI-1.0/layout.txt")

  /// `struct size alignment`, then `struct.field offset size` of each field, in the header's order.
  private func dump(_ compiler: Compiler) throws -> [String] {
    let names = try Header.fieldsInOrder()
    var lines: [String] = []
    for (type, fields) in names {
      lines.append(
        #"  printf("%s %zu %zu\n", "\#(type)", sizeof(\#(type)), _Alignof(\#(type)));"#)
      lines += fields.map {
        #"  printf("%s.%s %zu %zu\n", "\#(type)", "\#($0)", offsetof(\#(type), \#($0)), "#
          + "sizeof(((\(type) *)0)->\($0)));"
      }
    }
    return try compiler.run(
      """
      #include <stdio.h>
      #include "destination_adapter.h"
      int main(void) {
      \(lines.joined(separator: "\n"))
        return 0;
      }

      """
    ).split(separator: "\n").map(String.init)
  }

  @Test(arguments: Compiler.all.filter { Compiler.isPresent($0.command) && !$0.isPlusPlus })
  func `every offset and size is the one that was checked in`(compiler: Compiler) throws {
    let golden = try String(contentsOf: Self.golden, encoding: .utf8).split(separator: "\n")
      .map(String.init)
    #expect(golden.count > 100)
    #expect(try dump(compiler) == golden)
  }

  @Test func `the header that was checked in with it has not changed`() throws {
    let old = try String(
      contentsOf: Self.golden.deletingLastPathComponent().appendingPathComponent(
        "destination_adapter.h"), encoding: .utf8)
    // Until there is a 1.1 the two are one; then only this line goes.
    #expect(try old == Header.text())
  }
}
