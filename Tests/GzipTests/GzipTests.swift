import Foundation
import Testing
import Workbench

@testable import Gzip

@Suite(.enabled(if: Gzip.isAvailable, "zlib is not installed here"))
struct GzipTests {
  @Test func `the layout of zlib's stream is as its header has it`() {
    #expect(MemoryLayout<ZStream>.size == 112)
    #expect(unsafe MemoryLayout<ZStream>.offset(of: \.state) == 56)
    #expect(MemoryLayout<ZStream>.offset(of: \.adler) == 96)
  }

  @Test(arguments: [0, 1, 70_000, 500_000])
  func `what gzip packs is read`(size: Int) throws {
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<size).map { _ in UInt8.random(in: 0...20, using: &random) }
    var output: [UInt8] = [7]
    try Gzip.decode(try packed(bytes), into: &output, limit: size)
    #expect(output == [7] + bytes)
  }

  @Test func `a bomb costs no more than the limit`() throws {
    let bomb = try packed([UInt8](repeating: 0, count: 50 << 20))
    var output: [UInt8] = []
    #expect(throws: GzipError.tooLong) { try Gzip.decode(bomb, into: &output, limit: 100_000) }
    #expect(output.count <= 100_000 + 64 << 10)
  }

  @Test func `what is no gzip, ends early or goes on is refused`() throws {
    let good = try packed(Array("hello, hello, hello".utf8))
    var output: [UInt8] = []
    for cut in 0..<good.count {
      #expect(throws: GzipError.malformed) {
        try Gzip.decode(Array(good[..<cut]), into: &output, limit: 1_000)
      }
    }
    for wrong in [good + [0], good + good, Array("hello".utf8)] {
      #expect(throws: GzipError.malformed) {
        try Gzip.decode(wrong, into: &output, limit: 1_000)
      }
    }
  }

  @Test func `any change of a byte is survived`() throws {
    let good = try packed((0..<2_000).map { UInt8($0 % 97) })
    for index in good.indices {
      var wrong = good
      wrong[index] ^= UInt8.random(in: 1...255)
      var output: [UInt8] = []
      try? Gzip.decode(wrong, into: &output, limit: 10_000)
      #expect(output.count <= 10_000 + 64 << 10)
    }
  }

  /// By the program gzip.
  private func packed(_ bytes: [UInt8]) throws -> [UInt8] {
    try Judge.run(["gzip", "-c"], input: bytes)
  }
}
