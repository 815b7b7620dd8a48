import EventJSON
import Testing

@testable import DestinationHost

@Suite struct IntegrationSwitchesTests {
  private static let switches = IntegrationSwitches([
    ["webhook-1", "org.example.webhook", "Webhook"],
    ["webhook-2", "org.example.webhook", "Webhook"],
    ["crm", "com.example.crm", "Example CRM"],
  ])

  @Test(arguments: [
    (#"{"All":true}"#, [true, true, true]), ("{}", [true, true, true]),
    (#"{"All":false}"#, [false, false, false]),
    (#"{"All":false,"Webhook":true}"#, [true, true, false]),
    (#"{ "Webhook" : true , "All" : false }"#, [true, true, false]),
    (#"{"webhook-1":false}"#, [false, true, true]),
    (#"{"All":false,"com.example.crm":{"key":[1,{"All":true}]}}"#, [false, false, true]),
    (#"{"example crm":false}"#, [true, true, false]),
    (#"{"all":false,"EXAMPLE_CRM":true}"#, [false, false, true]),
    (#"{"All":true,"Somebody Else":false}"#, [true, true, true]),
    (#"{"Webhook":true,"webhook-1":false,"All":false}"#, [false, true, false]),
    (#"{"webhook-1":true,"webhook-1":false}"#, [false, true, true]),
    (#"{"All":false,"All":true}"#, [false, false, false]),
    (#"{"All":{}}"#, [true, true, true]), (#"{"All":null}"#, [true, true, true]),
    (#"{"All":"false","crm":0,"webhook-1":[]}"#, [true, true, true]),
    (#"{"All":false,"crm":null,"Webhook":"true"}"#, [false, false, false]),
    (#"{"\u0041ll":false,"c\u0072m":true}"#, [false, false, true]),
    (#"{"nested":{"All":false}}"#, [true, true, true]),
    ("null", [true, true, true]), ("[false]", [true, true, true]), ("false", [true, true, true]),
  ])
  func `the sender's word decides`(integrations: String, wanted: [Bool]) throws {
    let text = #"{"type":"page","userId":"u","integrations":\#(integrations),"properties":{"a":1}}"#
    let event = Array(text.utf8)
    var scanner = EventScanner(selecting: KeySelection([]))
    let span = unsafe event.span.bytes
    #expect(scanner.scan(span) == nil)
    #expect(
      Self.switches.wanted(scanner.shape.integrations, span) ?? [true, true, true] == wanted)
  }

  @Test func `an event without the field, and one that has it elsewhere, goes everywhere`() {
    for text in [
      #"{"type":"page","userId":"u"}"#,
      #"{"type":"page","userId":"u","context":{"integrations":{"All":false}}}"#,
    ] {
      let event = Array(text.utf8)
      var scanner = EventScanner(selecting: KeySelection([]))
      let span = unsafe event.span.bytes
      #expect(scanner.scan(span) == nil)
      #expect(Self.switches.wanted(scanner.shape.integrations, span) == nil)
    }
  }

  @Test func `given twice it is no event`() {
    let event = Array(
      #"{"type":"page","userId":"u","integrations":{"All":false},"integrations":{}}"#.utf8)
    var scanner = EventScanner(selecting: KeySelection([]))
    #expect(unsafe scanner.scan(event.span.bytes) != nil)
  }
}
