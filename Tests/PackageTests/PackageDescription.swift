import Foundation

/// What SwiftPM itself understands of `Package.swift`.
struct PackageDescription: Decodable, Sendable {
  struct Target: Decodable, Sendable {
    struct Dependency: Decodable, Sendable {
      private let byName: [String?]?
      private let target: [String?]?

      /// nil for a product of another package.
      var name: String? { (byName ?? target)?.first ?? nil }
    }

    let name: String
    let type: String
    /// From the package's folder, where `Package.swift` gives it.
    let path: String?
    let dependencies: [Dependency]
  }

  struct Product: Decodable, Sendable {
    let name: String
    let targets: [String]
  }

  /// Something that is there, whatever it holds.
  struct Anything: Decodable, Sendable {
    init(from decoder: any Decoder) {}
  }

  let targets: [Target]
  let products: [Product]
  /// Other packages.
  let dependencies: [Anything]
}

extension PackageDescription {
  enum Failure: Error { case swiftSays(status: Int32) }

  /// The description of this package, read once.
  static let this = Result { try read() }

  /// Asks SwiftPM about a copy of the file in a folder of its own: the build that runs the tests holds a lock on this one.
  private static func read() throws -> PackageDescription {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sealpost-description-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(
      at: SourceFile.root.appendingPathComponent("Package.swift"),
      to: folder.appendingPathComponent("Package.swift"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["swift", "package", "--package-path", folder.path, "dump-package"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let json = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure.swiftSays(status: process.terminationStatus)
    }
    return try JSONDecoder().decode(PackageDescription.self, from: json)
  }
}
