/// The table of modules and what each may import.
///
/// The description of the package and every source file are held against it. From the top down: an arrow may only
/// point to something further down the list.
enum House {
  struct Room: Sendable {
    let name: String
    /// The modules of this package that its files may import.
    let imports: Set<String>
  }

  static let rooms: [Room] =
    [
      Room(name: "sealpost", imports: ["HostCommands"]),
      Room(
        name: "HostCommands",
        imports: belowTheCommands.union([
          "DestinationHost", "Ingest", "AdapterAuthoring", "TrackingAPI", "HTTPListener",
          "WorkspaceSnapshot",
        ])),
      Room(
        name: "Benchmarks",
        imports: belowTheCommands.union([
          "DestinationHost", "TrackingAPI", "HTTPListener", "HTTPWire",
        ])),
      Room(
        name: "DestinationHost",
        imports: belowTheCommands.union([
          "Ingest", "HTTPEgress", "TrackingAPI", "HTTPListener", "HTTPWire", "Metrics",
        ])),
      Room(name: "Ingest", imports: []),
      Room(
        name: "Workspace",
        imports: [
          "AuditLog", "Eligibility", "Privacy", "FieldEncryption", "Cryptography",
          "DestinationFilter", "WorkspaceSnapshot",
        ]),
      Room(name: "AdapterAuthoring", imports: ["AdapterLoading"]),
      Room(
        name: "AdapterLoading",
        imports: ["CDestinationAdapter", "CSandbox", "Cryptography", "EventMapping"]),
      Room(name: "DeliveryQueue", imports: ["CChecksum", "CFileRange", "Cryptography"]),
      Room(name: "FieldEncryption", imports: ["EventJSON", "Cryptography"]),
      Room(name: "Privacy", imports: ["EventJSON"]),
      Room(name: "Eligibility", imports: ["Cryptography"]),
      Room(name: "AuditLog", imports: ["Cryptography"]),
      Room(name: "WorkspaceSnapshot", imports: ["Cryptography"]),
      Room(name: "DestinationFilter", imports: ["EventJSON"]),
      Room(
        name: "TrackingAPI",
        imports: ["HTTPListener", "HTTPWire", "Gzip", "Cryptography", "EventJSON"]),
      Room(name: "Metrics", imports: []),
      Room(name: "HTTPEgress", imports: ["HTTP2", "HTTPWire", "Gzip", "Cryptography"]),
      Room(name: "HTTP2", imports: ["CHTTP2", "HTTPWire", "SystemLibrary"]),
      Room(name: "Gzip", imports: ["SystemLibrary"]),
      Room(name: "HTTPListener", imports: ["HTTPWire", "Cryptography", "CEpoll"]),
      Room(name: "HTTPWire", imports: []),
      Room(name: "KafkaClient", imports: ["CKafka", "SystemLibrary"]),
      Room(name: "SystemLibrary", imports: []),
      Room(name: "Cryptography", imports: ["COpenSSL"]),
    ] + plugins.map { Room(name: $0, imports: ["DestinationKit"]) } + [
      Room(
        name: "DestinationKitTesting", imports: ["DestinationKit", "CDestinationAdapter"]),
      Room(
        name: "DestinationKit", imports: ["CDestinationAdapter", "EventMapping", "EventJSON"]),
      Room(name: "EventMapping", imports: ["EventJSON"]),
      Room(name: "EventJSON", imports: []),
      Room(name: "CDestinationAdapter", imports: []),
      Room(name: "CSandbox", imports: []),
      Room(name: "CChecksum", imports: []),
      Room(name: "CKafka", imports: []),
      Room(name: "CHTTP2", imports: []),
      Room(name: "COpenSSL", imports: []),
      Room(name: "CEpoll", imports: []),
      Room(name: "CFileRange", imports: []),
    ]

  /// What a module rests on, near and far.
  static func allBelow(_ module: String) -> Set<String> {
    let imports = rooms.first { $0.name == module }?.imports ?? []
    return imports.reduce(imports) { $0.union(allBelow($1)) }
  }

  /// The adapters that this project ships.
  static let plugins = [
    "NDJSONFileDestination", "ConsoleDestination", "WebhookDestination", "SegmentDestination",
    "AmazonS3Destination", "AmplitudeDestination", "MixpanelDestination", "CustomerIODestination",
    "BrazeDestination", "GoogleAnalytics4Destination", "SyslogDestination",
  ]

  /// What both sides of the ABI know: how an event is written, and what a mapping makes of it.
  ///
  /// Neither knows a host, an adapter or a C type.
  static let ofBothSides = ["EventMapping", "EventJSON"]

  /// What a file may import from outside the package.
  static let toolchain: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
  ]

  /// The modules that see every event: no document parser of Foundation's works there.
  static let eventPath = [
    "EventJSON", "EventMapping", "DestinationFilter", "FieldEncryption", "Privacy", "Ingest",
  ]

  private static let belowTheCommands: Set<String> = [
    "Workspace", "AdapterLoading", "DeliveryQueue", "AuditLog", "Eligibility", "Privacy",
    "FieldEncryption",
    "Cryptography", "DestinationFilter", "EventJSON", "KafkaClient",
  ]
}
