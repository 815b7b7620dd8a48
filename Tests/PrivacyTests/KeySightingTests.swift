import EventJSON
import Foundation
import Privacy
import Testing

/// What a run notes of keys, and what it never notes.
@Suite struct KeySightingTests {
  /// One thread of a run over these events.
  private func run(
    _ events: [String], _ settings: PrivacySettings = PrivacySettings(),
    earlier: KeySightings = KeySightings(), source: String = "default", at now: Int = 100,
    destinations: [(id: String, actions: [String: KeyAction])] = []
  ) -> (sightings: KeySightings, warnings: [ClearWarning]) {
    let ledger = KeyLedger(earlier)
    ledger.follow(Detector(settings)) { _ in destinations }
    var warnings: [ClearWarning] = []
    var observer = KeyObserver(ledger, source: source) { warnings.append($0) }
    var scanner = EventScanner(selecting: KeySelection([]))
    observer.now = now
    for event in events {
      let bytes = Array(event.utf8)
      let span = bytes.span
      let rejection = unsafe scanner.scan(span.bytes)
      #expect(rejection == nil)
      let print = unsafe scanner.shapePrint(of: span.bytes)
      unsafe observer.observe(span.bytes, scanner.shape, print: print)
    }
    observer.settle()
    return (ledger.sightings, warnings)
  }

  private func track(_ properties: String, _ name: String = "Visit") -> String {
    "{\"type\":\"track\",\"event\":\"\(name)\",\"userId\":\"u\",\"properties\":{\(properties)}}"
  }

  private func sighting(_ path: String, _ sightings: KeySightings) throws -> KeySighting {
    try #require(sightings.paths.first { $0.text == path })
  }

