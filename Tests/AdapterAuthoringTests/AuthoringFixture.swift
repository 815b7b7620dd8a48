import Foundation
import Testing
import Workbench

@testable import AdapterAuthoring

/// The built adapters of this package, as folders that the validator takes.
enum AuthoringFixture {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Puts manifest and library together in a folder of the scratch.
  static func adapter(_ name: String, from folder: String, in scratch: Scratch) throws -> String {
    let target = scratch.file(name)
    let files = FileManager.default
    try files.createDirectory(atPath: target, withIntermediateDirectories: true)
    try files.copyItem(
      atPath: root.appendingPathComponent("\(folder)/\(name)/adapter.json").path,
      toPath: "\(target)/adapter.json")
    try files.copyItem(atPath: Built.library(name), toPath: "\(target)/lib\(name).so")
    return target
  }

  /// A folder with what gcc made of a file of `Tests/Fixtures`, and the manifest beside it.
  static func compiled(
    _ source: String, _ options: [String], hidesMore: Bool = true, in scratch: Scratch,
    named name: String
  ) throws -> String {
    let source = root.appendingPathComponent("Tests/Fixtures/\(source)")
    let header = root.appendingPathComponent("Sources/CDestinationAdapter/include")
    let map = root.appendingPathComponent("Plugins/destination-adapter.map").path
    let target = scratch.file(name)
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: source.deletingLastPathComponent().appendingPathComponent("adapter.json").path,
      toPath: "\(target)/adapter.json")
    let built = try Shell.run(
      "/usr/bin/gcc",
      ["-std=gnu11", "-w", "-O1", "-shared", "-fPIC", "-I", header.path] + options
        + (hidesMore ? ["-Wl,--version-script=\(map)"] : [])
        + [source.path, "-o", "\(target)/libcareless.so"])
    #expect(built.code == 0, "\(built.output)")
    return target
  }

  static func options(_ patterns: [String] = [], settings: String? = nil) -> Validator.Options {
    var options = Validator.Options()
    options.executablePath = Built.sealpost
    options.patterns = patterns
    options.settings = settings.map { Array($0.utf8) }
    return options
  }

  /// The reports of one adapter, by the tests' names.
  static func reports(
    _ path: String, _ patterns: [String] = [], settings: String? = nil
  ) throws -> [String: Verdict] {
    let reports = try Validator(path, options(patterns, settings: settings)).run { _ in }
    return Dictionary(uniqueKeysWithValues: reports.map { ($0.name, $0.verdict) })
  }
}
