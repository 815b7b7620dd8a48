import Foundation
import Testing
import Workbench

@testable import AdapterLoading

@Suite struct ELFTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let library: [UInt8] = [UInt8](
    (try? Data(contentsOf: URL(fileURLWithPath: Fixture.library("CountingAdapter")))) ?? Data())

  private func refusal(_ bytes: [UInt8], _ rules: ELFRules = .standard) -> ELFRefusal? {
    do throws(ELFRefusal) {
      try unsafe rules.check(bytes.span.bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["CountingAdapter", "NDJSONFileDestination", "ConsoleDestination"])
  func `the libraries of this build keep the rules`(name: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixture.library(name))))
    #expect(refusal(bytes) == nil)
  }

  @Test func `a library that is not approved is named`() {
    var rules = ELFRules.standard
    rules.approvedLibraries = []
    guard case .libraryNotApproved(let name)? = refusal(Self.library, rules) else {
      Issue.record("it was approved")
      return
    }
    #expect(name.hasSuffix(".so.6") || name.hasPrefix("libswift"))
  }

  /// Builds a library with these flags; nil where there is no compiler.
  private func build(_ flags: [String]) throws -> [UInt8]? {
    let source = scratch.file("a.c")
    try "int destination_adapter_entry(void) { return 0; }\n".write(
      toFile: source, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/gcc")
    let output = scratch.file("a.so")
    process.arguments = ["-shared", "-fPIC", source, "-o", output] + flags
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: output)))
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc"), "needs gcc"),
    arguments: [
      (["-Wl,-z,execstack"], "executable stack"),
      (["-Wl,-rpath,/tmp", "-Wl,--disable-new-dtags"], "DT_RPATH"),
      (["-Wl,--audit,/tmp/a.so"], "DT_AUDIT"), (["-Wl,-F,libz.so"], "DT_FILTER"),
      (["-Wl,-f,libz.so"], "DT_AUXILIARY"),
      (["-Wl,-rpath,/tmp", "-Wl,--no-as-needed", "-lrt", "-lgcc_s"], "DT_RUNPATH"),
    ])
  func `what a linker can be made to write is refused by name`(flags: [String], name: String) throws
  {
    let bytes = try #require(try build(flags))
    let text = try #require(refusal(bytes)?.description)
    #expect(text.contains(name), "\(text)")
  }

  @Test func `a segment that is writable and executable is refused`() throws {
    var bytes = Self.library
    let table = Int(bytes[32]) + Int(bytes[33]) << 8
    let loadable = try #require(
      (0..<Int(bytes[56])).first {
        bytes[table + 56 * $0] == 1 && bytes[table + 56 * $0 + 4] & 1 == 1
      })
    bytes[table + 56 * loadable + 4] |= 2
    #expect(refusal(bytes)?.description.contains("writable and executable") == true)
  }

  @Test func `segments that share a page are refused`() throws {
    var bytes = Self.library
    let table = Int(bytes[32]) + Int(bytes[33]) << 8
    let loads = (0..<Int(bytes[56])).filter { bytes[table + 56 * $0] == 1 }
    #expect(loads.count > 1)
    // The first grows in memory up to just before the second's first byte's page ends.
    let next = table + 56 * loads[1] + 16
    let address = bytes[next..<next + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let size = address / 4096 * 4096 + 1
    for (index, shift) in stride(from: UInt64(0), to: 64, by: 8).enumerated() {
      bytes[table + 56 * loads[0] + 40 + index] = UInt8(truncatingIfNeeded: size >> shift)
    }
    #expect(refusal(bytes)?.description.contains("share a page") == true)
  }

  @Test func `no cut of a library traps or passes`() {
    for length in stride(from: 0, to: Self.library.count, by: 97) {
      _ = refusal(Array(Self.library.prefix(length)))
    }
    #expect(refusal(Array(Self.library.prefix(400))) != nil)
  }
}
