/// `adapter note`: the declaration that puts an adapter's ELF note into a Swift library.
enum AdapterNoteCommand {
  private static let product = Operand("PRODUCT", "The adapter's product id, as in adapter.json")
  private static let version = Operand("VERSION", "Its version, as in adapter.json")

  static let command = Command(
    path: ["adapter", "note"], summary: "Print the ELF note of a Swift adapter",
    access: .everyone,
    details: [
      """
      Swift places only literals in a section of their own, so the text is written as bytes. In C, \
      DESTINATION_NOTE("PRODUCT", "VERSION") does the same.
      """
    ],
    operands: [product, version],
    examples: [.init("sealpost adapter note org.example.crm 1.4.0", "for its Note.swift")]
  ) { invocation in
    let words = [invocation.arguments.required(product), invocation.arguments.required(version)]
    guard
      words.allSatisfy({
        !$0.isEmpty && $0.utf8.count <= 128 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
      })
    else {
      throw CommandError.usage(
        "a word", invocation.command.name, "it is not 1 to 128 printable ASCII characters",
        "Give the product id and the version.")
    }
    invocation.console.data(declaration(product: words[0], version: words[1]))
    return .done
  }

  /// What an adapter imports, and this host does not.
  private static let kit = "DestinationKit"

  static func declaration(product: String, version: String) -> String {
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
