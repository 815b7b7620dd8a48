/// A language in which `adapter new` makes an adapter.
package enum AdapterLanguage: String, Sendable, CaseIterable {
  case swift, c, rust

  /// The templates of its files, by where each goes; `@…@` in a path is filled in as in a text.
  var files: [String: [UInt8]] {
    switch self {
    case .swift:
      [
        "Package.swift": PackageResources.swift_Package_swift_template,
        "Sources/@TYPE@/@TYPE@.swift": PackageResources.swift_Adapter_swift_template,
        "Sources/@TYPE@/Settings.swift": PackageResources.swift_Settings_swift_template,
        "Sources/@TYPE@/Export.swift": PackageResources.swift_Export_swift_template,
        "Sources/@TYPE@/Note.swift": Array("@NOTE@".utf8),
        "Tests/@TYPE@Tests/OutcomeTests.swift": PackageResources.swift_Tests_swift_template,
        "destination-adapter.map": PackageResources.shared_destination_adapter_map_template,
        "build.sh": PackageResources.swift_build_sh_template,
        ".gitignore": PackageResources.swift_gitignore_template,
      ]
    case .c:
      [
        "adapter.c": PackageResources.c_adapter_c_template,
        "tests.c": PackageResources.c_tests_c_template,
        "include/destination_adapter.h": PackageResources.destination_adapter_h_template,
        "include/destination_kit.h": PackageResources.destination_kit_h_template,
        "destination-adapter.map": PackageResources.shared_destination_adapter_map_template,
        "build.sh": PackageResources.c_build_sh_template,
        ".gitignore": PackageResources.c_gitignore_template,
      ]
    case .rust:
      [
        "Cargo.toml": PackageResources.rust_Cargo_toml_template,
        "src/lib.rs": PackageResources.rust_lib_rs_template,
        "src/abi.rs": PackageResources.rust_abi_rs_template,
        "src/retry_after.rs": PackageResources.rust_retry_after_rs_template,
        "tests/outcomes.rs": PackageResources.rust_tests_rs_template,
        "include/destination_adapter.h": PackageResources.destination_adapter_h_template,
        "build.sh": PackageResources.rust_build_sh_template,
        ".gitignore": PackageResources.rust_gitignore_template,
      ]
    }
  }

  /// The rows of the README's table that are its own.
  var fileRows: [UInt8] {
    switch self {
    case .swift: PackageResources.swift_files_template
    case .c: PackageResources.c_files_template
    case .rust: PackageResources.rust_files_template
    }
  }

  /// In every language.
  static let shared: [String: [UInt8]] = [
    "adapter.json": PackageResources.shared_adapter_json_template,
    "settings.json": PackageResources.shared_settings_json_template,
    "events.ndjson": PackageResources.shared_events_ndjson_template,
    "README.md": PackageResources.shared_README_md_template,
  ]
}
