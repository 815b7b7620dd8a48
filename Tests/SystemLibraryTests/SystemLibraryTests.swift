import Foundation
import Testing
import Workbench

@testable import SystemLibrary

@Suite struct SystemLibraryTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  /// A requirement of a library of the test's own, looked for at these paths.
  private func requirement(
    _ sonames: [String], oldest: LibraryVersion? = LibraryVersion(2, 1, 0)
  ) -> LibraryRequirement {
    LibraryRequirement(
      "the sums library", sonames: sonames, symbolPrefix: "sums_", debianPackage: "libsums2",
      oldest: oldest)
  }

  /// Compiles a library that doubles.
  private func compiled(_ name: String = "libsums.so.2") throws -> String {
    let source = try folder.write("\(name).c", "int sums_double(int n) { return 2 * n; }")
    try CCompiler.library(source, to: folder.file(name))
    return folder.file(name)
  }

  @Test(.enabled(if: CCompiler.isPossible, "no C compiler"))
  func `a function is found by its name without the prefix, and can be called`() throws {
    let library = try SystemLibrary(requirement([try compiled()]))
    let double: @convention(c) (Int32) -> Int32 = try library.function("double")
    #expect(double(21) == 42)
  }

  @Test(.enabled(if: CCompiler.isPossible, "no C compiler"))
  func `the first of its names that can be loaded is taken`() throws {
    let names = [folder.file("libsums.so.3"), try compiled(), try compiled("libsums.so.1")]
    let library = try SystemLibrary(requirement(names))
    #expect {
      let _: @convention(c) () -> Void = try library.function("halve")
    } throws: { error in
      (error as? SystemLibraryError)?.cause
        == .lacksFunction("sums_halve", soname: folder.file("libsums.so.2"))
    }
  }

  @Test func `an absent library is told with every name that was tried, and its package`() {
    #expect(
      text { try SystemLibrary(requirement(["libsums.so.2", "libsums.so.1"])) }
        == "the sums library libsums.so.2 or libsums.so.1 cannot be loaded: "
        + "libsums.so.2: cannot open shared object file: No such file or directory; "
        + "libsums.so.1: cannot open shared object file: No such file or directory. "
        + "Install it: apt-get install libsums2")
  }

  @Test(arguments: [
    (0, "file too short"), (3, "file too short"), (100, "invalid ELF header"),
    (1 << 20, "invalid ELF header"),
  ])
  func `what is no library is refused with the linker's words`(size: Int, why: String) throws {
    let path = try folder.write("libsums.so.2", String(repeating: "?", count: size))
    #expect(
      text { try SystemLibrary(requirement([path])) }
        == "the sums library \(path) cannot be loaded: \(path): \(why). "
        + "Install it: apt-get install libsums2")
  }

  @Test(.enabled(if: CCompiler.isPossible, "no C compiler"))
  func `the first bytes of a library are none`() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: compiled()))
    let path = folder.file("libcut.so")
    for size in [1, 16, 63, 64, 200] {
      try whole.prefix(size).write(to: URL(fileURLWithPath: path))
      let text = text { try SystemLibrary(requirement([path])) }
      #expect(text?.contains("cannot be loaded: \(path): ") == true, "\(size) bytes")
    }
  }

  @Test func `a folder is no library`() throws {
    #expect(
      text { try SystemLibrary(requirement([folder.path])) }?
        .contains("cannot read file data: Is a directory") == true)
  }

  @Test(.enabled(if: CCompiler.isPossible, "no C compiler"))
  func `a missing function is named, with the version to install`() throws {
    let path = try compiled()
    let library = try SystemLibrary(requirement([path]))
    #expect(
      text { let _: @convention(c) () -> Void = try library.function("halve") }
        == "the sums library \(path) does not fit: it has no function sums_halve. "
        + "Install version 2.1.0 or later: apt-get install libsums2")
    let any = try SystemLibrary(requirement([path], oldest: nil))
    #expect(
      text { let _: @convention(c) () -> Void = try any.function("halve") }
        == "the sums library \(path) does not fit: it has no function sums_halve. "
        + "Install the system's own: apt-get install --reinstall libsums2")
  }

  @Test(.enabled(if: CCompiler.isPossible, "no C compiler"))
  func `an older version is refused, the oldest that fits and any newer one are not`() throws {
    let path = try compiled()
    let library = try SystemLibrary(requirement([path]))
    for old in [LibraryVersion(2, 0, 9), LibraryVersion(1, 9, 0), LibraryVersion(0, 0, 0)] {
      #expect(
        text { try library.require(old) }
          == "the sums library \(path) does not fit: it is of version \(old). "
          + "Install version 2.1.0 or later: apt-get install libsums2")
    }
    for fitting in [LibraryVersion(2, 1, 0), LibraryVersion(2, 10, 0), LibraryVersion(3, 0, 0)] {
      try library.require(fitting)
    }
    try SystemLibrary(requirement([path], oldest: nil)).require(LibraryVersion(0, 0, 1))
  }

  @Test(
    arguments: [
      (0x01_0902, "1.9.2"), (0x02_000A, "2.0.10"), (0, "0.0.0"), (0xFF_FFFF, "255.255.255"),
      // A sign, or a byte above, is none of a version's.
      (-1, "255.255.255"), (0x7F_010203, "1.2.3"),
    ] as [(Int32, String)])
  func `a version is shown as people write it`(bytes: Int32, text: String) {
    #expect(LibraryVersion(bytes: bytes).description == text)
  }

  /// What the error says; nil without one.
  private func text<Result>(_ body: () throws -> Result) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
