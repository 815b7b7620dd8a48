internal import AdapterAuthoring
internal import AdapterLoading

/// `adapter try`: an author's events through his adapter, with a scripted peer for the destination.
enum AdapterTryCommand {
  private static let settings = Option.value(
    "settings", "F", "Settings as one JSON object, secrets among them", isRequired: true)
  private static let events = Option.value(
    "events", "F", "Events, one JSON object a line", isRequired: true)
  private static let peer = Option.value(
    "peer", "ANSWERS", "What the peer answers, such as 429:7,200 or slow,reset,silent,refused")
  private static let trace = Option.flag(
    "trace", "Also print the requests, or the uses of connections, and their bytes")
  private static let inProcess = Option.flag(
    "in-process", "Without a sandbox, in this process: for a debugger")
  private static let record = Option.value("record", "F", "Keep requests and answers, a new file")
  private static let replay = Option.value(
    "replay", "F", "Answer as recorded, and say where requests differ")

  static let command = Command(
    path: ["adapter", "try"], summary: "Deliver your events through an adapter, and watch",
    access: .everyone,
    details: [
      """
      No network is used: a scripted peer answers in the destination's place, 200 unless --peer says \
      otherwise; its last answer goes on. Requests show the marks of secrets, never a secret.
      """,
      """
      To debug: gdb --args sealpost adapter try PATH --settings F --events F --in-process
      """,
    ],
    operands: [AdapterCommands.folder],
    options: [settings, events, peer, trace, inProcess, record, replay, .json],
    examples: [
      .init(
        "sealpost adapter try ./adapter --settings settings.json --events events.ndjson",
        "what becomes of each event"),
      .init(
        "sealpost adapter try ./adapter --settings settings.json --events events.ndjson --peer 429:7,200 --trace",
        "a destination that is busy at first"),
    ],
    exitCodes: [(.no, "the adapter failed, an event has no outcome, or a request differs")],
    run: run)

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let arguments = invocation.arguments
    var options = TryOut.Options(
      settings: try InputFile.read(arguments.required(settings), limit: 1 << 20),
      events: try InputFile.read(arguments.required(events), limit: 64 << 20))
    options.peer = try arguments[peer].map { try PeerAnswer.script($0) } ?? []
    options.isInProcess = arguments.has(inProcess)
    options.replay = try arguments[replay].map { path in
      try Recording(json: try InputFile.read(path, limit: 64 << 20), path: path)
    }
    let report = try TryOut(arguments.required(AdapterCommands.folder), options).run()
    if let file = arguments[record] {
      try OutputFile.write(Recording(report.requests).json, toNewFile: file)
    }
    if invocation.wantsJSON {
      invocation.console.data(json(report))
    } else {
      show(report, invocation)
    }
    for difference in report.differences { invocation.console.warning(difference) }
    if let problem = report.problem { invocation.console.error(Printable.text(problem)) }
    let outcomes = report.batches.flatMap(\.events).map(\.outcome)
    let isSound = outcomes.allSatisfy { $0 != "UNSET" && !$0.contains(" ") }
    return report.problem == nil && report.differences.isEmpty && isSound ? .done : .no
  }

  // MARK: - Printing

  private static func show(_ report: TryOut.Report, _ invocation: Invocation) {
    invocation.console.data(
      Table(
        columns: [
          .init("event", isFlexible: true), .init("outcome"), .init("code", isNumber: true),
          .init("retry after"), .init("detail", isFlexible: true),
        ],
        rows: report.batches.flatMap(\.events).map { event in
          [
            .init(event.id), .init(event.outcome), .init("\(event.remoteCode)"),
            .init(delay(event)), .init(event.detail ?? ""),
          ]
        }))
    if invocation.arguments.has(trace) {
      for (index, request) in report.requests.enumerated() {
        invocation.console.data(text(index, request))
      }
      let uses = report.connectionUses.flatMap { ConnectionText.lines($0, shown) }
      if !uses.isEmpty { invocation.console.data("\n" + uses.joined(separator: "\n") + "\n") }
    }
    for line in report.lines { invocation.console.note("log: \(Printable.text(line))") }
    let time = report.batches.map(\.milliseconds).reduce(0, +)
    invocation.console.note(
      "\(Count.of(report.batches.flatMap(\.events).count, "event")) in "
        + "\(report.batches.count) \(report.batches.count == 1 ? "batch" : "batches"), "
        + "\(traffic(report)), \(Int(time.rounded())) ms. Sandbox: \(report.sandbox)"
    )
  }

  /// What went to the peer: requests, or writes.
  private static func traffic(_ report: TryOut.Report) -> String {
    guard !report.connectionUses.isEmpty else {
      return Count.of(report.requests.count, "request")
    }
    let writes = report.connectionUses.filter { use in
      if case .write = use.wish { true } else { false }
    }
    let connections = Set(report.connectionUses.compactMap(\.connection)).count
    return "\(Count.of(writes.count, "write")) over \(Count.of(connections, "connection"))"
  }

  /// The first bytes of a body, or of what went over a connection.
  private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix(4096), as: UTF8.self)
  }

  private static func delay(_ event: TryOut.EventOutcome) -> String {
    guard event.retryAfterMilliseconds > 0 else { return "" }
    return "\(event.retryAfterMilliseconds) ms"
      + (event.isForWholeDestination ? ", destination" : "")
  }

  private static func text(_ index: Int, _ request: ScriptedPeer.Request) -> String {
    let head =
      ["", "request \(index + 1): \(request.method) \(Printable.text(request.url))"]
      + request.headers.map { "  \(Printable.text($0.name)): \(Printable.text($0.value))" }
    let body = Printable.text(shown(request.body[...]))
    let answer =
      switch request.answer {
      case .response(let status, _, _): "  -> \(status)"
      case .failure(_, let text): "  -> no answer: \(text)"
      }
    return (head + ["  " + body, answer + ", \(Int(request.milliseconds.rounded())) ms"])
      .joined(separator: "\n") + "\n"
  }

  private static func json(_ report: TryOut.Report) -> JSONText {
    .object([
      ("product", .string(report.product)), ("sandbox", .string(report.sandbox)),
      (
        "batches",
        .array(
          report.batches.map { batch in
            .object([
              ("milliseconds", .number(batch.milliseconds)),
              ("events", .array(batch.events.map(json))),
            ])
          })
      ),
      ("requests", .array(report.requests.map(json))),
      ("connections", .array(report.connectionUses.map { ConnectionText.json($0, whole) })),
      ("log", .strings(report.lines)),
      ("problem", .optional(report.problem)), ("differences", .strings(report.differences)),
    ])
  }

  private static func whole(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  private static func json(_ event: TryOut.EventOutcome) -> JSONText {
    .object([
      ("message_id", .string(event.id)), ("outcome", .string(event.outcome)),
      ("remote_code", .integer(event.remoteCode)),
      ("retry_after_ms", .integer(event.retryAfterMilliseconds)),
      ("whole_destination", .bool(event.isForWholeDestination)),
      ("detail", .optional(event.detail)),
    ])
  }

  private static func json(_ request: ScriptedPeer.Request) -> JSONText {
    let status: JSONText =
      if case .response(let status, _, _) = request.answer { .integer(status) } else { .null }
    return .object([
      ("method", .string(request.method)), ("url", .string(request.url)),
      (
        "headers",
        .array(
          request.headers.map {
            .object([("name", .string($0.name)), ("value", .string($0.value))])
          })
      ),
      ("body", .string(whole(request.body[...]))), ("status", status),
      ("milliseconds", .number(request.milliseconds)),
    ])
  }
}
