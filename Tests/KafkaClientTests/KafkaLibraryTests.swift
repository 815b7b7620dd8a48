import Foundation
import SystemLibrary
import Testing
import Workbench

@testable import KafkaClient

@Suite struct KafkaLibraryTests {
  @Test func `an absent library is named with the package to install`() throws {
    let error = try #require(throws: SystemLibraryError.self) {
      try SystemLibrary(
        LibraryRequirement(
          KafkaLibrary.required.title, sonames: ["libthere-is-none.so.1"],
          debianPackage: KafkaLibrary.required.debianPackage))
    }
    let text = "\(KafkaError.noLibrary(error))"
    #expect(
      text.hasPrefix(
        "the Kafka client library libthere-is-none.so.1 cannot be loaded: "))
    #expect(text.hasSuffix(". Install it: apt-get install librdkafka1"))
  }

  @Test(
    .enabled(if: CCompiler.isPossible, "no C compiler"),
    arguments: [
      ("0x010502ff", "it is of version 1.5.2."),
      ("0x010600ff", "it has no function rd_kafka_conf_new."),
    ])
  func `a library that is too old, or lacks a function, is refused`(
    number: String, reason: String
  ) throws {
    let folder = try Scratch()
    let source = try folder.write(
      "library.c",
      """
      int rd_kafka_version(void) { return NUMBER; }
      """)
    try CCompiler.library(source, to: folder.file("library.so"), ["-DNUMBER=\(number)"])
    let required = LibraryRequirement(
      KafkaLibrary.required.title, sonames: [folder.file("library.so")],
      symbolPrefix: KafkaLibrary.required.symbolPrefix, debianPackage: "librdkafka1",
      oldest: KafkaLibrary.required.oldest)
    let error = try #require(throws: SystemLibraryError.self) {
      try KafkaLibrary(try SystemLibrary(required))
    }
    #expect(
      "\(error)" == "the Kafka client library \(folder.file("library.so")) does not fit: "
        + "\(reason) Install version 1.6.0 or later: apt-get install librdkafka1")
  }

  @Test(.enabled(if: hasHeader, "librdkafka-dev and a C compiler are needed"))
  func `our records have the layout of the library's own header`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..").standardized
    try CCompiler.check(
      root.appendingPathComponent("Tests/KafkaClientTests/layout.c").path,
      headers: [root.appendingPathComponent("Sources/CKafka/include").path])
  }

  private static let hasHeader =
    FileManager.default.fileExists(atPath: "/usr/include/librdkafka/rdkafka.h")
    && CCompiler.isPossible
}
