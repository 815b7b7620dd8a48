internal import AdapterLoading

/// What the descriptor says of the adapter, beyond its layout.
enum DescriptorTests {
  static let all: [ValidatorTest] = [
    .loaded(
      "descriptor.strings",
      "A destination that limits strings keeps at least what RSA with 2048 bits makes of a value: 344 bytes."
    ) { subject in
      let most = try subject.description.maximumStringLength
      return most == 0 || most >= 344
        ? .pass
        : .warn(
          "max_string_length is \(most): no encrypted value fits, so the host sends none.",
          mend: "If the destination keeps longer strings, say how long; else tell the operators.")
    },
    .loaded(
      "descriptor.settings", "Every setting has a sentence for the operator, and a type.", described
    ),
    .loaded(
      "descriptor.secrets",
      "Every secret of the schema is named under permissions.secrets or permissions.http_secrets, and no other is.",
      secrets),
    .loaded(
      "descriptor.permissions", "A permission $settings.NAME names a setting of the schema.",
      permissions),
    .loaded("descriptor.extension", "An extension that it does not have is NULL.") { subject in
      try subject.run(.askExtension("org.sealpost.no-such-extension/1")).isThere
        ? .fail(
          "extension gave something for an id that nobody knows.",
          mend: "Compare the id, and return NULL for all others.")
        : .pass
    },
  ]

  private static func schema(_ subject: Subject) throws -> SampleSchema {
    guard let schema = subject.bench.schema else {
      throw Verdict.fail(
        "settings_schema is no JSON Schema of an object.",
        mend: "Write it as destination_adapter.h describes destination_descriptor.settings_schema.")
    }
    return schema
  }

  private static func described(_ subject: Subject) throws -> Verdict {
    let properties = try schema(subject).properties.sorted { $0.key < $1.key }
    if let (name, _) = properties.first(where: { $0.value["type"] == nil }) {
      return .fail(
        "the setting \"\(name)\" has no type.",
        mend: "Give it one: string, integer, number, boolean or array.")
    }
    let silent = properties.first { $0.value["description"] == nil && $0.value["title"] == nil }
    return silent.map {
      .warn(
        "the setting \"\($0.key)\" has no description.", mend: "Say in one sentence what it is.")
    } ?? .pass
  }

  private static func secrets(_ subject: Subject) throws -> Verdict {
    let schema = try schema(subject)
    let permissions = subject.bench.folder.manifest.permissions
    let named = Set(permissions.secrets + permissions.httpSecrets)
    let secret = Set(schema.properties.keys.filter(schema.isSecret))
    if let name = secret.subtracting(named).min() {
      return .fail(
        "the secret \"\(name)\" is under no permission: neither the adapter nor a request gets it.",
        mend:
          "Name it in adapter.json under permissions.http_secrets, or under permissions.secrets.")
    }
    if let name = named.subtracting(secret).min() {
      return .fail(
        "\"\(name)\" is under permissions and no secret of the schema: no operator can set it.",
        mend: "Add it to the schema with \"x-secret\": true.")
    }
    return .pass
  }

  private static func permissions(_ subject: Subject) throws -> Verdict {
    let schema = try schema(subject)
    let permissions = subject.bench.folder.manifest.permissions
    let names =
      permissions.files.compactMap(\.setting) + permissions.files.compactMap(\.when)
      + permissions.http.filter { $0.hasPrefix("$settings.") }.map {
        String($0.dropFirst("$settings.".count))
      }
    let unknown = names.first { schema.properties[$0] == nil }
    return unknown.map {
      .fail(
        "a permission names the setting \"\($0)\", which the schema does not have.",
        mend: "Write the setting's name as in the schema.")
    } ?? .pass
  }
}
