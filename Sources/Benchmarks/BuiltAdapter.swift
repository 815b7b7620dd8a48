import AdapterLoading
import Cryptography
import Foundation

/// An adapter of this package, built beside this executable.
struct BuiltAdapter {
  let product: String
  let target: String
  let displayName: String
  /// The member `permissions` of its manifest.
  private var permissions = "{}"

  /// In C: `Tests/Fixtures/CountingAdapter`.
  static let counting = BuiltAdapter(
    product: "org.sealpost.test.counting", target: "CountingAdapter",
    displayName: "Counting (test)",
    permissions: #"{"files":[{"path":"$settings.path","access":"write"}]}"#)
  /// In Swift: `Plugins/ConsoleDestination`.
  static let console = BuiltAdapter(
    product: "org.sealpost.console", target: "ConsoleDestination", displayName: "Console")

  /// In Swift: `Plugins/WebhookDestination`.
  static let webhook = BuiltAdapter(
    product: "org.sealpost.webhook", target: "WebhookDestination", displayName: "Webhook",
    permissions: #"{"http":["$settings.url"],"http_secrets":["token","signing_key"]}"#)

  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) is not built. Run: swift build -c release" }
  }

  /// Builds it when it is not there: `swift run` builds only what it runs.
  func path() throws -> String {
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    let path = folder.appendingPathComponent("lib\(target).so").path
    if !FileManager.default.fileExists(atPath: path) { try build(folder.lastPathComponent) }
    guard FileManager.default.fileExists(atPath: path) else { throw Missing(path: path) }
    return path
  }

  private func build(_ configuration: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["swift", "build", "-c", configuration, "--product", target]
    process.standardOutput = FileHandle.standardError
    try process.run()
    process.waitUntilExit()
  }

  var manifestJSON: [UInt8] {
    Array(
      """
      {"format":1,"product":"\(product)","version":"1.0.0","display_name":"\(displayName)",\
      "abi":{"major":1,"minor":1},"library":"lib\(target).so",\
      "event_types":["identify","track","page","screen","group","alias"],\
      "permissions":\(permissions)}
      """.utf8)
  }

  /// What starts a worker with it.
  func configuration(_ sandbox: SandboxMode) throws -> WorkerConfiguration {
    let path = try path()
    var configuration = WorkerConfiguration(
      libraryPath: path, expectedSHA256: try SealedLibrary(path: path).sha256,
      manifest: try AdapterManifest(json: manifestJSON, path: "adapter.json"),
      destinationID: "benchmark", settingsJSON: Array("{}".utf8), willLoad: { _ in },
      observe: { _ in })
    configuration.sandbox = sandbox
    return configuration
  }
}
