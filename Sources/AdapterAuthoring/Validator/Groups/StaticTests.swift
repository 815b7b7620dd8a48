internal import AdapterLoading

/// What can be said of the package without running any of its code.
enum StaticTests {
  static let all: [ValidatorTest] = [
    ValidatorTest(
      "static.file",
      "The library is a regular file that only its owner may write."
    ) { bench in
      try refused { () throws(LoadError) in _ = try SealedLibrary(path: bench.folder.libraryPath) }
    },
    ValidatorTest(
      "static.elf",
      "It is a shared library for this machine, without writable code, text relocations or libraries that are not approved."
    ) { bench in
      try refused { () throws(LoadError) in
        let path = bench.folder.libraryPath
        try SealedLibrary(path: path).check(.standard, path: path)
      }
    },
    ValidatorTest(
      "static.exports", "It exports destination_adapter_entry and nothing else.", exports),
    ValidatorTest(
      "static.note", "Its ELF note says the same product and version as adapter.json.", note),
    ValidatorTest(
      "static.schema",
      "adapter.json repeats the settings' schema, so that settings are checked before any code runs.",
      schema),
  ]

  private static func refused(_ look: () throws(LoadError) -> Void) throws -> Verdict {
    do throws(LoadError) {
      try look()
      return .pass
    } catch {
      return .fail("\(error)", mend: "")
    }
  }

  private static func exports(_ bench: Bench) throws -> Verdict {
    let library = try SealedLibrary(path: bench.folder.libraryPath)
    guard let names = library.exports else {
      return .skip("it has no section headers to read its symbols from.")
    }
    let entry = "destination_adapter_entry"
    guard names.contains(entry) else {
      return .fail(
        "\(entry) is not exported.",
        mend: "Declare it with DESTINATION_EXPORT and keep it in the link.")
    }
    let others = names.filter { $0 != entry }
    guard let other = others.first else { return .pass }
    return .warn(
      "it exports \(others.count) more, such as \(other.prefix(80)).",
      mend: "Link with the version script destination-adapter.map, and hide what is not marked.")
  }

  private static func note(_ bench: Bench) throws -> Verdict {
    let path = bench.folder.libraryPath
    do throws(LoadError) {
      let note = try SealedLibrary(path: path).checkNote(
        against: bench.folder.manifest, path: path)
      guard note == nil else { return .pass }
      let manifest = bench.folder.manifest
      return .warn(
        "it has no note .note.destadapter.",
        mend: "In C: DESTINATION_NOTE(\"\(manifest.product)\", \"\(manifest.version)\"). "
          + "In Swift: sealpost adapter note \(manifest.product) \(manifest.version)")
    } catch {
      return .fail("\(error)", mend: "")
    }
  }

  private static func schema(_ bench: Bench) -> Verdict {
    let manifest = bench.folder.manifest
    if manifest.settingsSchema != nil {
      return manifest.settingLines != nil
        ? .pass
        : .fail(
          "settings_schema is no JSON Schema of an object with properties of known types.",
          mend:
            "Write it as destination_adapter.h describes destination_descriptor.settings_schema.")
    }
    guard let description = bench.survey.description, !description.settingsSchema.isEmpty else {
      return .pass
    }
    return .warn(
      "it has settings, and adapter.json has no settings_schema.",
      mend: "Copy the library's schema into adapter.json.")
  }
}
