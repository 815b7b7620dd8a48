import Foundation
import Testing

/// The layout as a C compiler has it, against the text that was checked in when the version came out.
@Suite(.enabled(if: Compiler.isPresent("gcc"), "no gcc here"))
struct GoldenLayoutTests {
  private static func golden(_ minor: String) throws -> [String] {
    let root = Header.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("Tests/Fixtures/ABI-\(minor)/layout.txt"),
      encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }

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
    let golden = try Self.golden("1.1")
    #expect(golden.count > 100)
    #expect(try dump(compiler) == golden)
  }

  @Test func `what was there in 1.0 is where it was, and what came is new`() throws {
    let old = try Self.golden("1.0")
    let now = try Self.golden("1.1")
    #expect(old.count > 100)
    #expect(now.filter { Set(old).contains($0) } == old)
    let added = Set(now).subtracting(old).map { $0.prefix { !". ".contains($0) } }
    #expect(
      Set(added) == [
        "destination_connection_target", "destination_connection_use", "destination_connections",
      ])
  }
}
