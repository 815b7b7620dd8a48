internal import AdapterAuthoring

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
    invocation.console.data(NoteDeclaration.text(product: words[0], version: words[1]))
    return .done
  }
}
