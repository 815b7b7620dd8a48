internal import AdapterLoading
internal import Cryptography
internal import Eligibility
internal import Workspace

/// `adapter keygen`, `sign` and `trust`: who made an adapter, and whose adapters a workspace takes.
enum AdapterSigningCommands {
  static let commands = [sign, keygen, trustAdd, trustList, trustRemove]

  private static let output = Option.value(
    "output", "F", "The private key's file, new; F.pub gets the public half", isRequired: true)
  private static let key = Option.value(
    "key", "F", "The private key, a file of mode 0600", isRequired: true)
  private static let release = Option.value("release", "N", "The release counter, from 1")
  private static let notAfter = Option.value(
    "not-after", "DATE", "The last day on which it may be used")
  private static let passphrase = Option.value(
    "passphrase-file", "F", "Holds the private key's passphrase")
  private static let publicKey = Operand("F", "The public key, PEM, as keygen writes it")
  private static let name = Option.value("name", "NAME", "Your name for the key", isRequired: true)
  private static let keyID = Operand("KEY", "The key's id, or its beginning")

  private static let keygen = Command(
    path: ["adapter", "keygen"], summary: "Make a key that signs adapters (Ed25519)",
    access: .everyone,
    details: [
      "The private key never leaves its file. Whoever installs your adapters trusts F.pub."
    ],
    options: [output, passphrase],
    examples: [
      .init("sealpost adapter keygen --output release.key", "release.key and release.key.pub")
    ]
  ) { invocation in
    let path = invocation.arguments.required(output)
    let made = try SigningKeyFile.make(
      at: path, passphraseFile: invocation.arguments[passphrase])
    invocation.console.note(
      "Key \(AdapterKey.id(of: made)) made: \(path) is private, \(path).pub is for your users")
    return .done
  }

  private static let sign = Command(
    path: ["adapter", "sign"], summary: "Sign an adapter's package",
    access: .everyone,
    details: [
      """
      Writes the library's target, SHA-256 and size and the release into adapter.json, and the \
      signature over its exact bytes into \(AdapterSignature.fileName). Sign again after every build.
      """
    ],
    operands: [AdapterCommands.folder], options: [key, release, notAfter, passphrase, .json],
    examples: [
      .init("sealpost adapter sign ./adapter --key release.key --release 3", "the third release")
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let key = try SigningKeyFile.read(
      arguments.required(key), passphraseFile: arguments[passphrase])
    let number = try arguments[release].map { text in
      guard let number = Int(text), number > 0 else {
        throw CommandError.usage(
          "option \"\(release.typed)\"", invocation.command.name, "it is no number from 1",
          "Give one more than the release before.")
      }
      return number
    }
    let signed = try PackageSigning.sign(
      folder: arguments.required(AdapterCommands.folder), with: key, release: number,
      notAfter: try invocation.date(notAfter)?.description)
    let manifest = signed.folder.manifest
    if invocation.wantsJSON {
      invocation.console.data(
        .object([
          ("product", .string(manifest.product)), ("version", .string(manifest.version)),
          ("release", manifest.release.map { .integer($0) } ?? .null),
          ("key_id", .string(AdapterKey.id(of: key.verifyingKey))),
          ("written", .strings(signed.written)),
        ]))
    }
    invocation.console.note(
      "Adapter \(manifest.product) \(manifest.version), release \(manifest.release ?? 1), signed by "
        + "\(AdapterKey.id(of: key.verifyingKey).prefix(16))…"
        + (signed.written.isEmpty
          ? "" : "; set in adapter.json: \(signed.written.joined(separator: ", "))"))
    return .done
  }

  private static let trustAdd = Command(
    path: ["adapter", "trust", "add"], summary: "Take adapters that this key signed",
    access: .owner,
    details: ["Compare the id with what the author tells you by another way."],
    operands: [publicKey], options: [name],
    examples: [
      .init("sealpost adapter trust add vendor.pub --name example-crm", "a vendor's key")
    ]
  ) { invocation in
    let key = try SigningKeyFile.readPublic(invocation.arguments.required(publicKey))
    let id = AdapterKey.id(of: key)
    try invocation.openWorkspace().trust(
      key, id: id, name: invocation.arguments.required(name))
    invocation.console.note("Key \(id) trusted")
    return .done
  }

  private static let trustList = Command(
    path: ["adapter", "trust", "list"], summary: "List the keys whose adapters are taken",
    access: .viewer,
    options: [.json], examples: [.init("sealpost adapter trust list", "all of them")]
  ) { invocation in
    let keys = try invocation.openWorkspace().adapterTrust().keys
    invocation.print(
      Table(
        columns: [.init("key"), .init("name", isFlexible: true), .init("added")],
        rows: keys.map(\.cells)),
      json: .array(keys.map(\.json)))
    return .done
  }

  private static let trustRemove = Command(
    path: ["adapter", "trust", "remove"], summary: "Take no adapters of this key any more",
    access: .owner,
    details: ["Adapters that it signed are not loaded from the next run on."], operands: [keyID],
    examples: [.init("sealpost adapter trust remove 3f9a1c20", "by the beginning of its id")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let id = try invocation.keyID(keyID, among: workspace.adapterTrust().keys.map(\.id))
    try workspace.distrust(id)
    let signed = workspace.adapters().filter { $0.keyID == id }.map(\.product)
    invocation.console.note("Key \(id) is not trusted any more")
    if !signed.isEmpty {
      invocation.console.warning(
        "not loaded any more: \(signed.joined(separator: ", ")). See: sealpost adapter verify")
    }
    return .done
  }
}
