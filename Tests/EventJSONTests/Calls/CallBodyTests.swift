@testable import EventJSON
import Foundation
import Testing

/// A body read as a call, and its events as they are handed on.
func stamped(
  _ body: String, _ form: CallBody.Form, type: EventType? = nil, peer: String? = nil
) throws(CallBodyError) -> [String] {
  let bytes = Array(body.utf8)
  let call = unsafe try CallBody(scanning: bytes.span.bytes, as: form)
  let stamp = CallStamp(
    type: type, receivedAt: 1_795_000_000_123, peer: peer.map { Array($0.utf8) })
  return call.events.map { event in
    var out: [UInt8] = []
    unsafe call.append(event, of: bytes.span.bytes, stamp, to: &out)
    return String(decoding: out, as: UTF8.self)
  }
}

@Suite struct CallBodyTests {
  private static let received = #""receivedAt":"2026-11-18T11:06:40.123Z""#

  @Test func `a single call gets its type and the time at which it came`() throws {
    let out = try stamped(#"{"userId":"u","event":"Seen"}"#, .event, type: .track)
    #expect(
      out == [
        #"{"type":"track",\#(Self.received),"timestamp":"2026-11-18T11:06:40.123Z",""#
          + #"userId":"u","event":"Seen"}"#
      ])
  }

  @Test func `the endpoint's type replaces another that the event brings`() throws {
    let out = try stamped(#"{"userId":"u","type":"page"}"#, .event, type: .track)
    #expect(out[0].hasSuffix(#""userId":"u","type":"track"}"#))
  }

  @Test func `each event of a batch is one line, every other byte as it came`() throws {
    let out = try stamped(
      "{\"batch\": [ {\"type\":\"identify\",\n  \"userId\" : \"u\", \"n\":120.50},\r\n"
        + "{\"type\":\"alias\"}], \"sentAt\":\"x\"}", .batch)
    #expect(
      out == [
        #"{\#(Self.received),"sentAt":"x","timestamp":"2026-11-18T11:06:40.123Z","#
          + #""type":"identify",   "userId" : "u", "n":120.50}"#,
        // The batch's sentAt stands behind its events here, and still is theirs.
        #"{\#(Self.received),"sentAt":"x","timestamp":"2026-11-18T11:06:40.123Z","type":"alias"}"#,
      ])
  }

