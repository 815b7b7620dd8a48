import Foundation
import Testing

@testable import HTTP2

@Suite struct HTTP2LibraryTests {
  @Test func `an absent library is named with what is used instead and the package to install`() {
    do {
      _ = try HTTP2Library(named: "libthere-is-none.so.1")
      Issue.record("it was found")
    } catch {
      let text = "\(error)"
      #expect(text.hasPrefix("HTTP/2 is not offered: libnghttp2.so.14 cannot be loaded: "))
      #expect(
        text.hasSuffix(
          "HTTP/1.1 is used; to have both, install it: apt-get install libnghttp2-14"))
    }
  }

  @Test func `a library of that name without the functions is refused`() {
    #expect(throws: HTTP2Error.unsuitableLibrary("it has no function nghttp2_version")) {
      try HTTP2Library(named: "libc.so.6")
    }
  }

  @Test func `a version is shown as people write it`() {
    #expect(HTTP2Library.text(0x01_3400) == "1.52.0")
    #expect(HTTP2Library.text(0x01_2900) == "1.41.0")
  }

  @Test(.enabled(if: hasHeader, "libnghttp2-dev and a C compiler are needed"))
  func `our records have the layout of the library's own header`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..").standardized
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "cc", "-fsyntax-only", "-Werror", "-I",
      root.appendingPathComponent("Sources/CHTTP2/include").path,
      root.appendingPathComponent("Tests/HTTP2Tests/layout.c").path,
    ]
    try compiler.run()
    compiler.waitUntilExit()
    #expect(compiler.terminationStatus == 0)
  }

  private static let hasHeader =
    FileManager.default.fileExists(atPath: "/usr/include/nghttp2/nghttp2.h")
    && FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")
}
