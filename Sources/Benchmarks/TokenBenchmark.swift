import Cryptography
import FieldEncryption

/// How many values of events one core turns into tokens.
enum TokenBenchmark {
  static func run() throws -> [Measurement] {
    let values = (0..<1000).map { Array("\"patient.\(100_000 + $0)@example.com\"".utf8) }
    let key = try TokenKey(root: SecretBytes(count: 32))
    var tokenizer = try FieldTokenizer(key: key, maximumStringLength: .max)
    var out: [UInt8] = []
    let rounds = 200
    let seconds = try Stopwatch.best(of: 7) {
      for _ in 0..<rounds {
        out.removeAll(keepingCapacity: true)
        for value in values {
          try unsafe tokenizer.tokenize(json: value.span.bytes, appendingTo: &out)
        }
      }
    }
    return [
      Measurement(
        "tokens", Double(rounds * values.count) / seconds, "values/s", atLeast: 500_000,
        note: "one core, addresses of 26 bytes, one reused context")
    ]
  }
}