  @Test(arguments: [
    // The sender's clock is an hour slow: what happened ten seconds before the sending did so before the arrival.
    (
      #"{"timestamp":"2026-11-18T09:26:30.000Z","sentAt":"2026-11-18T09:26:40.000Z"}"#,
      #""originalTimestamp":"2026-11-18T09:26:30.000Z","timestamp":"2026-11-18T11:06:30.123Z","sentAt":"2026-11-18T09:26:40.000Z"}"#
    ),
    // An offset and no fraction.
    (
      #"{"timestamp":"2026-11-18T11:26:30+02:00","sentAt":"2026-11-18T09:26:40Z"}"#,
      #""originalTimestamp":"2026-11-18T11:26:30+02:00","timestamp":"2026-11-18T11:06:30.123Z","sentAt":"2026-11-18T09:26:40Z"}"#
    ),
    // Nothing to correct by.
    (#"{"timestamp":"2026-11-18T09:26:30Z"}"#, #""timestamp":"2026-11-18T09:26:30Z"}"#),
    (
      #"{"timestamp":"yesterday","sentAt":"2026-11-18T09:26:40Z"}"#,
      #""timestamp":"yesterday","sentAt":"2026-11-18T09:26:40Z"}"#
    ),
    // A correction out of all years.
    (
      #"{"timestamp":"9999-12-31T23:59:59Z","sentAt":"2020-01-01T00:00:00Z"}"#,
      #""timestamp":"9999-12-31T23:59:59Z","sentAt":"2020-01-01T00:00:00Z"}"#
    ),
    // What the sender calls the original stays.
    (
      #"{"originalTimestamp":1,"timestamp":"2026-11-18T09:26:30Z","sentAt":"2026-11-18T09:26:40Z"}"#,
      #""originalTimestamp":1,"timestamp":"2026-11-18T11:06:30.123Z","sentAt":"2026-11-18T09:26:40Z"}"#
    ),
  ])
  func `a timestamp is corrected by what the sender's clock is wrong`(
    body: String, expected: String
  ) throws {
    #expect(try stamped(body, .event) == [#"{\#(Self.received),"# + expected])
  }

  @Test func `a sender's receivedAt is not believed`() throws {
    let out = try stamped(#"{"timestamp":"x","receivedAt":{"a":[1]},"userId":"u"}"#, .event)
    #expect(out == [#"{"timestamp":"x",\#(Self.received),"userId":"u"}"#])
  }

  @Test(arguments: [
    (#"{"writeKey":"k","timestamp":"x"}"#, #"{\#(received),"timestamp":"x"}"#),
    (#"{"timestamp":"x","writeKey":"k"}"#, #"{\#(received),"timestamp":"x"}"#),
    (
      #"{"a":1 , "writeKey" : "k" , "timestamp":"x"}"#,
      #"{\#(received),"a":1 , "timestamp":"x"}"#
    ),
    (#"{"timestamp":"x","\u0077riteKey":"k"}"#, #"{\#(received),"timestamp":"x"}"#),
    (#"{"timestamp":"x","writeKey":{"k":[]}}"#, #"{\#(received),"timestamp":"x"}"#),
  ])
  func `a write key in an event is taken away`(body: String, expected: String) throws {
    #expect(try stamped(body, .event) == [expected])
  }

  @Test func `an event of a write key alone stays an object`() throws {
    let out = try stamped(#"{"writeKey":"k"}"#, .event)
    #expect(jsonError(out[0]) == nil)
    #expect(!out[0].contains("writeKey"))
  }

  @Test(arguments: [
    (#"{"timestamp":"x"}"#, #"{\#(received),"context":{"ip":"::1"},"timestamp":"x"}"#),
    (
      #"{"timestamp":"x","context":{}}"#,
      #"{\#(received),"timestamp":"x","context":{"ip":"::1"}}"#
    ),
    (
      #"{"timestamp":"x","context":{"a":{"ip":1}}}"#,
      #"{\#(received),"timestamp":"x","context":{"ip":"::1","a":{"ip":1}}}"#
    ),
    (
      #"{"timestamp":"x","context":{"ip":"0.0.0.0"}}"#,
      #"{\#(received),"timestamp":"x","context":{"ip":"0.0.0.0"}}"#
    ),
    (
      #"{"timestamp":"x","context":null}"#, #"{\#(received),"timestamp":"x","context":null}"#
    ),
  ])
  func `the peer's address is the event's where it has none`(body: String, expected: String) throws
  {
    #expect(try stamped(body, .event, peer: "::1") == [expected])
  }

  @Test(arguments: [
    ("[]", CallBody.Form.event, CallBodyError.notAnObject),
    ("\"x\"", .batch, .notAnObject),
    ("{}", .batch, .noBatch),
    (#"{"batch":{}}"#, .batch, .noBatch),
    (#"{"a":[{}]}"#, .batch, .noBatch),
    (" ", .event, .notJSON(JSONError(.empty, at: 1))),
    (#"{"batch":[]"#, .batch, .notJSON(JSONError(.truncated, at: 11))),
    (#"{"type":"a","type":"b"}"#, .event, .notJSON(JSONError(.duplicateField, at: 12))),
    (#"{"batch":[],"batch":[]}"#, .batch, .notJSON(JSONError(.duplicateField, at: 12))),
    (
      #"{"batch":[{"sentAt":1,"sent\u0041t":2}]}"#, .batch,
      .notJSON(JSONError(.duplicateField, at: 22))
    ),
  ])
  func `what is no call is refused`(body: String, form: CallBody.Form, error: CallBodyError) {
    #expect(throws: error) { try stamped(body, form) }
  }

  @Test func `a batch may have 2500 events and no more`() throws {
    func batch(_ count: Int) -> String {
      #"{"batch":["# + Array(repeating: "{}", count: count).joined(separator: ",") + "]}"
    }
    #expect(try stamped(batch(2_500), .batch).count == 2_500)
    #expect(throws: CallBodyError.tooManyEvents(2_501)) { try stamped(batch(2_501), .batch) }
    #expect(try stamped(batch(0).replacing("{}", with: ""), .batch).isEmpty)
  }

  @Test func `elements of a batch that are no objects are handed on as they are`() throws {
    let out = try stamped(#"{"batch":[1,"a",null,[{"type":"x"}],{}]}"#, .batch)
    #expect(out.prefix(4) == ["1", #""a""#, "null", #"[{"type":"x"}]"#])
    #expect(jsonError(out[4]) == nil)
  }

  @Test func `a write key is found beside the batch and in the event`() throws {
    for (body, form) in [
      (#"{"writeKey":"key","batch":[{"writeKey":"no"}]}"#, CallBody.Form.batch),
      (#"{"batch":[{"writeKey":"no"}],"writeKey":"key"}"#, .batch),
      (#"{"userId":"u","writeKey":"key"}"#, .event),
    ] {
      let bytes = Array(body.utf8)
      let call = unsafe try CallBody(scanning: bytes.span.bytes, as: form)
      #expect(call.writeKey.map { String(decoding: bytes[$0], as: UTF8.self) } == "key")
    }
  }
}
