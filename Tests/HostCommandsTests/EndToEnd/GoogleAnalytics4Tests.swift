import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Google Analytics 4: what its Measurement Protocol would get, and why a host sends it nothing.
@Suite(.enabled(if: Sealpost.isBuilt, "needs sealpost beside the tests"))
struct GoogleAnalytics4Tests {
  private static let settings =
    #"{"measurement_id":"G-TEST123","api_secret":"hush-secret","url":"https://analytics.example.com"}"#

  /// What came of events in the adapter's hands, and the bodies of its requests.
  private func tried(_ events: String) throws -> (output: String, requests: [[String: Any]]) {
    let clinic = try Clinic()
    let package = try clinic.unsignedPackage(
      "GoogleAnalytics4Destination", manifest: "Plugins/GoogleAnalytics4Destination/adapter.json")
    try clinic.folder.write("settings.json", Self.settings)
    try clinic.folder.write("events.ndjson", events)
    let outcome = try clinic.sealpost(
      "adapter", "try", package, "--settings", "settings.json", "--events", "events.ndjson",
      "--peer", "204", "--record", "requests.json", "--json")
    let text = try clinic.folder.text("requests.json")
    let all = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let requests = (all as? [String: Any])?["exchanges"] as? [[String: Any]] ?? []
    return (outcome.output + outcome.errors, requests)
  }

  private func body(_ request: [String: Any]) -> [String: Any]? {
    let text = request["body"] as? String ?? ""
    return (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
  }

  @Test func `each kind of event becomes what the protocol asks for, one a request`() throws {
    let events = VendorEvents.all().split(separator: "\n").filter {
      !$0.contains(#""type":"identify""#) && !$0.contains(#""type":"alias""#)
    }
    let (output, requests) = try tried(events.joined(separator: "\n") + "\n")
    #expect(requests.count == 4, "\(output)")
    #expect(
      requests.allSatisfy {
        $0["url"] as? String
          == "https://analytics.example.com/mp/collect?measurement_id=G-TEST123&api_secret={{secret:api_secret}}"
      })
    let bodies = requests.compactMap(body)
    #expect(bodies.allSatisfy { $0["client_id"] as? String == "a1" })
    #expect(bodies.allSatisfy { $0["user_id"] as? String == "u1" })
    #expect(bodies.allSatisfy { $0["timestamp_micros"] as? Int == 1_764_073_800_123_000 })
    let sent = bodies.compactMap { ($0["events"] as? [[String: Any]])?.first }
    #expect(
      sent.map { $0["name"] as? String }
        == ["order_completed", "page_view", "screen_view", "join_group"])
    let page = sent[1]["params"] as? [String: Any]
    #expect(page?["page_location"] as? String == "https://example.com/")
    #expect((requests[0]["body"] as? String)?.contains(#""revenue":120.50"#) == true)
    #expect(!output.contains("hush-secret"))
  }

  @Test(arguments: [
    (#""event":"session_start""#, "its name is reserved"),
    (#""event":"1st""#, "its name does not begin with a letter"),
    (#""event":"\#(String(repeating: "a", count: 41))""#, "more than 40 characters"),
    (#""event":"""#, "it has no name"),
  ])
  func `an event that the protocol would drop in silence is a dead letter`(
    event: String, reason: String
  ) throws {
    let (output, requests) = try tried(
      #"{"type":"track","messageId":"m","userId":"u",\#(event)}"# + "\n")
    #expect(output.contains("REJECTED") && output.contains(reason), "\(output)")
    #expect(requests.isEmpty)
  }

  @Test func `an event without anybody is a dead letter`() throws {
    let (output, requests) = try tried(#"{"type":"track","messageId":"m","event":"Seen"}"# + "\n")
    #expect(output.contains("it has no client_id"), "\(output)")
    #expect(requests.isEmpty)
  }

  @Test func `it cuts at 100 characters, so that no ciphertext fits`() throws {
    let clinic = try Clinic()
    let package = try clinic.unsignedPackage(
      "GoogleAnalytics4Destination", manifest: "Plugins/GoogleAnalytics4Destination/adapter.json")
    let report = try clinic.sealpost("adapter", "validate", package, "--test", "descriptor.strings")
    #expect(
      report.output.contains(
        "max_string_length is 100: no encrypted value fits, so the host sends none"),
      "\(report.output) \(report.errors)")
  }

  @Test func `no owner can allow it, since its vendor signs no agreement`() throws {
    let clinic = try Clinic()
    try clinic.folder.write("evidence.txt", "We would like to.\n")
    let refused = try clinic.sealpost(
      "products", "allow", "com.google.analytics", "--evidence", "evidence.txt")
    #expect(refused.code != 0)
    #expect(refused.errors.contains("com.google.analytics"))
    #expect(
      try clinic.done("products", "show", "com.google.analytics").output
        .contains("Business Associate Agreement"))
  }
}
