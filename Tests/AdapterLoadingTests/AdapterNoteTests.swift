import Foundation
import Testing
import Workbench

@testable import AdapterLoading

/// The ELF note, read from libraries that are never loaded.
@Suite struct AdapterNoteTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixture.library(name))))
  }

  private func note(_ bytes: [UInt8]) throws(ELFRefusal) -> AdapterNote? {
    try unsafe AdapterNote(in: bytes.span.bytes)
  }

  @Test(arguments: [
    ("NDJSONFileDestination", "org.sealpost.ndjson-file"),
    ("ConsoleDestination", "org.sealpost.console"),
    ("CountingAdapter", "org.sealpost.test.counting"),
    // Its constructor ends the process that loads it.
    ("ConstructorCrashAdapter", "org.sealpost.test.constructor-crash"),
  ])
  func `a library says what it is without being loaded`(name: String, product: String) throws {
    let note = try #require(try note(bytes(name)))
    #expect(note.product == product)
    #expect(note.version == "1.0.0")
    #expect(note.abiMajor == 1)
    #expect(note.abiMinorRequired == 0)
  }

  private func place(_ library: [UInt8]) throws -> Int {
    let name = Array("destadapter\0".utf8)
    return try #require(
      library.indices.dropLast(12).first {
        $0 >= 12 && Array(library[$0..<$0 + 12]) == name && library[$0 - 12] == 12
      })
  }

  private static let readelf = "/usr/bin/readelf"

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: readelf), "needs readelf (binutils)"),
    arguments: ["NDJSONFileDestination", "CountingAdapter"])
  func `readelf sees the same note`(name: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.readelf)
    process.arguments = ["-n", Fixture.library(name)]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let found = try #require(
      text.firstMatch(of: #/destadapter\s+0x[0-9a-f]+\s.*\n\s+description data: ([0-9a-f ]+)/#))
    let data = found.1.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    let note = try #require(try note(bytes(name)))
    #expect(
      data.dropFirst(8).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        == [note.product, note.version])
  }

  @Test func `a library without a note has none`() throws {
    var library = try bytes("CountingAdapter")
    library[try place(library)] = UInt8(ascii: "D")
    #expect(try note(library) == nil)
  }

  @Test(arguments: [-12, -8])
  func `a size that leads out of the segment is refused`(offset: Int) throws {
    var library = try bytes("CountingAdapter")
    let place = try place(library)
    for index in 0..<4 { library[place + offset + index] = 0xFF }
    #expect {
      _ = try note(library)
    } throws: { error in
      "\(error)".contains("runs over the end of its segment")
    }
  }

  @Test func `a text without an end is refused`() throws {
    var library = try bytes("CountingAdapter")
    let place = try place(library)
    let size = Int(library[place - 8])
    for index in 8..<size { library[place + 12 + index] = UInt8(ascii: "a") }
    #expect {
      _ = try note(library)
    } throws: { error in
      "\(error)".contains("is not as destination_adapter.h has it")
    }
  }

  @Test func `a note that says otherwise than the manifest is refused before anything is loaded`()
    throws
  {
    let scratch = try Scratch()
    var library = try bytes("CountingAdapter")
    let place = try place(library)
    // org.sealpost… becomes Org.sealpost…
    library[place + 20] = UInt8(ascii: "O")
    let path = try scratch.write("libCountingAdapter.so", library, mode: 0o755)
    var configuration = try Fixture.configuration(
      "CountingAdapter", willLoad: { _ in Issue.record("it came to the load") })
    configuration.libraryPath = path
    configuration.expectedSHA256 = try SealedLibrary(path: path).sha256
    #expect {
      _ = try SupervisedWorker(configuration).start()
    } throws: { error in
      "\(error)".contains(
        "its note .note.destadapter says product \"Org.sealpost.test.counting\", adapter.json says "
          + "\"org.sealpost.test.counting\"")
    }
  }
}
