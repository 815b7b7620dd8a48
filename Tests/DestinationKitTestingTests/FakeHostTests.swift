import DestinationKit
import DestinationKitTesting
import Testing

/// An adapter as a stranger writes one: settings by their description, requests by parts.
private final class CollectorDestination: DestinationAdapter {
  struct Settings: DescribedSettings {
    static let described = [
      Setting("url", .string(), isRequired: true, summary: "Where the events go."),
      Setting(
        "form", .string(default: "ndjson", oneOf: ["ndjson", "array"]), summary: "Of a body."),
      Setting(
        "most", .integer(default: 2, minimum: 1, maximum: 100), summary: "Events of a request."),
      Setting("loud", .boolean(default: false), summary: "Whether it logs."),
      Setting("tags", .strings, summary: "Sent along."),
      Setting("key", .secret, summary: "Never here."),
    ]
    let url: String
    let form: BatchForm
    let most: Int
    let isLoud: Bool
    let tags: [String]

    init(_ values: SettingValues) throws {
      url = try values.url("url")
      form = try values.text("form") == "array" ? .array : .ndjson
      most = try values.integer("most")
      isLoud = values.flag("loud")
      tags = values.texts("tags")
    }
  }

  static let description = AdapterDescription(
    product: "com.example.collector", version: "1.0.0", displayName: "Collector",
    settings: Settings.described, requiredHostFeatures: .http)

  private let settings: Settings
  private let host: AdapterHost
  private let http: HTTPClient

  init(settings: Settings, host: AdapterHost) throws {
    guard let http = host.http else { throw AdapterProblem.unavailable("no HTTP.") }
    self.settings = settings
    self.host = host
    self.http = http
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    if settings.isLoud { host.log(.info, "a batch of \(batch.count)") }
    let request = HTTPRequest(
      url: settings.url, headers: settings.tags.map { HTTPHeader("X-Tag", $0) })
    let call = batch.call
    return batch.send(as: settings.form, within: PartLimits(events: settings.most), host: host) {
      body, _ in
      try http.send(request, body: body, call: call)
    }
  }
}

@Suite struct FakeHostTests {
  private static let url = #""url":"https://c.example.com/""#

  private static func events(_ count: Int) -> [String] {
    (0..<count).map { #"{"type":"track","messageId":"m-\#($0)"}"# }
  }

  @Test func `a batch goes out in requests of limited size, in order`() throws {
    let host = FakeHost()
    let adapter = try host.start(CollectorDestination.self, settings: "{\(Self.url)}")
    let results = adapter.deliver(Self.events(5))
    #expect(results.map(\.outcome) == Array(repeating: .delivered, count: 5))
    #expect(
      host.requests.map(\.body) == [
        Self.events(5)[0...1].joined(separator: "\n"),
        Self.events(5)[2...3].joined(separator: "\n"),
        Self.events(5)[4],
      ])
  }

  @Test func `an array is the same events with brackets and commas`() throws {
    let host = FakeHost()
    let adapter = try host.start(
      CollectorDestination.self, settings: #"{\#(Self.url),"form":"array","most":100}"#)
    _ = adapter.deliver(Self.events(3))
    #expect(host.requests.map(\.body) == ["[\(Self.events(3).joined(separator: ","))]"])
  }

  @Test func `a request that is refused is halved until the event is found`() throws {
    // Of four events: all refused, the first half refused, the first event refused, the rest taken.
    let host = FakeHost(answers: [.status(400), .status(400), .status(422), .status(200)])
    let adapter = try host.start(
      CollectorDestination.self, settings: #"{\#(Self.url),"most":100}"#)
    let results = adapter.deliver(Self.events(4))
    #expect(results.map(\.outcome) == [.rejected, .delivered, .delivered, .delivered])
    #expect(results[0].code == 422)
    #expect(host.requests.count == 5)
  }

  @Test func `what holds for the destination ends the batch`() throws {
    let host = FakeHost(answers: [.status(200), .status(429, headers: ["retry-after": "3"])])
    let adapter = try host.start(CollectorDestination.self, settings: "{\(Self.url)}")
    let results = adapter.deliver(Self.events(8))
    #expect(
      results.map(\.outcome) == [.delivered, .delivered] + Array(repeating: .retry, count: 6))
    #expect(results[7].retryAfter == .seconds(3))
    #expect(results[7].isForWholeDestination)
    #expect(host.requests.count == 2)
  }

  @Test func `a call that was called off sends nothing and retries`() throws {
    let host = FakeHost()
    let adapter = try host.start(CollectorDestination.self, settings: "{\(Self.url)}")
    let results = adapter.deliver(Self.events(2), isCancelled: true)
    #expect(results.map(\.outcome) == [.retry, .retry])
    #expect(host.requests.isEmpty)
    #expect(adapter.deliver([]).isEmpty)
  }

  @Test func `log lines and header fields are kept`() throws {
    let host = FakeHost()
    let adapter = try host.start(
      CollectorDestination.self, settings: #"{\#(Self.url),"loud":true,"tags":["a"]}"#)
    _ = adapter.deliver(Self.events(1))
    #expect(host.lines == ["a batch of 1"])
    #expect(host.requests[0].headers == ["X-Tag": "a"])
  }

  @Test(arguments: [
    ("{}", "settings: \"url\" is missing. Mend them."),
    (#"{"url":7}"#, "settings: \"url\" must be a text. Mend them."),
    (
      #"{"url":"https://c","most":0,"form":"xml"}"#,
      "settings: \"form\" must be one of ndjson, array; \"most\" must be at least 1. Mend them."
    ),
    (#"{"url":"https://c","most":101}"#, "settings: \"most\" must be at most 100. Mend them."),
    (#"{"url":"https://c","most":1.5}"#, "settings: \"most\" must be a whole number. Mend them."),
    (#"{"url":"https://c","loud":1}"#, "settings: \"loud\" must be true or false. Mend them."),
    (#"{"url":"https://c","tags":"a"}"#, "settings: \"tags\" must be a list of texts. Mend them."),
    (
      #"{"url":"https://c","secret-in-the-wrong-place":"x"}"#,
      "settings: there is a setting that it does not have: known are form, key, loud, most, tags, url. Mend them."
    ),
    (
      #"{"url":"ftp://c"}"#,
      #"settings, about "url": it begins with neither https:// nor http://. Write the whole URL."#
    ),
  ])
  func `settings are held to their description, without a value`(
    settings: String, problem: String
  ) {
    #expect(throws: FakeHostFailure(call: "configure", status: 2, problem: problem)) {
      try FakeHost().start(CollectorDestination.self, settings: settings)
    }
  }

  @Test func `null is a setting left out`() throws {
    let host = FakeHost()
    let adapter = try host.start(
      CollectorDestination.self, settings: #"{\#(Self.url),"most":null}"#)
    #expect(adapter.deliver(Self.events(1))[0].outcome == .delivered)
  }
}
