import Foundation
import Testing
import Workbench

extension StreamTests {
  /// What is said before anything runs.
  @Suite struct Refusals {
    @Test(arguments: [
      (
        ["--stream", "kafka://127.0.0.1"], 2,
        "the stream's address is not usable: it names no topic"
      ),
      (["--stream-properties", "p.properties"], 2, "there is no stream"),
      (
        ["--stream", "kafka://broker.example/events"], 78,
        "its events would go readable over the network"
      ),
      (
        ["--stream", "kafka://127.0.0.1/events", "--stream-properties", "open.properties"], 77,
        "open.properties"
      ),
      (
        ["--stream", "kafka://127.0.0.1/events", "--stream-properties", "bad.properties"], 78,
        "\"group.id\" is the host's to set"
      ),
    ])
    func `a stream that cannot be read as it should is refused before anything runs`(
      words: [String], code: Int32, text: String
    ) throws {
      let clinic = try Clinic.streaming()
      try clinic.folder.write("open.properties", "sasl.password=hunter2\n", mode: 0o644)
      try clinic.folder.write("bad.properties", "sasl.password=hunter2\ngroup.id=x\n")
      let outcome = try clinic.sealpost(["run"] + words)
      #expect(outcome.code == code, "\(outcome.errors)")
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(!outcome.errors.contains("hunter2"))
    }
  }
}
