import Foundation
import SystemLibrary
import Testing
import Workbench

@testable import HTTP2

@Suite struct HTTP2LibraryTests {
  @Test func `an absent library is named with what is used instead and the package to install`()
    throws
  {
    let error = try #require(throws: SystemLibraryError.self) {
      try SystemLibrary(
        LibraryRequirement(
          HTTP2Library.required.title, sonames: ["libthere-is-none.so.1"],
          debianPackage: HTTP2Library.required.debianPackage))
    }
    let text = "\(HTTP2Error.noLibrary(error))"
    #expect(
      text.hasPrefix(
        "HTTP/2 is not offered, HTTP/1.1 is used: the HTTP/2 library libthere-is-none.so.1 cannot be loaded: "
      ))
    #expect(text.hasSuffix(". Install it: apt-get install libnghttp2-14"))
  }

  @Test(
    .enabled(if: CCompiler.isPossible, "no C compiler"),
    arguments: [
      ("0x012803", "it is of version 1.40.3."),
      ("0x012900", "it has no function nghttp2_session_callbacks_new."),
    ])
  func `a library that is too old, or lacks a function, is refused`(
    number: String, reason: String
  ) throws {
    let folder = try Scratch()
    let source = try folder.write(
      "library.c",
      """
      struct info { int age, number; const char *text; } info = {1, NUMBER, ""};
      const struct info *nghttp2_version(int oldest) { return oldest <= NUMBER ? &info : 0; }
      """)
    try CCompiler.library(source, to: folder.file("library.so"), ["-DNUMBER=\(number)"])
    let required = LibraryRequirement(
      HTTP2Library.required.title, sonames: [folder.file("library.so")],
      symbolPrefix: HTTP2Library.required.symbolPrefix, debianPackage: "libnghttp2-14",
      oldest: HTTP2Library.required.oldest)
    let error = try #require(throws: SystemLibraryError.self) {
      try HTTP2Library(try SystemLibrary(required))
    }
    #expect(
      "\(error)" == "the HTTP/2 library \(folder.file("library.so")) does not fit: "
        + "\(reason) Install version 1.41.0 or later: apt-get install libnghttp2-14")
  }

  @Test(.enabled(if: hasHeader, "libnghttp2-dev and a C compiler are needed"))
  func `our records have the layout of the library's own header`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..").standardized
    try CCompiler.check(
      root.appendingPathComponent("Tests/HTTP2Tests/layout.c").path,
      headers: [root.appendingPathComponent("Sources/CHTTP2/include").path])
  }

  private static let hasHeader =
    FileManager.default.fileExists(atPath: "/usr/include/nghttp2/nghttp2.h") && CCompiler.isPossible
}
