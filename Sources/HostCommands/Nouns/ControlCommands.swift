internal import Privacy
internal import Workspace

/// `control`: what happens to red and yellow keys, by source and by destination.
enum ControlCommands {
  static let noun = Noun(
    name: "control", summary: "Controls: what happens to red and yellow keys",
    commands: [show, set])

  private static let rules = """
    The most restrictive of a source's and a destination's control wins: block (the key is left out), \
    encrypt, tokenize, allow. Unless a destination's control says otherwise, red is blocked. A field \
    that a destination encrypts is encrypted whatever is allowed. A workspace that is not eligible \
    sends no red or yellow key in clear.
    """

  private static let show = Command(
    path: ["control", "show"], summary: "Show the controls of every source and destination",
    access: .viewer, details: [rules], options: [.json],
    examples: [.init("sealpost control show", "what is blocked where")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let sources = (workspace.privacy.sourceControls ?? [:]).sorted { $0.key < $1.key }
    let destinations = workspace.destinations().map { ($0.id, $0.controls ?? Controls()) }
    let rows =
      sources.map { row("source", $0.key, $0.value, red: "allow") }
      + destinations.map { row("destination", $0.0, $0.1, red: "block") }
    invocation.print(
      Table(
        columns: [.init("of"), .init("id"), .init("red"), .init("yellow")],
        rows: rows.isEmpty ? [] : rows),
      json: .object([
        ("sources", .array(sources.map { json($0.key, $0.value) })),
        ("destinations", .array(destinations.map { json($0.0, $0.1) })),
      ]))
    return .done
  }

  private static func row(
    _ kind: String, _ id: String, _ controls: Controls, red: String
  ) -> [Table.Cell] {
    [
      .init(kind), .init(id), .init(controls.red?.rawValue ?? "\(red) (default)"),
      .init(controls.yellow?.rawValue ?? "allow (default)"),
    ]
  }

  private static func json(_ id: String, _ controls: Controls) -> JSONText {
    .object([
      ("id", .string(id)), ("red", .optional(controls.red?.rawValue)),
      ("yellow", .optional(controls.yellow?.rawValue)),
    ])
  }

  private static let source = Option.value("source", "S", "Of the events of this source")
  private static let destination = Option.value("destination", "D", "Of what this destination gets")
  private static let words = Operand(
    "CLASS=CONTROL", "red or yellow, and block, encrypt, tokenize, allow or default",
    isRepeatable: true)

  private static let set = Command(
    path: ["control", "set"], summary: "Set what happens to red or yellow keys", access: .editor,
    details: [rules, "What is not named stays. Changes hold from the next run on."],
    operands: [words], options: [source, destination],
    examples: [
      .init(
        "sealpost control set --destination warehouse red=block yellow=encrypt",
        "for one destination"),
      .init("sealpost control set --source kiosk yellow=block", "for one source"),
    ]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    switch (invocation.arguments[source], invocation.arguments[destination]) {
    case (let id?, nil):
      let controls = try changed(workspace.privacy.controls(ofSource: id), invocation)
      try workspace.control(source: id, by: controls)
      tell("Source \(Printable.text(id))", controls, invocation)
    case (nil, let id?):
      let found = try invocation.destination(id, in: workspace)
      let controls = try changed(found.controls ?? Controls(), invocation)
      try workspace.control(destination: id, by: controls)
      tell("Destination \(id)", controls, invocation)
    default:
      throw CommandError.usage(
        "options \"--source\" and \"--destination\"", invocation.command.name,
        "exactly one of them is needed", "Give the one whose control it is.")
    }
    return .done
  }

  private static func tell(_ whose: String, _ controls: Controls, _ invocation: Invocation) {
    invocation.console.note(
      "\(whose): red \(controls.red?.rawValue ?? "by default"), "
        + "yellow \(controls.yellow?.rawValue ?? "by default")")
  }

  private static func changed(
    _ controls: Controls, _ invocation: Invocation
  ) throws(CommandError) -> Controls {
    var new = controls
    for word in invocation.arguments.all(words) {
      let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let control = control(parts[1]) else {
        throw unknown(word, invocation)
      }
      switch parts[0] {
      case "red": new.red = control
      case "yellow": new.yellow = control
      default: throw unknown(word, invocation)
      }
    }
    return new
  }

  /// Nil for no control's word; a nil inside for `default`.
  private static func control(_ word: String) -> Control?? {
    if word == "default" { return .some(nil) }
    return Control(rawValue: word).map { .some($0) }
  }

  private static func unknown(_ word: String, _ invocation: Invocation) -> CommandError {
    CommandError.usage(
      "control \"\(Printable.short(word))\"", invocation.command.name,
      "it is not red= or yellow= and one of block, encrypt, tokenize, allow, default",
      "Write, for example, red=block.")
  }
}
