import Cryptography
import FieldEncryption
import Foundation

/// `decrypt` as its owner runs it, file to file, against OpenSSL's bare loop with the private key.
enum DecryptionBenchmark {
  static func run() throws -> [Measurement] {
    try [2048, 3072, 4096].map { bits in
      let key = try RSAPrivateKey.generate(bits: bits)
      let count = 2_000_000 / bits
      let file = try SealedFile(count, key)
      defer { file.remove() }
      let times = try Stopwatch.best(of: 5) {
        try file.decrypt(with: key)
      } against: {
        try EncryptionYardstick.decrypt(file.ciphertext, times: count, with: key)
      }
      return Measurement(
        "decrypt-\(bits)", times.second / times.first, "ratio", atLeast: 0.9,
        note: "\(Int(Double(count) / times.first)) events/s with one raw value each, against "
          + "\(Int(Double(count) / times.second))/s of OpenSSL's loop")
    }
  }
}

/// Events on the disk, their addresses sealed raw.
private struct SealedFile {
  let path = NSTemporaryDirectory() + "sealpost-benchmark-\(UUID().uuidString)"
  let ciphertext: [UInt8]
  private let count: Int

  init(_ count: Int, _ key: RSAPrivateKey) throws {
    self.count = count
    let value = EncryptionBenchmark.value
    var sealer = try FieldSealer(key: key.publicKey, format: .oaep, maximumStringLength: .max)
    var lines: [UInt8] = []
    for event in SampleEvents(count: count).lines {
      var sealed: [UInt8] = []
      try unsafe sealer.seal(json: value.span.bytes, appendingTo: &sealed)
      lines += Array("{\"sealed\":".utf8) + sealed + Array(",\"event\":".utf8)
      lines += event.dropLast() + Array("}\n".utf8)
    }
    var bytes: [UInt8] = []
    var encryptor = try OAEPEncryptor(key.publicKey)
    try unsafe encryptor.encrypt(value.span.bytes, appendingTo: &bytes)
    ciphertext = bytes
    try Data(lines).write(to: URL(fileURLWithPath: path))
  }

  func decrypt(with key: RSAPrivateKey) throws {
    let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/null"))
    let summary = try Decryption.decryptStream(
      from: input.fileDescriptor, to: output.fileDescriptor, keys: [key])
    precondition(summary.opened == count, "every value was opened")
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
