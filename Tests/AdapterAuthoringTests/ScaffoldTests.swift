import AdapterLoading
import Foundation
import Testing
import Workbench

@testable import AdapterAuthoring

@Suite struct ScaffoldTests {
  @Test(arguments: [
    "", "Crm", "1crm", "crm_lines", "-crm", "crm-", "crm--x", "../crm", "crm lines",
  ])
  func `a name that is none is refused`(name: String) {
    #expect(throws: AuthoringError.badName(name)) {
      try Scaffold(.init(name: name, language: .c))
    }
  }

  @Test func `a folder that holds something is left alone`() throws {
    let scratch = try Scratch()
    try "x".write(toFile: scratch.file("kept"), atomically: true, encoding: .utf8)
    var order = Scaffold.Order(name: "crm", language: .rust)
    order.folder = scratch.path
    let scaffold = try Scaffold(order)
    #expect(throws: AuthoringError.alreadyThere(path: scratch.path)) { try scaffold.write() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["kept"])
  }

  @Test func `a product of one's own stands in manifest, source and note`() throws {
    let scratch = try Scratch()
    for language in AdapterLanguage.allCases {
      var order = Scaffold.Order(name: "crm-lines", language: language)
      order.product = "org.example.crm"
      order.folder = scratch.file(language.rawValue)
      order.sealpost = "https://example.org/sealpost.git"
      let files = try Scaffold(order).write()
      let texts = try files.map {
        try String(contentsOfFile: "\(scratch.file(language.rawValue))/\($0)", encoding: .utf8)
      }
      #expect(texts.count { $0.contains("org.example.crm") } >= 3, "\(language)")
      #expect(texts.allSatisfy { $0.firstMatch(of: #/@[A-Z_]+@/#) == nil }, "\(language)")
    }
  }

  @Test(arguments: ["crm", "Org.example", "org..example", "org.example.", "org example"])
  func `a product id that is none is refused`(product: String) {
    var order = Scaffold.Order(name: "crm", language: .c)
    order.product = product
    #expect(throws: AuthoringError.badProduct(product)) { try Scaffold(order) }
  }
}

@Suite struct TryOutTests {
  @Test func `a run is recorded, and the same run compares equal`() throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.adapter("WebhookDestination", from: "Plugins", in: scratch)
    let events = (0..<3).map { #"{"type":"track","messageId":"m-\#($0)","userId":"u"}"# }
    var options = TryOut.Options(
      settings: Array(#"{"url":"https://hooks.example.com/in","batch_events":1}"#.utf8),
      events: Array(events.joined(separator: "\n").utf8))
    options.executablePath = Built.sealpost
    options.peer = [.status(200), .status(400), .status(429, headers: ["retry-after": "7"])]
    let first = try TryOut(path, options).run()
    #expect(first.problem == nil)
    #expect(
      first.batches.flatMap(\.events).map(\.outcome) == ["DELIVERED", "REJECTED", "RETRY"])
    #expect(first.batches[0].events[2].retryAfterMilliseconds == 7000)
    #expect(first.requests.map(\.url) == Array(repeating: "https://hooks.example.com/in", count: 3))

    let recording = Recording(first.requests)
    options.peer = []
    options.replay = try Recording(json: Array(recording.json.utf8), path: "recording")
    #expect(options.replay == recording)
    let second = try TryOut(path, options).run()
    #expect(second.differences.isEmpty)
    #expect(second.batches.flatMap(\.events).map(\.outcome) == ["DELIVERED", "REJECTED", "RETRY"])

    options.events = Array(events.reversed().joined(separator: "\n").utf8)
    #expect(
      try TryOut(path, options).run().differences == [
        "request 1: another body", "request 3: another body",
      ])
  }

  @Test func `secrets are marks in what is shown`() throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.adapter("WebhookDestination", from: "Plugins", in: scratch)
    var options = TryOut.Options(
      settings: Array(
        #"{"url":"https://h.example/","headers":["X: {{secret:token}}"],"token":"s3cr3t"}"#.utf8),
      events: Array(#"{"type":"page","messageId":"m"}"#.utf8))
    options.executablePath = Built.sealpost
    let report = try TryOut(path, options).run()
    #expect(report.requests[0].headers.contains { $0.value == "{{secret:token}}" })
    #expect(!"\(report)".contains("s3cr3t"))
  }

  @Test(arguments: [
    "", "not json", "[]", #"{"type":"track"}"#, #"{"messageId":7,"type":"track"}"#,
  ])
  func `events that are none are told by their line`(line: String) throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.adapter("WebhookDestination", from: "Plugins", in: scratch)
    var options = TryOut.Options(
      settings: Array("{}".utf8),
      events: Array((#"{"type":"track","messageId":"m"}"# + "\n" + line).utf8))
    options.executablePath = Built.sealpost
    let tryOut = try TryOut(path, options)
    if line.isEmpty {
      _ = try tryOut.run()
    } else {
      #expect(throws: AuthoringError.self) { try tryOut.run() }
    }
  }

  @Test(arguments: ["", "{}", "[]", #"{"format":2,"exchanges":[]}"#, #"{"format":1}"#])
  func `a recording that is none is refused`(text: String) {
    #expect(throws: AuthoringError.self) { try Recording(json: Array(text.utf8), path: "r") }
  }
}

@Suite struct PeerScriptTests {
  @Test func `words of a script are answers`() throws {
    #expect(
      try PeerAnswer.script("200, 429:7,slow,reset,silent,refused") == [
        .status(200), .status(429, headers: ["retry-after": "7"]), .slow(.milliseconds(500)),
        .reset, .silent, .refused,
      ])
  }

  @Test(arguments: ["99", "600", "ok", "-1", "2oo", "99999999999999999999"])
  func `other words are refused`(word: String) {
    #expect(throws: AuthoringError.badScript(word)) { try PeerAnswer.script("200,\(word)") }
  }

  @Test func `results are JUnit's, whatever an adapter says`() {
    let reports = Verdict.Outcome.allCases.map { outcome in
      TestReport(
        name: "group.\(outcome)", group: "group", expected: "a < b & \"c\"",
        verdict: Verdict(outcome: outcome, seen: "x\u{1B}[2J]]>", mend: ""), milliseconds: 1500)
    }
    let text = JUnitReport.text(of: reports, product: "<p>")
    #expect(
      text.contains(#"name="&lt;p&gt;" tests="6" failures="1" errors="2" skipped="1" time="9.0""#))
    #expect(text.contains("a &lt; b &amp; &quot;c&quot;"))
    #expect(!text.contains("\u{1B}"))
  }
}
