import Foundation
import Privacy
import Testing

@testable import HostCommands

@Suite struct EventMaskTests {
  private func masked(_ text: String, _ matchers: [Matcher] = []) throws -> String? {
    let settings = PrivacySettings(customMatchers: matchers)
    return EventMask(settings).masked(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `what makes an event one is shown, every other value is masked`() throws {
    let event =
      #"{"type":"track","event":"Visit Booked","messageId":"m-1","timestamp":"2026-01-01T00:00:00Z","#
      + #""userId":"u1","properties":{"unknown":"x","n":12,"yes":true,"none":null,"#
      + #""list":["a",{"b":"c"},2.5]},"context":{"ip":"10.0.0.1","library":{"name":"analytics.js"}}}"#
    let shown =
      #"{"type":"track","event":"Visit Booked","messageId":"m-1","timestamp":"2026-01-01T00:00:00Z","#
      + #""userId":"(masked)","properties":{"unknown":"(masked)","n":"(masked)","yes":"(masked)","none":null,"#
      + #""list":["(masked)",{"b":"(masked)"},"(masked)"]},"context":{"ip":"(masked)","library":{"name":"analytics.js"}}}"#
    #expect(try masked(event) == shown)
  }

  @Test func `a green key's value is shown, unless it stands in something that is not green`()
    throws
  {
    let plan = Matcher(
      name: "plan", classification: .green)
    #expect(
      try masked(#"{"properties":{"Plan":"gold","email":{"plan":"gold"}}}"#, [plan])
        == #"{"properties":{"Plan":"gold","email":{"plan":"(masked)"}}}"#)
  }

  @Test func `names and keys that look like values are masked too`() throws {
    #expect(
      try masked(
        #"{"type":"track","event":"Mail to jane@example.com","properties":{"jane@example.com":1}}"#)
        == #"{"type":"track","event":"(masked)","properties":{"{…}":"(masked)"}}"#)
  }

  @Test func `a key that only begins like what is shown is masked`() throws {
    #expect(
      try masked(#"{"properties":{"type":"x","messageId":"y"},"context":{"libraryx":"z"}}"#)
        == #"{"properties":{"type":"(masked)","messageId":"(masked)"},"context":{"libraryx":"(masked)"}}"#
    )
  }

  @Test func `what is masked is JSON still, and what is no JSON is not shown`() throws {
    let text = #"{"a\"b":"c\"d","é":[[],{},"",-1e9]}"#
    let bytes = try #require(try masked(text))
    #expect(bytes == #"{"a\"b":"(masked)","é":[[],{},"(masked)","(masked)"]}"#)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes.utf8)) }
    for bad in ["", "{", #"{"a":}"#, "\u{0}"] { #expect(try masked(bad) == nil) }
  }
}
