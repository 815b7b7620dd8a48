internal import DestinationHost
internal import Eligibility
internal import HTTPListener
import Glibc
internal import Workspace

/// `run`: the host itself.
enum RunCommand {
  static let noun = Noun(name: "run", summary: "The host", commands: [command])

  private static let input = Option.value(
    "input", "FILE|-|DIR",
    "JSON lines; - is standard input (default); a folder is followed, its files in the order of their names"
  )
  private static let source = Option.value(
    "source", "ID", "Where the events come from; its controls hold (default: default)")
  private static let threads = Option.value(
    "threads", "N", "Threads that encrypt (default: one for each processor)")

  private static let from = Option.value(
    "from", "start",
    "Read a file from its start, and take again what earlier runs took")
  private static let metrics = Option.value(
    "metrics", "ADDR:PORT", "Serve /healthz, /readyz and /metrics there (or unix:PATH)")
  private static let untilIdle = Option.flag(
    "until-idle", "Wait until the queues are empty, however long the retries take")

  private static let stopDeadline = Option.value(
    "stop-deadline", "SECONDS", "How long a stop may take to send what can be sent (default: 10)")

  private static let command = Command(
    path: ["run"],
    summary: "Accept events, seal them, and deliver them to every enabled destination",
    access: .editor,
    details: [
      """
      Each line is an event of the Segment spec. A line that is none is told with its number, and the \
      run goes on. An event is accepted when it lies, sealed, in the queue of every enabled destination; \
      one that a destination does not get stays there for the next run, or is kept among its dead letters. \
      A file is read on where the last run came to.
      """,
      """
      After the input's end the run delivers what waits, and ends when nothing was delivered for 30 \
      seconds; with --until-idle only when nothing waits. A folder has no end: it is followed until the \
      run is stopped, or with --until-idle until all that is in it was read; there a line counts when its \
      line end is written. A changed workspace is taken while it runs (at once on SIGHUP). Ctrl-C stops \
      gracefully; twice stops at once.
      """,
      """
      With --listen it takes calls of Segment's Tracking API until it is stopped, each proven by a write \
      key (sealpost source add), and answers 200 when a call's events are durable. Standard input is then \
      read only with --input -.
      """,
      """
      With --stream it reads a Kafka topic as one of a group of hosts. With --listen and --produce it is an edge \
      in front of such a topic: it checks calls as ever, sends each event to the topic with its user as key, and \
      answers 200 when the brokers have acknowledged all of it; 503 when they do not in time. It needs no destination \
      and keeps nothing.
      """,
      """
      With --replica the workspace is a replica (sealpost workspace replicate) and takes its configuration \
      from the origin's snapshots: the one that is there at the start, and each newer one that is put in \
      its place, without losing an event. One that is older, damaged or somebody else's is refused: at the \
      start that ends the run, later the run goes on as it is and says so.
      """,
    ],
    options: [input, from, source, untilIdle, stopDeadline, threads, metrics]
      + ListenOptions.all + StreamOptions.all + ReplicaOptions.all + LogOptions.all + [.json],
    examples: [
      .init("sealpost run --input events.ndjson", "deliver a file"),
      .init("sealpost run --until-idle < /dev/null", "deliver what waits in the queues"),
      .init("sealpost run --input /var/spool/events", "deliver what comes into a folder"),
      .init("sealpost run < app.ndjson", "deliver what comes"),
      .init("sealpost run --listen 127.0.0.1:8080", "take what Segment's libraries send"),
      .init(
        "sealpost run --stream kafka://127.0.0.1:9092/events?group=clinic", "read a topic's events"),
      .init(
        "sealpost run --listen 127.0.0.1:8080 --produce kafka://127.0.0.1:9092/events",
        "take calls, and leave their events with the topic's brokers"),
    ],
    exitCodes: [
      (.done, "every event was delivered"), (.badData, "some line was no event"),
      (.unavailable, "a destination could not be started"),
      (.tryAgain, "some accepted event is among the dead letters or waits in a queue"),
    ], run: run)

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let stream = try StreamOptions.input(invocation)
    let listen = try ListenOptions.settings(invocation)
    let produce = try StreamOptions.target(
      invocation, without: [input, source, from, threads, untilIdle])
    try refuseIdle(invocation, isEndless: listen != nil || stream != nil)
    let folder = invocation.arguments[input].flatMap { InputFile.isFolder($0) ? $0 : nil }
    let isRead = listen == nil && stream == nil || invocation.arguments.isGiven(input)
    let file = isRead && folder == nil ? try InputFile.open(invocation.arguments[input]) : nil
    defer { file?.close() }
    let workspace = try invocation.openWorkspace()
    let snapshots = try ReplicaOptions.follower(invocation, workspace)
    let log = try LogOptions.log(invocation)
    warn(workspace, log)
    if let warning = listen.flatMap(ListenOptions.warning) {
      log.write(LogEntry(.warning, "listening_in_clear", warning))
    }
    if produce != nil { StreamOptions.warnOfControls(workspace, log) }
    if let file, isatty(file.descriptor) == 1 {
      invocation.console.note("Reading events from the terminal; Ctrl-D ends them.")
    }
    StopSignal.install()
    ReloadSignal.install()
    let reporter = RunReporter(
      log, inputSize: file?.size, service: ServiceManager(invocation.environment))
    var run = HostRun(
      input: file?.descriptor, shouldStop: { StopSignal.isAsked }, report: reporter.report)
    if let source = try sourceID(invocation) { run.source = source }
    if let count = try threadCount(invocation) { run.threads = count }
    run.stream = stream
    run.snapshots = snapshots
    run.listen = listen
    run.produce = produce
    run.inputFolder = folder
    if file?.size != nil { run.inputPath = invocation.arguments[input] }
    run.fromStart = try isFromStart(invocation)
    run.untilIdle = invocation.arguments.has(untilIdle)
    run.stopDeadline = try stopTime(invocation) ?? run.stopDeadline
    run.metricsAddress = try metricsAddress(invocation)
    run.shouldReload = { ReloadSignal.take() }
    let summary: RunSummary
    do {
      summary = try DestinationHost.run(run, on: workspace)
    } catch {
      return failed(Failure(error), log)
    }
    reporter.finish(summary)
    if invocation.wantsJSON { invocation.console.data(json(summary)) }
    return code(summary, reporter)
  }

  /// A listener or a stream is never idle for good.
  private static func refuseIdle(_ invocation: Invocation, isEndless: Bool) throws {
    guard isEndless, invocation.arguments.has(untilIdle) else { return }
    throw CommandError.usage(
      "option \"\(untilIdle.typed)\"", invocation.command.name,
      "a listener or a stream has no end",
      "Leave it out: a stop delivers what can be delivered at once.")
  }

  /// A run that ends by an error says so as all else, in its log.
  private static func failed(_ failure: Failure, _ log: Log) -> ExitCode {
    log.finish()
    log.write(
      LogEntry(
        .error, "run_failed", failure.text, ["exit_code": .integer(Int(failure.code.rawValue))]))
    return failure.code
  }

  /// What does not stop a run and has to be known at each.
  private static func warn(_ workspace: Workspace, _ log: Log) {
    for warning in workspace.products.warnings(on: .today) {
      log.write(LogEntry(.warning, "product_list", warning))
    }
    if let warning = workspace.settings.standing.warning(on: .today) {
      log.write(LogEntry(.warning, "not_eligible", warning))
    }
    if let absence = OutgoingHTTP.http2Absence {
      log.write(LogEntry(.debug, "http2_not_offered", absence))
    }
    if workspace.unprovenOwner != nil {
      log.write(
        LogEntry(
          .warning, "owner_without_password",
          "nobody has a password in this workspace. "
            + "See: sealpost user set-password \(workspace.settings.owner)"))
    }
  }

  private static func sourceID(_ invocation: Invocation) throws -> String? {
    guard let id = invocation.arguments[source] else { return nil }
    guard Names.isSourceID(id) else { throw WorkspaceError.badSourceID(Printable.short(id)) }
    return id
  }

  private static func metricsAddress(_ invocation: Invocation) throws -> ListenAddress? {
    guard let text = invocation.arguments[metrics] else { return nil }
    // A port alone is this machine's.
    guard let address = ListenAddress(text.contains(":") ? text : "127.0.0.1:\(text)") else {
      throw CommandError.usage(
        "option \"\(metrics.typed)\"", invocation.command.name,
        "\"\(Printable.short(text))\" is no address to listen on",
        "Write it like 127.0.0.1:9464, [::1]:9464 or unix:/run/sealpost/metrics.sock.")
    }
    return address
  }

  private static func threadCount(_ invocation: Invocation) throws -> Int? {
    guard let text = invocation.arguments[threads] else { return nil }
    guard let count = Int(text), (1...256).contains(count) else {
      throw CommandError.usage(
        "option \"\(threads.typed)\"", invocation.command.name, "it is no number from 1 to 256",
        "Leave it out to take one for each processor.")
    }
    return count
  }

  private static func stopTime(_ invocation: Invocation) throws -> Duration? {
    guard let text = invocation.arguments[stopDeadline] else { return nil }
    guard let seconds = Int(text), (0...3600).contains(seconds) else {
      throw CommandError.usage(
        "option \"\(stopDeadline.typed)\"", invocation.command.name,
        "it is no number from 0 to 3600", "Leave it out for 10 seconds.")
    }
    return .seconds(seconds)
  }

  private static func isFromStart(_ invocation: Invocation) throws -> Bool {
    guard let text = invocation.arguments[from] else { return false }
    guard text == "start" else {
      throw CommandError.usage(
        "option \"\(from.typed)\"", invocation.command.name, "there is no such place",
        "Say --from start, or leave it out.")
    }
    return true
  }

  private static func code(_ summary: RunSummary, _ reporter: RunReporter) -> ExitCode {
    if summary.lost > 0 { return .inputOutput }
    if summary.undelivered > 0 { return .tryAgain }
    if reporter.hasRefusals { return .unavailable }
    return summary.rejected > 0 ? .badData : .done
  }

  private static func json(_ summary: RunSummary) -> JSONText {
    .object(
      [
        ("read", .integer(summary.read)), ("accepted", .integer(summary.accepted)),
        ("rejected", .integer(summary.rejected)), ("rejections", counts(summary.rejections)),
        ("rejected_not_kept", .integer(summary.rejectedNotKept)),
        ("duplicates", .integer(summary.duplicates)),
        ("forgotten_message_ids", .integer(summary.forgottenIDs)),
        ("redriven", .integer(summary.redriven)),
        ("produced", summary.produced?.json ?? .null),
      ] + values(summary.values) + [
        ("destinations", .array(summary.destinations.map { json($0.id, $0.counts) })),
        ("stopped", .bool(summary.wasStopped)), ("seconds", .number(summary.seconds)),
      ])
  }

  private static func json(_ id: String, _ counts: DeliveryCounts) -> JSONText {
    .object(
      [
        ("id", .string(id)), ("delivered", .integer(counts.delivered)),
        ("not_served", .integer(counts.heldBack.notServed)),
        ("not_wanted", .integer(counts.heldBack.notWanted)),
        ("filtered", .integer(counts.heldBack.filtered)),
        ("sampled_out", .integer(counts.heldBack.sampledOut)),
        ("retried", .integer(counts.retried)),
        ("undelivered", .integer(counts.undelivered)), ("waiting", .integer(counts.waiting)),
        ("lost", .integer(counts.lost)),
        ("dead_letters", Self.counts(counts.deadLettered)),
        ("worker_restarts", .integer(counts.workerRestarts)),
      ] + values(counts.values) + (counts.requests.map { [("requests", json($0))] } ?? []))
  }

  private static func values(_ values: ValueCounts) -> [(String, JSONText)] {
    [
      ("encrypted_values", .integer(values.encrypted)),
      ("tokenized_values", .integer(values.tokenized)),
      ("removed_values", .integer(values.removed)),
    ]
  }

  private static func json(_ requests: RequestCounts) -> JSONText {
    .object([
      ("sent", .integer(requests.sent)),
      (
        "answers",
        counts(
          Dictionary(uniqueKeysWithValues: requests.answers.map { ("\($0.key)xx", $0.value) }))
      ),
      ("failed", .integer(requests.failed)), ("connections", .integer(requests.connections)),
      ("http2_connections", .integer(requests.http2Connections)),
      ("sent_bytes", .integer(requests.sentBytes)),
      ("received_bytes", .integer(requests.receivedBytes)),
    ])
  }

  private static func counts(_ counts: [String: Int]) -> JSONText {
    .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
  }
}
