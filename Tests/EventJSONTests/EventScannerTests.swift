import EventJSON
import Testing

/// What the Segment spec asks of an event.
@Suite struct EventScannerTests {
  @Test(arguments: [
    #"{"type":"identify","userId":"u"}"#, #"{"type":"track","userId":"u","event":"E"}"#,
    #"{"type":"page","anonymousId":"a"}"#, #"{"type":"screen","userId":"u"}"#,
    #"{"type":"group","userId":"u","groupId":"g"}"#,
    #"{"type":"alias","userId":"u","previousId":"p"}"#,
    #"{"type":"page","userId":42}"#, #"{"type":"page","userId":null,"anonymousId":"a"}"#,
    #"{"type":"page","userId":"","anonymousId":"a"}"#,
    #"{"type":"page","userId":"u","messageId":null}"#,
    #"{"type":"page","userId":"u","messageId":""}"#,
    #"{"type":"page","userId":"u","context":null,"traits":{},"properties":[]}"#,
    #"{"type":"page","userId":"u","other":1,"other":2,"properties":{"a":1,"a":2}}"#,
    #"{"\u0074ype":"page","userI\u0064":"u"}"#, #" { "userId" : "u" , "type" : "page" } "#,
    #"{"type":"page","userId":"u","name":{"type":"track","userId":null}}"#,
  ])
  func `an event of the spec is accepted`(text: String) {
    #expect(Scanned(text).rejection == nil)
  }

