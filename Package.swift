// swift-tools-version: 6.2
import Foundation
import PackageDescription

// One loop below gives every Swift target the same strictness; see `house`.

/// The modules, from the top down: a room may import only what stands below it.
let rooms: [(name: String, imports: [String])] = [
  (
    "HostCommands",
    [
      "DestinationHost", "Ingest", "Workspace", "AdapterAuthoring", "AdapterLoading",
      "DeliveryQueue", "AuditLog", "Eligibility",
      "Privacy", "FieldEncryption", "TrackingAPI", "HTTPListener", "Cryptography",
      "DestinationFilter", "EventJSON", "KafkaClient", "WorkspaceSnapshot",
    ]
  ),
  (
    "DestinationHost",
    [
      "Ingest", "Workspace", "AdapterLoading", "DeliveryQueue", "AuditLog", "Eligibility",
      "Privacy", "FieldEncryption", "HTTPEgress", "TrackingAPI", "HTTPListener", "HTTPWire",
      "Cryptography", "DestinationFilter", "EventJSON", "Metrics", "KafkaClient",
    ]
  ),
  ("Ingest", []),
  (
    "Workspace",
    [
      "AuditLog", "Eligibility", "Privacy", "FieldEncryption", "Cryptography", "DestinationFilter",
      "WorkspaceSnapshot",
    ]
  ),
  ("AdapterAuthoring", ["AdapterLoading"]),
  ("AdapterLoading", ["CDestinationAdapter", "CSandbox", "Cryptography", "EventMapping"]),
  ("DeliveryQueue", ["CChecksum", "CFileRange", "Cryptography"]),
  ("FieldEncryption", ["EventJSON", "Cryptography"]),
  ("Privacy", ["EventJSON"]),
  ("Eligibility", ["Cryptography"]),
  ("AuditLog", ["Cryptography"]),
  ("WorkspaceSnapshot", ["Cryptography"]),
  ("DestinationFilter", ["EventJSON"]),
  ("EventMapping", ["EventJSON"]),
  ("TrackingAPI", ["HTTPListener", "HTTPWire", "Gzip", "Cryptography", "EventJSON"]),
  ("EventJSON", []),
  ("Metrics", []),
  ("KafkaClient", ["CKafka", "SystemLibrary"]),
  ("HTTPEgress", ["HTTP2", "HTTPWire", "Gzip", "Cryptography"]),
  ("HTTP2", ["CHTTP2", "HTTPWire", "SystemLibrary"]),
  ("Gzip", ["SystemLibrary"]),
  ("SystemLibrary", []),
  ("HTTPListener", ["HTTPWire", "Cryptography", "CEpoll"]),
  ("HTTPWire", []),
  ("Cryptography", ["COpenSSL"]),
  ("DestinationKitTesting", ["DestinationKit", "CDestinationAdapter"]),
  ("DestinationKit", ["CDestinationAdapter", "EventMapping", "EventJSON"]),
]

/// The adapters this project ships: one dynamic library each, only the entry symbol exported.
let plugins = [
  "NDJSONFileDestination", "ConsoleDestination", "WebhookDestination",
  "SegmentDestination", "AmazonS3Destination", "AmplitudeDestination",
  "MixpanelDestination", "CustomerIODestination", "BrazeDestination", "GoogleAnalytics4Destination",
  "SyslogDestination",
]

/// Adapters for tests and benchmarks, written in C: `Tests/Fixtures/<name>`, one dynamic library each.
let fixtures = [
  "CountingAdapter", "MisbehavingAdapter", "ConstructorCrashAdapter", "HostileAdapter",
]

/// What a module's tests use beside the module and the workbench.
let fixturesOf: [String: [String]] = [
  "KafkaClient": ["KafkaCluster"], "HostCommands": ["KafkaCluster"],
]

/// These modules and every room further down that they rest on, each once; what is no room rests on nothing.
///
/// What a target is given. SwiftPM compiles a module again when one has changed that the target names, and looks no
/// further: a struct's layout may come from a module that one in between imports for itself alone, and an object that
/// was compiled with the older layout would be linked. What a file may import is the table's to say, and a test's to hold.
func withAllBelow(_ modules: [String]) -> [String] {
  var all: [String] = []
  var next = modules
  while let module = next.popLast() {
    if all.contains(module) { continue }
    all.append(module)
    next += rooms.first { $0.name == module }?.imports ?? []
  }
  return all
}

func dependencies(_ modules: [String]) -> [Target.Dependency] {
  withAllBelow(modules).map { .byName(name: $0) }
}

