/// The declaration that puts an adapter's ELF note into a Swift library, where only literals have a section of their own.
package enum NoteDeclaration {
  /// What an adapter imports, and this host does not.
  private static let kit = "DestinationKit"

  package static func text(product: String, version: String) -> String {
    var text = Array(product.utf8) + [0] + Array(version.utf8) + [0]
    text += Array(repeating: 0, count: (4 - text.count % 4) % 4)
    let rows = stride(from: 0, to: text.count, by: 12).map { start in
      "    " + text[start..<min(start + 12, text.count)].map(hex).joined(separator: ", ") + ","
    }
    let imports = "internal import \(kit)"
    return """
      \(imports)

      /// Product \(product), version \(version), in the library's ELF note; made by `sealpost adapter note`.
      @section(".note.destadapter") @used
      let adapterNote: AdapterNote<\(text.count)> = (
        12, \(8 + text.count), 1,
        [\(Array("destadapter\0".utf8).map(hex).joined(separator: ", "))],
        1, 0,
        [
      \(rows.joined(separator: "\n"))
        ]
      )

      """
  }

  private static func hex(_ byte: UInt8) -> String {
    byte == 0 ? "0" : "0x" + String(byte, radix: 16)
  }
}
