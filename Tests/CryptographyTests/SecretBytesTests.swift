import Cryptography
import Foundation
import Testing
import Workbench

struct SecretBytesTests {
  @Test func `a file that only its owner may open is read whole`() throws {
    let folder = try Scratch()
    let path = try folder.write("secret", "hush\r\n", mode: 0o600)
    var secret = try SecretBytes(readingFile: path)
    #expect(secret.count == 6)
    secret.dropTrailingNewlines()
    let text = secret.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
    #expect(text == Array("hush".utf8))
  }

  @Test(arguments: [0o640, 0o604, 0o610, 0o601, 0o620, 0o602, 0o644])
  func `a file that others may touch is refused`(mode: Int) throws {
    let folder = try Scratch()
    let path = try folder.write("secret", "hush", mode: mode)
    let error = #expect(throws: CryptographyError.self) {
      _ = try SecretBytes(readingFile: path)
    }
    #expect(error == .openToOthers(path: path, mode: UInt32(mode)))
    #expect(
      error?.description
        == "file refused, \(path): its mode 0\(String(mode, radix: 8)) lets others in. "
        + "Run `chmod 600` on it.")
  }

  @Test func `a missing file, a folder and a long file are refused`() throws {
    let folder = try Scratch()
    let missing = folder.path + "/missing"
    #expect(throws: CryptographyError.fileFailed(path: missing, operation: "open", code: ENOENT)) {
      _ = try SecretBytes(readingFile: missing)
    }
    #expect(throws: CryptographyError.notAFile(path: folder.path)) {
      _ = try SecretBytes(readingFile: folder.path)
    }
    let long = try folder.write(
      "long", String(repeating: "x", count: SecretBytes.maximumFileSize + 1), mode: 0o600)
    #expect(throws: CryptographyError.fileTooLarge(path: long, maximum: 65_536)) {
      _ = try SecretBytes(readingFile: long)
    }
  }

  @Test func `bytes that are moved in are gone where they were`() {
    var bytes: [UInt8] = [1, 2, 3]
    let secret = SecretBytes(moving: &bytes)
    #expect(bytes.isEmpty)
    #expect(secret.count == 3)
  }

  @Test func `the pool gives different bytes each time, across refills`() {
    var pool = RandomPool()
    var seen: Set<[UInt8]> = []
    var secret = SecretBytes(count: 48)
    for _ in 0..<500 {
      pool.fill(&secret)
      secret.withBytes { bytes in
        _ = seen.insert(unsafe bytes.withUnsafeBytes { unsafe Array($0) })
      }
    }
    #expect(seen.count == 500)
    var long = SecretBytes(count: 5000)
    pool.fill(&long)
    #expect(long.withBytes { unsafe $0.withUnsafeBytes { bytes in unsafe Set(bytes).count } } > 200)
  }
}