/// A module's notes stand beside its sources; SwiftPM wants to be told.
func notes(of module: String) -> [String] {
  let path = "\(Context.packageDirectory)/Sources/\(module)/Notes.md"
  return FileManager.default.fileExists(atPath: path) ? ["Notes.md"] : []
}

/// The list of products that comes with the program, its signature, and the public half of the key that made it.
let shippedProductList: [Resource] = [
  "eligible-products.json", "eligible-products.json.sig", "release.pub",
].map { .embedInCode("Shipped/\($0)") }

/// What `adapter new` makes a folder of; each file's text is in the program.
///
/// By name: SwiftPM does not read this file again because a folder has changed.
let templates: [Resource] = [
  "c-adapter.c", "c-build.sh", "c-files", "c-gitignore", "c-tests.c", "destination_adapter.h",
  "destination_kit.h", "rust-Cargo.toml", "rust-abi.rs", "rust-build.sh", "rust-files",
  "rust-gitignore", "rust-lib.rs", "rust-retry_after.rs", "rust-tests.rs", "shared-README.md",
  "shared-adapter.json", "shared-destination-adapter.map", "shared-events.ndjson",
  "shared-settings.json", "swift-Adapter.swift", "swift-Export.swift", "swift-Package.swift",
  "swift-Settings.swift", "swift-Tests.swift", "swift-build.sh", "swift-files", "swift-gitignore",
].map { .embedInCode("Templates/\($0).template") }

/// Files that a module's code holds.
let embedded: [String: [Resource]] = [
  "Eligibility": shippedProductList, "AdapterAuthoring": templates,
]

let onlyTheEntryIsExported: [LinkerSetting] = [
  .unsafeFlags([
    "-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/destination-adapter.map",
  ])
]

let package = Package(
  name: "sealpost",
  products: [
    .executable(name: "sealpost", targets: ["sealpost"]),
    .library(name: "DestinationKit", targets: withAllBelow(["DestinationKit"])),
    .library(name: "DestinationKitTesting", targets: withAllBelow(["DestinationKitTesting"])),
    .library(name: "CDestinationAdapter", targets: ["CDestinationAdapter"]),
  ]
    + (plugins + fixtures).map { .library(name: $0, type: .dynamic, targets: [$0]) },
  targets: [
    .executableTarget(name: "sealpost", dependencies: dependencies(["HostCommands"])),
    .executableTarget(
      name: "Benchmarks",
      dependencies: dependencies([
        "DestinationHost", "Workspace", "AdapterLoading", "AuditLog", "DeliveryQueue",
        "Eligibility", "FieldEncryption", "Privacy", "Cryptography", "DestinationFilter",
        "TrackingAPI", "HTTPListener", "HTTPWire", "EventJSON", "KafkaClient",
      ]), exclude: notes(of: "Benchmarks")),
    .target(name: "CDestinationAdapter"),
    .target(name: "CSandbox"),
    .target(name: "CChecksum"),
    .target(name: "CKafka"),
    .target(name: "CHTTP2"),
    .systemLibrary(name: "CEpoll"),
    .systemLibrary(name: "CFileRange"),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .executableTarget(
      name: "AdapterDriver", dependencies: ["CDestinationAdapter"],
      path: "Tests/Fixtures/AdapterDriver"),
    .target(name: "Workbench", path: "Tests/Fixtures/Workbench"),
    .target(
      name: "KafkaCluster", path: "Tests/Fixtures/KafkaCluster", exclude: ["cluster.py"]),
    .testTarget(name: "CDestinationAdapterTests", dependencies: ["CDestinationAdapter"]),
    .testTarget(name: "PackageTests", dependencies: ["Workbench"]),
  ]
    + rooms.map {
      .target(
        name: $0.name, dependencies: dependencies($0.imports), exclude: notes(of: $0.name),
        resources: embedded[$0.name] ?? [])
    }
    + rooms.map {
      .testTarget(
        name: "\($0.name)Tests",
        dependencies: dependencies([$0.name, "Workbench"] + (fixturesOf[$0.name] ?? [])),
        exclude: ["KafkaClient", "HTTP2"].contains($0.name) ? ["layout.c"] : [])
    }
    + plugins.map {
      .target(
        name: $0, dependencies: dependencies(["DestinationKit"]), path: "Plugins/\($0)",
        exclude: ["README.md", "adapter.json"], linkerSettings: onlyTheEntryIsExported)
    }
    + fixtures.map {
      .target(
        name: $0, dependencies: ["CDestinationAdapter"], path: "Tests/Fixtures/\($0)",
        exclude: ["adapter.json"])
    },
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
  target.cSettings = [.treatAllWarnings(as: .error)]
}
