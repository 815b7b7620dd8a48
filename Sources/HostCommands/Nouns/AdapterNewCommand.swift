internal import AdapterAuthoring

/// `adapter new`: a folder with an adapter that builds, passes the validator and has tests.
enum AdapterNewCommand {
  private static let name = Operand("NAME", "Of the adapter: small letters, digits and -")
  private static let language = Option.choice(
    "language", AdapterLanguage.allCases.map(\.rawValue), "What it is written in", isRequired: true)
  private static let output = Option.value("output", "DIR", "The folder to make (else ./NAME)")
  private static let product = Option.value(
    "product", "ID", "The product it delivers to, in reverse DNS (else com.example.NAME)")
  private static let sealpost = Option.value(
    "sealpost", "PATH|URL", "For swift: this package's sources (else those that built the program)")

  static let command = Command(
    path: ["adapter", "new"], summary: "Make a new adapter's folder",
    access: .everyone,
    details: [
      """
      The adapter sends each batch to a URL; change it to what the destination wants. It builds with \
      ./build.sh, passes adapter validate, and has three tests: ./build.sh test.
      """
    ],
    operands: [name], options: [language, output, product, sealpost, .json],
    examples: [
      .init("sealpost adapter new crm-lines --language swift", "in ./crm-lines"),
      .init(
        "sealpost adapter new crm-lines --language rust --product org.example.crm --output crm",
        "in ./crm, with a product of its own"),
    ], run: run)

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let arguments = invocation.arguments
    var order = Scaffold.Order(
      name: arguments.required(name),
      language: AdapterLanguage(rawValue: arguments.required(language)) ?? .swift)
    order.product = arguments[product]
    order.folder = arguments[output]
    order.sealpost = arguments[sealpost]
    order.version = Version.text
    let scaffold = try Scaffold(order)
    let files = try scaffold.write()
    if invocation.wantsJSON {
      invocation.console.data(
        .object([("folder", .string(scaffold.folder)), ("files", .strings(files))]) as JSONText)
    }
    invocation.console.note(
      "Adapter \(order.name) made in \(scaffold.folder). Next: cd \(scaffold.folder) && ./build.sh")
    return .done
  }
}