  @Test(
    arguments: [
      ("[]", .notAnObject), ("\"type\"", .notAnObject), ("1", .notAnObject),
      (#"[{"type":"page","userId":"u"}]"#, .notAnObject), ("{}", .missingField("type")),
      (#"{"userId":"u"}"#, .missingField("type")),
      (#"{"type":null,"userId":"u"}"#, .missingField("type")),
      (#"{"type":1,"userId":"u"}"#, .missingField("type")),
      (#"{"type":["page"],"userId":"u"}"#, .missingField("type")),
      (#"{"type":{"x":"page"},"userId":"u"}"#, .missingField("type")),
      (#"{"Type":"page","userId":"u"}"#, .missingField("type")),
      (#"{"properties":{"type":"page"},"userId":"u"}"#, .missingField("type")),
      (#"{"type":"","userId":"u"}"#, .unknownType),
      (#"{"type":"Page","userId":"u"}"#, .unknownType),
      (#"{"type":"pages","userId":"u"}"#, .unknownType),
      (#"{"type":"batch","userId":"u"}"#, .unknownType),
      (#"{"type":"identity","userId":"u"}"#, .unknownType),
      (#"{"type":"page"}"#, .missingUser), (#"{"type":"page","userId":""}"#, .missingUser),
      (#"{"type":"page","userId":null,"anonymousId":""}"#, .missingUser),
      (#"{"type":"page","userId":true}"#, .missingUser),
      (#"{"type":"page","userId":["u"]}"#, .missingUser),
      (#"{"type":"page","userId":[["u",1]]}"#, .missingUser),
      (#"{"type":"page","userId":{"a":"u","b":1}}"#, .missingUser),
      (#"{"type":"page","userid":"u"}"#, .missingUser),
      (#"{"type":"page","traits":{"userId":"u"}}"#, .missingUser),
      (#"{"type":"page","userId":"u","messageId":1}"#, .badMessageID),
      (#"{"type":"page","userId":"u","messageId":true}"#, .badMessageID),
      (#"{"type":"page","userId":"u","messageId":["m"]}"#, .badMessageID),
      (#"{"type":"page","userId":"u","messageId":{"m":"m"}}"#, .badMessageID),
      (#"{"type":"track","userId":"u"}"#, .missingField("event")),
      (#"{"type":"track","userId":"u","event":""}"#, .missingField("event")),
      (#"{"type":"track","userId":"u","event":false}"#, .missingField("event")),
      (#"{"type":"track","userId":"u","event":{"name":"E"}}"#, .missingField("event")),
      (#"{"type":"group","userId":"u"}"#, .missingField("groupId")),
      (#"{"type":"alias","userId":"u"}"#, .missingField("previousId")),
      (#"{"type":"alias","anonymousId":"a","previousId":"p"}"#, .missingField("userId")),
      (#"{"type":"page","userId":"u","context":"c"}"#, .badSection("context")),
      (#"{"type":"page","userId":"u","traits":1}"#, .badSection("traits")),
      (#"{"type":"page","userId":"u","properties":true}"#, .badSection("properties")),
    ] as [(String, EventRejection)])
  func `what is not an event is refused with the reason`(text: String, reason: EventRejection) {
    #expect(Scanned(text).rejection == reason)
  }

  @Test(arguments: [
    ("type", "\"page\""), ("userId", "\"u\""), ("anonymousId", "\"a\""), ("messageId", "\"m\""),
    ("event", "\"e\""), ("groupId", "\"g\""), ("previousId", "\"p\""), ("context", "{}"),
    ("traits", "{}"), ("properties", "{}"),
  ])
  func `a field of the spec may be given once`(name: String, value: String) {
    var fields = ["type": "\"page\"", "userId": "\"u\""]
    fields[name] = nil
    let rest = fields.map { ",\"\($0)\":\($1)" }.sorted().joined()
    #expect(Scanned("{\"\(name)\":\(value)\(rest)}").rejection == nil)
    let escaped = "\\u00" + String(name.utf8.first ?? 0, radix: 16) + name.dropFirst()
    for second in [name, escaped] {
      let text = "{\"\(name)\":\(value)\(rest),\"\(second)\":\(value)}"
      guard case .notJSON(let error) = Scanned(text).rejection else {
        Issue.record("\(text) is accepted")
        continue
      }
      #expect(error.reason == .duplicateField)
    }
  }

  @Test func `a messageId has at most 255 bytes`() {
    for (length, rejection) in [(255, nil), (256, .badMessageID)] as [(Int, EventRejection?)] {
      let id = String(repeating: "m", count: length)
      let text = "{\"type\":\"page\",\"userId\":\"u\",\"messageId\":\"\(id)\"}"
      #expect(Scanned(text).rejection == rejection)
    }
  }

  @Test func `the shape tells where the ids are`() {
    let text = #"{"messageId":"m-1","type":"alias","userId":7,"anonymousId":"a","previousId":"p"}"#
    let scanned = Scanned(text)
    let shape = scanned.shape
    #expect(shape.type == .alias && shape.hasMessageID)
    #expect(scanned.text(shape.messageID.content) == "m-1")
    #expect(scanned.text(shape.user.start..<shape.user.end) == "7")
    #expect(scanned.text(shape.anonymousID.content) == "a")
  }

  @Test func `a scanner remembers nothing of the event before`() {
    var scanner = EventScanner(selecting: KeySelection(["email"]))
    let first = Array(
      #"{"type":"track","userId":"u","event":"e","messageId":"m","traits":{"email":"x"}}"#.utf8)
    for end in 0...first.count {
      _ = scanner.scan(Array(first[..<end]))
      #expect(scanner.scan(Array("{}".utf8)) == .missingField("type"), "cut at \(end)")
      #expect(scanner.matches.isEmpty && !scanner.shape.hasMessageID, "cut at \(end)")
      let next = Array(#"{"email":"y","type":"page","userId":"v"}"#.utf8)
      #expect(scanner.scan(next) == nil && scanner.matches.isEmpty, "cut at \(end)")
    }
  }

  @Test func `a rejection says what to mend and has a stable code`() {
    #expect(
      EventRejection.missingField("event").description
        == "\"event\" is missing or empty; this type of event needs it")
    #expect(EventRejection.badSection("traits").description == "\"traits\" must be an object")
    #expect(
      EventRejection.tooLong(bytes: 40_000, limit: 32_768).description
        == "the line has 40000 bytes or more; an event may have 32768")
    #expect(EventRejection.badMessageID.code == "bad_message_id")
    #expect(EventRejection.missingField("event").code == "missing_event")
  }
}

extension Scanned {
  fileprivate func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}
