import Foundation
import Glibc
import HTTPListener
import Workbench

extension Certificates {
  func pair(_ name: String) -> CertificateFiles {
    CertificateFiles(certificatePath: certificate(name), keyPath: key(name))
  }

  /// Puts these files, which a test may change, in the place of others or of none.
  func replace(_ files: CertificateFiles, by name: String) throws {
    for (from, to) in [(key(name), files.keyPath), (certificate(name), files.certificatePath)] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: from))
      _ = FileManager.default.createFile(
        atPath: to + ".new", contents: bytes, attributes: [.posixPermissions: 0o600])
      guard unsafe rename(to + ".new", to) == 0 else { throw RawClient.Failed() }
    }
  }
}

/// What a program prints; its input ends when the output does, not before.
func conversation(_ words: [String], input: String) throws -> String {
  let process = Process()
  let (stdin, stdout) = (Pipe(), Pipe())
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = words
  process.standardInput = stdin
  process.standardOutput = stdout
  process.standardError = FileHandle.nullDevice
  try process.run()
  stdin.fileHandleForWriting.write(Data(input.utf8))
  let output = stdout.fileHandleForReading.readDataToEndOfFile()
  try stdin.fileHandleForWriting.close()
  process.waitUntilExit()
  return String(decoding: output, as: UTF8.self)
}
