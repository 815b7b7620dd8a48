import Cryptography
import FieldEncryption
import Foundation

/// Sealing a value against OpenSSL's own loop on one reused context, in the same process.
enum EncryptionBenchmark {
  static let value = Array("\"patient.123456@example.com\"".utf8)

  static func run() throws -> [Measurement] {
    try [2048, 3072, 4096].flatMap { bits in
      let key = try RSAPrivateKey.generate(bits: bits).publicKey
      return try [ratio(key), scaling(key), fiveFields(key)]
    }
  }

  /// Five values of one event as JWEs: they share one content key, so one RSA operation.
  private static func fiveFields(_ key: RSAPublicKey) throws -> Measurement {
    let count = 20_000_000 / (key.bits * key.bits / 256)
    let times = try Stopwatch.best(of: 7) {
      try sealJWE(events: count, fields: 5, key)
    } against: {
      try sealJWE(events: count, fields: 1, key)
    }
    return Measurement(
      "encryption-\(key.bits)-jwe-5-fields", times.first / times.second, "ratio", atMost: 1.25,
      note: "\(Int(Double(count) / times.first)) events/s with five fields, against "
        + "\(Int(Double(count) / times.second))/s with one")
  }

  private static func sealJWE(events: Int, fields: Int, _ key: RSAPublicKey) throws {
    var sealer = try FieldSealer(key: key, format: .jwe, maximumStringLength: .max)
    var out: [UInt8] = []
    for _ in 0..<events {
      out.removeAll(keepingCapacity: true)
      sealer.beginEvent()
      for _ in 0..<fields { try unsafe sealer.seal(json: value.span.bytes, appendingTo: &out) }
    }
  }

  private static func ratio(_ key: RSAPublicKey) throws -> Measurement {
    let plaintext = Array(value.dropFirst().dropLast())
    let count = 40_000_000 / (key.bits * key.bits / 256)
    let times = try Stopwatch.best(of: 7) {
      try seal(count, key)
    } against: {
      try EncryptionYardstick.encrypt(plaintext, times: count, to: key)
    }
    return Measurement(
      "encryption-\(key.bits)", times.second / times.first, "ratio", atLeast: 0.95,
      note: "\(Int(Double(count) / times.first)) values/s sealed to base64, against "
        + "\(Int(Double(count) / times.second))/s of OpenSSL's loop")
  }

  private static func scaling(_ key: RSAPublicKey) throws -> Measurement {
    let count = 40_000_000 / (key.bits * key.bits / 256)
    let times = try Stopwatch.best(of: 5) {
      try seal(count, key)
    } against: {
      try onThreads(2) { try seal(count, key) }
    }
    return Measurement(
      "encryption-\(key.bits)-threads", 2 * times.first / times.second, "ratio", atLeast: 1.8,
      note: "two threads against one, \(ProcessInfo.processInfo.activeProcessorCount) cores")
  }

  private static func seal(_ count: Int, _ key: RSAPublicKey) throws {
    var sealer = try FieldSealer(key: key, format: .auto, maximumStringLength: .max)
    var out: [UInt8] = []
    for _ in 0..<count {
      out.removeAll(keepingCapacity: true)
      sealer.beginEvent()
      try unsafe sealer.seal(json: value.span.bytes, appendingTo: &out)
    }
  }

  /// What two threads of OpenSSL's loop encrypt in a second: what any path on two cores can reach.
  static func ceiling(_ key: RSAPublicKey, threads: Int) throws -> Double {
    let plaintext = Array(value.dropFirst().dropLast())
    let count = 100_000
    let seconds = try Stopwatch.seconds {
      try onThreads(threads) {
        try EncryptionYardstick.encrypt(plaintext, times: count, to: key)
      }
    }
    return Double(threads * count) / seconds
  }

  /// Runs `work` on that many threads at once; throws what one of them threw.
  static func onThreads(_ count: Int, _ work: @escaping @Sendable () throws -> Void) throws {
    let failures = LockedList<any Error>()
    let done = DispatchGroup()
    for _ in 0..<count {
      done.enter()
      Thread {
        do { try work() } catch { failures.append(error) }
        done.leave()
      }.start()
    }
    done.wait()
    if let failure = failures.all.first { throw failure }
  }
}