  @Test func `every path is counted by source, with the names of its events`() throws {
    let events =
      Array(repeating: track(#""visit":{"room":12},"list":[{"a":1},{"a":2}]"#), count: 5_000)
      + [track(#""visit":{}"#, "Other")]
    let first = run(events, source: "web", at: 50).sightings
    #expect(
      first.paths.map(\.text) == [
        "properties.visit", "properties.visit.room", "properties.list", "properties.list.a",
      ])
    let visit = try sighting("properties.visit", first)
    #expect(visit.sources == ["web": 5_001] && visit.events == ["Visit": 5_000, "Other": 1])
    #expect(visit.types == ["track"] && visit.firstSeen == 50 && visit.lastSeen == 50)
    let room = try sighting("properties.visit.room", first)
    #expect(room.kind == "number" && room.length == 2 && room.count == 5_000)
    let second = run([events[0]], earlier: first, source: "kiosk", at: 70).sightings
    let again = try sighting("properties.visit", second)
    #expect(again.sources == ["web": 5_001, "kiosk": 1])
    #expect(again.firstSeen == 50 && again.lastSeen == 70)
  }

  @Test func `no value is kept, and no key or name that looks like one`() throws {
    let canaries = ["canary@clinic.example", "078-05-1120", "LC-000417", "LC0004171"]
    let events = canaries.map { canary in
      "{\"type\":\"track\",\"event\":\"Visit of \(canary)\",\"userId\":\"\(canary)\","
        + "\"properties\":{\"\(canary)\":{\"x\":1},\"note\":\"\(canary)\",\"\(canary) b\":2}}"
    }
    let settings = try PrivacySettings().adding(
      Matcher(name: "any", classification: .red, kind: .value(".")))
    let sightings = run(events, settings).sightings
    let text = String(decoding: try JSONEncoder().encode(sightings), as: UTF8.self)
    for canary in canaries { #expect(!text.contains(canary)) }
    #expect(
      sightings.paths.map(\.text) == [
        "properties.{…}", "properties.{…}.x", "properties.note",
      ])
    #expect(try sighting("properties.note", sightings).events == ["{…}": 4])
  }

  @Test(arguments: [
    ("a\u{0}b", false), ("a\u{202E}b", false), ("", false), ("ana@x", false), ("12345", false),
    ("line1", true), ("addressLine2", true), ("名前", true), ("zip_4", true),
    ("a b c d e f g h i", false), (String(repeating: "k", count: 64), true),
    (String(repeating: "k", count: 65), false),
  ])
  func `a key is kept as it is, unless it looks like a value`(key: String, isKept: Bool) throws {
    let escaped = String(decoding: try JSONEncoder().encode(key), as: UTF8.self)
    let sightings = run([track("\(escaped):1")]).sightings
    #expect(sightings.paths.map(\.key) == [isKept ? key : "{…}"])
    #expect(sightings.paths.first?.isClassifiable == isKept)
  }

  @Test func `names, paths and shapes are bounded, and what finds no room is counted`() throws {
    let names = run((0..<50).map { track(#""a":1"#, "n\($0)") }).sightings
    let events = try sighting("properties.a", names).events
    #expect(events.count == KeySighting.mostEvents + 1 && events["…"] == 42)
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    let many = (0..<5_000).map { number in
      let key = [number % 26, number / 26 % 26, number / 676 % 26].map { String(letters[$0]) }
      return track("\"\(key.joined())x\":1")
    }
    let full = run(many).sightings
    #expect(full.paths.count <= KeySightings.mostPaths && full.paths.count >= 1_024)
    #expect(full.eventsNotCounted == 5_000 - 1_024)
    #expect(full.paths.reduce(0) { $0 + $1.count } == 1_024)
    let wide = (0..<3).map { part in
      track(
        (0..<900).map {
          "\"\(letters[part])\(letters[$0 % 26])\(letters[$0 / 26 % 26])q\(letters[$0 / 676])\":1"
        }
        .joined(separator: ","))
    }
    let crowded = run(wide).sightings
    #expect(crowded.paths.count == KeySightings.mostPaths && crowded.pathsNotKept > 0)
  }

  // MARK: - Findings

  @Test func `similar keys and values of a pattern are found, classified keys are not`() throws {
    let settings = try PrivacySettings()
      .adding(Matcher(name: "record", classification: .red, kind: .value("^LC-\\d{6}$")))
      .adding(Matcher(name: "chart no", classification: .yellow, kind: .similar))
    let sightings = run(
      [track(#""emailAdress":"x","chartNos":1,"ref":"LC-000417","email":"y","color":"z""#)],
      settings
    ).sightings
    func found(_ key: String) throws -> Finding? {
      try sighting("properties.\(key)", sightings).finding
    }
    #expect(
      try found("emailAdress")
        == Finding(matcher: "email", classification: .yellow, means: .similar))
    #expect(
      try found("chartNos")
        == Finding(matcher: "chart no", classification: .yellow, means: .similar))
    #expect(try found("ref") == Finding(matcher: "record", classification: .red, means: .value))
    #expect(try found("email") == nil && found("color") == nil)
  }

  @Test func `a warning comes once for each path and destination that gets it in clear`() throws {
    let destinations: [(id: String, actions: [String: KeyAction])] = [
      ("crm", [:]), ("vault", ["subject": .encrypt]), ("public", ["subject": .remove]),
    ]
    let event = track(#""subject":{"emailAdress":"x"},"emailAdress":"y""#)
    let first = run([event, event], destinations: destinations)
    #expect(
      first.warnings.map { "\($0.path) \($0.destination)" } == [
        "properties.subject.emailAdress crm", "properties.emailAdress crm",
        "properties.emailAdress vault", "properties.emailAdress public",
      ])
    #expect(run([event], earlier: first.sightings, destinations: destinations).warnings.isEmpty)
    let classified = try PrivacySettings().adding(
      Matcher(name: "emailAdress", classification: .green))
    #expect(run([event], classified, destinations: destinations).warnings.isEmpty)
  }

  @Test func `a value that shows itself late is found on the way`() throws {
    let settings = try PrivacySettings().adding(
      Matcher(name: "record", classification: .red, kind: .value("^LC-\\d{6}$")))
    let events =
      Array(repeating: track(#""ref":"none""#), count: 5_000)
      + Array(repeating: track(#""ref":"LC-000417""#), count: 1_100)
    let result = run(events, settings, destinations: [("crm", [:])])
    #expect(result.warnings.map(\.path) == ["properties.ref"])
  }
}
