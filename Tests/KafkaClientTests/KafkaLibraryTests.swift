import Foundation
import Testing

@testable import KafkaClient

@Suite struct KafkaLibraryTests {
  @Test func `an absent library is named with the package to install`() {
    do {
      _ = try KafkaLibrary(named: "libthere-is-none.so.1")
      Issue.record("it was found")
    } catch {
      let text = "\(error)"
      #expect(text.hasPrefix("the Kafka client library librdkafka.so.1 cannot be loaded: "))
      #expect(text.hasSuffix("Install it: apt-get install librdkafka1"))
    }
  }

  @Test func `a library of that name without the functions is refused`() {
    #expect(throws: KafkaError.unsuitableLibrary("it has no function rd_kafka_version")) {
      try KafkaLibrary(named: "libc.so.6")
    }
  }

  @Test func `a version is shown as people write it`() {
    #expect(KafkaLibrary.text(0x0200_02FF) == "2.0.2")
    #expect(KafkaLibrary.text(0x0106_00FF) == "1.6.0")
  }

  @Test(.enabled(if: hasHeader, "librdkafka-dev and a C compiler are needed"))
  func `our records have the layout of the library's own header`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..").standardized
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "cc", "-fsyntax-only", "-Werror", "-I",
      root.appendingPathComponent("Sources/CKafka/include").path,
      root.appendingPathComponent("Tests/KafkaClientTests/layout.c").path,
    ]
    try compiler.run()
    compiler.waitUntilExit()
    #expect(compiler.terminationStatus == 0)
  }

  private static let hasHeader =
    FileManager.default.fileExists(atPath: "/usr/include/librdkafka/rdkafka.h")
    && FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")
}
