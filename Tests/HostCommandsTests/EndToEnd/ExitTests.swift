import Foundation
import Testing

/// How the process ends.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ExitTests {
  @Test func `a host that delivered everything ends with 0, however often it is run`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--generate-key", "--private-key-out",
      "key.pem", "--bits", "2048")
    try clinic.done("destination", "enable", "file")
    for round in 0..<25 {
      let event =
        #"{"type":"identify","userId":"u","messageId":"r\#(round)","#
        + #""traits":{"email":"a@example.com"}}"# + "\n"
      let outcome = try clinic.sealpost("run", "--json", input: event)
      #expect(outcome.code == 0 && !outcome.wasKilled, "round \(round): \(outcome.errors)")
      #expect(outcome.output.hasSuffix("}\n"))
    }
  }
}
