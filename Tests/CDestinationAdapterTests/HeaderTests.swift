import Foundation
import Testing

@Suite struct HeaderTests {
  @Test(
    arguments: Compiler.all.filter { Compiler.isPresent($0.command) })
  func `the header compiles without a warning`(compiler: Compiler) throws {
    #expect(try compiler.check("#include \"destination_adapter.h\"\n").isEmpty)
  }

  @Test(arguments: Compiler.all.filter { Compiler.isPresent($0.command) })
  func `an adapter compiles without a warning`(compiler: Compiler) throws {
    #expect(try compiler.check(Self.adapter).isEmpty)
  }

  @Test(
    .enabled(if: Compiler.isPresent("gcc"), "no gcc here"),
    .enabled(if: Compiler.isPresent("g++"), "no g++ here"),
    .enabled(if: Compiler.isPresent("clang"), "no clang here"),
    .enabled(if: Compiler.isPresent("clang++"), "no clang++ here"))
  func `all four compilers were asked`() {
    #expect(Set(Compiler.all.map(\.command)).allSatisfy(Compiler.isPresent))
  }

  @Test func `the header includes two headers of the language and nothing else`() throws {
    let included = try Header.text().matches(of: #/#\s*include\s+(\S+)/#).map {
      String($0.output.1)
    }
    #expect(included == ["<stddef.h>", "<stdint.h>"])
  }

  @Test(.enabled(if: Compiler.isPresent("clang"), "no clang here"))
  func `the header may be included twice`() throws {
    let twice = "#include \"destination_adapter.h\"\n#include \"destination_adapter.h\"\n"
    #expect(try Compiler.clang.check(twice).isEmpty)
  }

  @Test func `nothing stands in the header whose size the compiler chooses`() throws {
    let code = try Header.text().replacing(#/\/\*[\s\S]*?\*\//#, with: "")
    let forbidden =
      #/\b(enum|bool|_Bool|long|short|union|time_t|FILE|errno|va_list|wchar_t)\b|\.\.\./#
    #expect(code.firstMatch(of: forbidden) == nil)
  }

  private static let adapter = """
    #include "destination_adapter.h"
    DESTINATION_NOTE("com.example.crm", "1.4.0")
    static const destination_adapter table = {0};
    const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
      (void)minor;
      return major == DESTINATION_ABI_MAJOR ? &table : 0;
    }

    """.replacing(
      "= {0}",
      with:
        "= {DESTINATION_ADAPTER_MAGIC, sizeof(destination_adapter), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}"
    )
}
