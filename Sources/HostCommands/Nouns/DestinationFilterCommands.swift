internal import DestinationFilter
internal import EventJSON
internal import Foundation
internal import Workspace

/// `destination filter`: which events a destination gets, and which of their properties.
enum DestinationFilterCommands {
  static let commands = [show, set, remove, test]

  private static let id = Operand("ID", "The destination's id")
  private static let name = Operand("NAME", "The filter's name: 1 to 64 of a-z, 0-9 and hyphens")

  private static let language = """
    A statement compares fields: event = 'Signed Up' and !(properties.plan in ['free', 'trial']). Fields \
    are paths with dots from the top of the event; one that is missing is null. There are and, or, !, =, \
    !=, >, >=, <, <=, in, and the functions contains, length, lowercase, uppercase, snakecase, \
    kebabcase, titlecase, typeof, match, bool, string, number.
    """

  // MARK: - Show

  private static let show = Command(
    path: ["destination", "filter", "show"], summary: "List a destination's filters in their order",
    access: .viewer, operands: [id], options: [.json],
    examples: [.init("sealpost destination filter show crm", "what it gets and does not get")]
  ) { invocation in
    let destination = try destination(invocation)
    let filters = destination.filters ?? []
    invocation.print(
      Table(
        columns: [
          .init("", isNumber: true), .init("name"), .init("action", isFlexible: true),
          .init("if", isFlexible: true),
        ],
        rows: filters.enumerated().map { index, filter in
          [
            .init("\(index + 1)"), .init(filter.name), .init(filter.action.text),
            .init(filter.condition),
          ]
        }), json: .array(filters.map(json)))
    return .done
  }

  // MARK: - Set

  private static let condition = Option.value(
    "if", "STATEMENT", "The events that the filter is about", isRequired: true)
  private static let action = Option.choice(
    "action", FilterAction.words, "What is done with them", isRequired: true)
  private static let percent = Option.value(
    "percent", "N", "Of a sample: how many percent of them are sent, 0 to 100")
  private static let unit = Option.choice(
    "by", SampleUnit.allCases.map(\.rawValue),
    "Of a sample: each event for itself, or a user's together")
  private static let properties = Option.value(
    "properties", "a,b",
    "For only and remove: paths inside properties, traits or context, such as traits.email")
  private static let position = Option.value(
    "position", "N", "Where among the destination's filters it stands, from 1")

  private static let set = Command(
    path: ["destination", "filter", "set"], summary: "Add a filter to a destination, or change it",
    access: .editor,
    details: [
      """
      An event of which the statement is true is dropped, or sent as one of a sample, or sent with only \
      some of its properties, or without some; every other event goes on untouched. Filters are taken in \
      their order, all on the event as it was accepted. A statement that is not well formed is refused; a \
      host that runs takes the change at once.
      """, language,
    ], operands: [id, name],
    options: [condition, action, percent, unit, properties, position],
    examples: [
      .init(
        "sealpost destination filter set crm no-tests --if \"contains(traits.email, '@example.com')\" --action drop",
        "some events never"),
      .init(
        "sealpost destination filter set crm tenth --if \"event = 'Page Scrolled'\" --action sample --percent 10 --by user",
        "a tenth of the users' scrolling"),
      .init(
        "sealpost destination filter set crm small --if \"type = 'track'\" --action only --properties properties.plan,properties.price",
        "two properties and no other"),
    ]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    let filter = EventFilter(
      name: invocation.arguments.required(name),
      condition: invocation.arguments.required(condition), action: try action(invocation))
    try workspace.setFilter(
      filter, of: destination.id, at: try number(position, 1...1000, invocation).map { Int($0) })
    invocation.console.note(
      "Destination \(destination.id): filter \(filter.name) is set to \(filter.action.text)")
    return .done
  }

  private static func action(_ invocation: Invocation) throws -> FilterAction {
    let arguments = invocation.arguments
    let word = arguments.required(action)
    let isSample = word == "sample"
    let takesPaths = word == "only" || word == "remove"
    for (option, isRight) in [(percent, isSample), (unit, isSample), (properties, takesPaths)]
    where arguments.isGiven(option) && !isRight {
      throw CommandError.usage(
        "option \"\(option.typed)\"", invocation.command.name, "it does not go with \(word)",
        "Leave it out.")
    }
    let paths = FilterPath.list(arguments[properties] ?? "").filter { !$0.isEmpty }
    switch word {
    case "drop": return .drop
    case "sample":
      guard let percent = try number(percent, 0...100, invocation) else {
        throw CommandError.usage(
          "option \"\(percent.typed)\"", invocation.command.name, "it is missing",
          "Say how many percent are sent.")
      }
      return .sample(percent: percent, by: arguments[unit].flatMap(SampleUnit.init) ?? .event)
    case "only": return .only(paths)
    default: return .remove(paths)
    }
  }

