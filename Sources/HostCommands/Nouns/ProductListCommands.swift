internal import Cryptography
internal import Eligibility
import Foundation
internal import Workspace

/// `products import`, `verify`, `sign` and `trust`: lists of products, who signed them, and whose are taken.
enum ProductListCommands {
  static let trust = [trustAdd, trustList, trustRemove]

  private static let file = Operand("F", "The list, JSON")
  private static let signature = Option.value(
    "signature", "S", "The file of its signature", isRequired: true)

  static let importList = Command(
    path: ["products", "import"], summary: "Take a signed list of products", access: .owner,
    details: [
      """
      The list is verified against the project's release key and the keys of products trust. Its \
      sequence must not be lower than the highest that was seen. A product of this workspace that the \
      list calls not eligible stops at once.
      """
    ],
    operands: [file], options: [signature, .json],
    examples: [
      .init(
        "sealpost products import eligible-products.json --signature eligible-products.json.sig",
        "a newer list")
    ]
  ) { invocation in
    let signed = SignedProductList(
      bytes: try InputFile.read(
        invocation.arguments.required(file), limit: ProductList.maximumSize),
      signature: try InputFile.read(
        invocation.arguments.required(signature), limit: DetachedSignature.longest))
    let (list, revoked) = try invocation.openWorkspace().importList(signed)
    if invocation.wantsJSON {
      invocation.console.data(
        .object([
          ("issuer", .string(list.issuer)), ("sequence", .integer(list.sequence)),
          ("entries", .integer(list.entries.count)), ("revoked", .strings(revoked.map(\.reason))),
        ]))
    }
    invocation.console.note(
      "The eligible-products \(list.title), is in force: \(Count.of(list.entries.count, "product"))"
    )
    for decision in revoked { invocation.console.warning("stopped: \(decision.reason)") }
    return .done
  }

  static let verify = Command(
    path: ["products", "verify"], summary: "Verify the lists of products in force",
    access: .viewer.orWithoutWorkspace,
    details: [
      "Each list's signature, and whether it is in date; outside a workspace the shipped one."
    ],
    options: [.json], examples: [.init("sealpost products verify", "all of them")],
    exitCodes: [(.no, "some list is past its last day")]
  ) { invocation in
    // Reading a list has verified its signature: one that does not hold is damage, and nothing is decided by it.
    let products = invocation.admitted?.workspace.products
    if let workspace = invocation.admitted?.workspace { _ = try workspace.listIssuers() }
    let lists = products?.lists ?? [ShippedProductList.list]
    let verdicts = lists.map { ($0, $0.daysOver(on: .today) == 0) }
    invocation.print(
      Table(
        columns: [
          .init("issuer", isFlexible: true), .init("sequence", isNumber: true), .init("issued"),
          .init("expires"), .init("products", isNumber: true), .init("signature"), .init("in date"),
        ],
        rows: verdicts.map { list, isInDate in
          [
            .init(list.issuer), .init("\(list.sequence)"), .init("\(list.issued)"),
            .init("\(list.expires)"), .init("\(list.entries.count)"), .init("holds", .green),
            .init(isInDate ? "yes" : "no", isInDate ? .green : .red),
          ]
        }),
      json: .array(
        verdicts.map { list, isInDate in
          .object([
            ("issuer", .string(list.issuer)), ("sequence", .integer(list.sequence)),
            ("issued", .string("\(list.issued)")), ("expires", .string("\(list.expires)")),
            ("products", .integer(list.entries.count)), ("signature_holds", .bool(true)),
            ("in_date", .bool(isInDate)),
          ])
        }))
    for warning in products?.warnings(on: .today) ?? [] { invocation.console.warning(warning) }
    return verdicts.allSatisfy(\.1) ? .done : .no
  }

  private static let key = Option.value(
    "key", "F", "The private key, a file of mode 0600, as adapter keygen makes it",
    isRequired: true)
  private static let passphrase = Option.value(
    "passphrase-file", "F", "Holds the private key's passphrase")

  static let sign = Command(
    path: ["products", "sign"], summary: "Sign a list of products as its issuer", access: .everyone,
    details: ["Checks the list and writes F.sig. Raise its sequence before you sign it anew."],
    operands: [file], options: [key, passphrase],
    examples: [.init("sealpost products sign our-products.json --key list.key", "your own list")]
  ) { invocation in
    let path = invocation.arguments.required(file)
    let bytes = try InputFile.read(path, limit: ProductList.maximumSize)
    let list = try ProductList(json: bytes)
    let key = try SigningKeyFile.read(
      invocation.arguments.required(key), passphraseFile: invocation.arguments[passphrase])
    let signature = try DetachedSignature(of: bytes, by: key, for: ProductList.signature)
    try write(signature.text, to: "\(path).sig")
    invocation.console.note(
      "The \(list.title), signed by \(signature.keyID.prefix(16))…: \(path).sig")
    return .done
  }

  private static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError(
        .cannotCreate, "file", in: path, "it could not be written",
        "Check the folder and its permissions.")
    }
  }

  private static let publicKey = Operand("F", "The issuer's public key, PEM")
  private static let name = Option.value("name", "NAME", "Your name for the key", isRequired: true)
  private static let keyID = Operand("KEY", "The key's id, or its beginning")

  private static let trustAdd = Command(
    path: ["products", "trust", "add"], summary: "Take lists that this key signed", access: .owner,
    details: ["Compare the id with what the issuer tells you by another way."],
    operands: [publicKey], options: [name],
    examples: [.init("sealpost products trust add issuer.pub --name compliance", "your own office")]
  ) { invocation in
    let key = try SigningKeyFile.readPublic(invocation.arguments.required(publicKey))
    try invocation.openWorkspace().trustIssuer(key, name: invocation.arguments.required(name))
    invocation.console.note("Lists of the key \(key.id) are taken")
    return .done
  }

  private static let trustList = Command(
    path: ["products", "trust", "list"], summary: "List the keys whose lists are taken",
    access: .viewer, options: [.json],
    examples: [.init("sealpost products trust list", "besides the project's release key")]
  ) { invocation in
    let keys = try invocation.openWorkspace().listIssuers()
    invocation.print(
      Table(
        columns: [.init("key"), .init("name", isFlexible: true), .init("added")],
        rows: [[.init(ShippedProductList.key.id), "the project's release key", "built in"]]
          + keys.map(\.cells)),
      json: .array(keys.map(\.json)))
    return .done
  }

  private static let trustRemove = Command(
    path: ["products", "trust", "remove"], summary: "Take no lists of this key any more",
    access: .owner, details: ["The list that it signed is put away too."], operands: [keyID],
    examples: [.init("sealpost products trust remove 3f9a1c20", "by the beginning of its id")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let id = try invocation.keyID(keyID, among: workspace.listIssuers().map(\.id))
    try workspace.distrustIssuer(id)
    invocation.console.note("Lists of the key \(id) are not taken any more")
    return .done
  }
}
