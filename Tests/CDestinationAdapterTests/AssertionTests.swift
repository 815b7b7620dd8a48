import Foundation
import Testing

/// The header's own assertions: a change of the layout stops the compiler.
@Suite(.enabled(if: Compiler.isPresent("clang"), "no clang here"))
struct AssertionTests {
  @Test(arguments: [
    ("uint32_t event_stride;", "uint64_t event_stride;", "destination_batch"),
    ("uint32_t type;", "uint32_t type; uint32_t more; uint32_t yet;", "destination_event"),
    ("int32_t remote_code;", "", "destination_result"),
    ("uint64_t max_batch_bytes;", "", "destination_descriptor"),
  ])
  func `a field that moves is named`(old: String, new: String, type: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sealpost-header-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let changed = try Header.text().replacing(old, with: new)
    #expect(try changed != Header.text())
    try changed.write(
      to: folder.appendingPathComponent("destination_adapter.h"), atomically: true,
      encoding: .utf8)
    let said = try Compiler.clang.check(
      "#include \"destination_adapter.h\"\n", headers: folder)
    #expect(said.contains("\(type)"))
    #expect(said.contains("has moved") || said.contains("has another size"))
  }

  @Test func `every field that is declared is asserted`() throws {
    let declared = try Header.declaredFields()
    #expect(declared.count > 80)
    #expect(declared == Set(try Header.assertedOffsets().keys))
  }

  @Test func `a machine with small pointers is refused with the reason`() throws {
    let said = try Compiler.clang.check(
      "#include \"destination_adapter.h\"\n",
      options: ["-target", "i386-unknown-none-elf", "-ffreestanding", "-Wno-padded"])
    #expect(said.contains("destination_adapter.h needs LP64"))
  }
}