  private static func number(
    _ option: Option, _ range: ClosedRange<Double>, _ invocation: Invocation
  ) throws -> Double? {
    guard let text = invocation.arguments[option] else { return nil }
    guard let number = Double(text), range.contains(number) else {
      throw CommandError.usage(
        "option \"\(option.typed)\"", invocation.command.name,
        "it is no number from \(Int(range.lowerBound)) to \(Int(range.upperBound))", "Give one.")
    }
    return number
  }

  // MARK: - Remove

  private static let remove = Command(
    path: ["destination", "filter", "remove"], summary: "Remove a filter of a destination",
    access: .editor, operands: [id, name],
    examples: [
      .init("sealpost destination filter remove crm no-tests", "those events are sent again")
    ]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    let filter = invocation.arguments.required(name)
    try workspace.removeFilter(filter, of: destination.id)
    invocation.console.note("Destination \(destination.id): filter \(filter) removed")
    return .done
  }

  // MARK: - Test

  private static let file = Option.value(
    "event", "F", "A file with one event as JSON; - is standard input", isRequired: true)

  private static let test = Command(
    path: ["destination", "filter", "test"],
    summary: "Try a destination's filters on an event and print what would be sent",
    access: .viewer.showingClassifiedValues,
    details: ["Nothing is sent, and nothing is encrypted: the event is printed as it was given."],
    operands: [id], options: [file, .json],
    examples: [
      .init("sealpost destination filter test crm --event event.json", "which filter takes it")
    ],
    exitCodes: [(.done, "it would be sent"), (.no, "it would not")]
  ) { invocation in
    let destination = try destination(invocation)
    let filters = try destination.compiledFilters()
    let event = try event(invocation)
    var scanner = EventScanner(selecting: KeySelection([]))
    let span = unsafe event.span.bytes
    if let rejection = scanner.scan(span) {
      throw CommandError(
        .badData, "event", in: invocation.arguments.required(file), "\(rejection)", "Correct it.")
    }
    var chains = FilterChains([filters])
    chains.read(span)
    var matched: [String] = []
    let verdict = chains.verdict(for: 0, span, scanner.shape) { matched.append($0) }
    tell(verdict, matched, event, invocation)
    return verdict.isSent ? .done : .no
  }

  private static func event(_ invocation: Invocation) throws -> [UInt8] {
    let path = invocation.arguments.required(file)
    var bytes = try InputFile.read(path == "-" ? "/dev/stdin" : path, limit: 1 << 20)
    while let last = bytes.last, [0x0A, 0x0D, 0x20].contains(last) { bytes.removeLast() }
    return bytes
  }

  private static func tell(
    _ verdict: FilterChains.Verdict, _ matched: [String], _ event: [UInt8], _ invocation: Invocation
  ) {
    let sent = String(decoding: verdict.reducedEvent ?? event, as: UTF8.self)
    if invocation.wantsJSON {
      invocation.console.data(
        .object([
          ("sent", .bool(verdict.isSent)), ("result", .string(verdict.word)),
          ("matched", .strings(matched)), ("event", verdict.isSent ? .verbatim(sent) : .null),
        ]))
      return
    }
    invocation.console.note(
      "matched: \(matched.isEmpty ? "none" : matched.joined(separator: ", ")); \(verdict.word)")
    if verdict.isSent { invocation.console.data(Printable.text(sent) + "\n") }
  }

  // MARK: - Parts

  private static func open(_ invocation: Invocation) throws -> (Workspace, Destination) {
    let workspace = try invocation.openWorkspace()
    return (workspace, try invocation.destination(invocation.arguments.required(id), in: workspace))
  }

  private static func destination(_ invocation: Invocation) throws -> Destination {
    try open(invocation).1
  }

  private static func json(_ filter: EventFilter) -> JSONText {
    var members: [(String, JSONText)] = [
      ("name", .string(filter.name)), ("if", .string(filter.condition)),
      ("action", .string(filter.action.word)),
    ]
    switch filter.action {
    case .drop: break
    case .sample(let percent, let unit):
      members += [("percent", .number(percent)), ("by", .string(unit.rawValue))]
    case .only(let paths), .remove(let paths): members.append(("properties", .strings(paths)))
    }
    return .object(members)
  }
}

extension FilterChains.Verdict {
  fileprivate var isSent: Bool { self != .dropped && self != .sampledOut }

  fileprivate var reducedEvent: [UInt8]? {
    if case .reduced(let bytes) = self { bytes } else { nil }
  }

  fileprivate var word: String {
    switch self {
    case .send: "sent as it is"
    case .reduced: "sent with fewer properties"
    case .dropped: "dropped"
    case .sampledOut: "not in the sample"
    }
  }
}
