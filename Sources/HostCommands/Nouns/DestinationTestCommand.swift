internal import AdapterLoading
internal import DestinationHost
internal import Workspace

/// `destination test`: one synthetic event, and what became of it.
enum DestinationTestCommand {
  private static let id = Operand("ID", "The destination's id")
  private static let event = Option.choice(
    "event", ["identify", "track", "page", "screen", "group", "alias"],
    "Which kind of event (default track)")

  static let command = Command(
    path: ["destination", "test"], summary: "Send one synthetic event, and show what became of it",
    access: .editor,
    details: [
      """
      The event is marked: sealpost-test in its ids, sealpost_test in its context. It is sealed as any other, goes \
      past queue and filters, and is recorded. Shown are the requests as the adapter asked for them, with marks where \
      the host puts secrets in, and the answers; of an adapter that speaks no HTTP what it did with its connections. \
      A destination need not be enabled.
      """
    ], operands: [id], options: [event, .json],
    examples: [
      .init("sealpost destination test crm", "before it is enabled"),
      .init("sealpost destination test crm --event identify", "another kind of event"),
    ], exitCodes: [(.no, "the event was not delivered")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let destination = try invocation.destination(
      invocation.arguments.required(id), in: workspace)
    let result = try DestinationTrial.run(
      destination, kind: invocation.arguments[event] ?? "track", in: workspace)
    if invocation.wantsJSON {
      invocation.console.data(json(result))
    } else {
      invocation.console.data(text(result))
    }
    return result.isDelivered ? .done : .no
  }
}

// MARK: - Output

extension DestinationTestCommand {
  private static func text(_ result: DestinationTrial.Result) -> String {
    var lines: [String] = []
    if let event = result.event { lines.append("event     \(Printable.text(event))") }
    for (index, exchange) in result.exchanges.enumerated() {
      let call = exchange.call
      lines.append("")
      lines.append("request \(index + 1) \(shown(call.method, result)) \(shown(call.url, result))")
      lines += call.headers.map {
        "          \(shown($0.name, result)): \(shown($0.value, result))"
      }
      lines += body(call.body, result)
      lines.append("answer \(index + 1)  \(status(exchange))")
      if case .response(_, let headers, let bytes) = exchange.answer {
        lines += headers.map { "          \(shown($0.name, result)): \(shown($0.value, result))" }
        lines += body(bytes[...], result)
      }
    }
    if !result.connectionUses.isEmpty { lines.append("") }
    for use in result.connectionUses {
      lines += ConnectionText.lines(use) { shown($0, result) }
    }
    if !result.exchanges.isEmpty || !result.connectionUses.isEmpty { lines.append("") }
    lines.append("outcome   \(outcome(result))")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func body(
    _ bytes: ArraySlice<UInt8>, _ result: DestinationTrial.Result
  ) -> [String] {
    ConnectionText.indented(shown(bytes, result))
  }

  private static func status(_ exchange: DestinationTrial.Exchange) -> String {
    let time = "in \(Int(exchange.duration / .milliseconds(1))) ms"
    switch exchange.answer {
    case .response(let status, _, _): return "\(status), \(time)"
    case .failure(let failure, let text): return "none, \(failure), \(time): \(text)"
    }
  }

  private static func outcome(_ result: DestinationTrial.Result) -> String {
    guard let found = result.result else { return Printable.text(result.problem ?? "none") }
    let words = [
      "\(found.outcome)", found.remoteCode == 0 ? "" : "code \(found.remoteCode)",
      found.detail ?? "",
    ]
    return Printable.text(words.filter { !$0.isEmpty }.joined(separator: ", "))
  }

  private static func json(_ result: DestinationTrial.Result) -> JSONText {
    .object([
      ("delivered", .bool(result.isDelivered)),
      ("event", result.event.map { .verbatim($0) } ?? .null),
      ("requests", .array(result.exchanges.map { json($0, result) })),
      (
        "connections",
        .array(result.connectionUses.map { use in ConnectionText.json(use) { shown($0, result) } })
      ),
      ("outcome", .optional(result.result.map { "\($0.outcome)" })),
      ("remote_code", result.result.map { .integer(Int($0.remoteCode)) } ?? .null),
      ("detail", .optional(result.result?.detail)), ("problem", .optional(result.problem)),
    ])
  }

  private static func json(
    _ exchange: DestinationTrial.Exchange, _ result: DestinationTrial.Result
  ) -> JSONText {
    let call = exchange.call
    var members: [(String, JSONText)] = [
      ("method", .string(shown(call.method, result))), ("url", .string(shown(call.url, result))),
      ("headers", .strings(call.headers.map { shown("\($0.name): \($0.value)", result) })),
      ("body", .string(shown(call.body, result))),
      ("milliseconds", .integer(Int(exchange.duration / .milliseconds(1)))),
    ]
    switch exchange.answer {
    case .response(let status, let headers, let body):
      members += [
        ("status", .integer(status)),
        ("answer_headers", .strings(headers.map { shown("\($0.name): \($0.value)", result) })),
        ("answer", .string(shown(body[...], result))),
      ]
    case .failure(let failure, let text):
      members += [("status", .null), ("failure", .string("\(failure): \(text)"))]
    }
    return .object(members)
  }

  /// Longest body that is shown, in bytes.
  private static let longest = 4096

  private static func shown(_ text: String, _ result: DestinationTrial.Result) -> String {
    Printable.text(shown(Array(text.utf8)[...], result))
  }

  /// Text with every secret of the destination covered: an adapter may put one in itself, and a server may echo it.
  private static func shown(
    _ bytes: ArraySlice<UInt8>, _ result: DestinationTrial.Result
  ) -> String {
    var bytes = Array(bytes)
    for secret in result.secrets.sorted(by: { $0.count > $1.count }) {
      bytes.replace(secret, with: Array("(secret)".utf8))
    }
    let cut = bytes.count > longest ? "… (\(bytes.count) bytes)" : ""
    return String(decoding: bytes.prefix(longest), as: UTF8.self) + cut
  }
}
