internal import Foundation
internal import Workspace

/// `dead-letter`: the events that were not delivered, and the lines that were no events.
enum DeadLetterCommands {
  static let noun = Noun(
    name: "dead-letter", summary: "Events that were not delivered",
    commands: [list, show, redrive, export, purge])

  private static let box = Operand(
    "ID", "A destination's id, or \(DeadLetterBox.rejectedName) for lines that were no events")
  private static let destination = Operand("ID", "A destination's id")
  private static let letter = Operand("LETTER", "A letter's id, as list prints it")
  private static let letters = Operand(
    "LETTER", "Letters' ids; without any, --all or a filter says which", isOptional: true,
    isRepeatable: true)

  private static let reason = Option.value("reason", "CODE", "Only those with this reason")
  private static let since = Option.value(
    "since", "TIME", "Only those buried since then: 30m, 12h, 7d, a day or a time in UTC")
  private static let all = Option.flag("all", "All of them")

  // MARK: - List

  private static let limit = Option.value("limit", "N", "The last so many (default: 50; 0: all)")

  private static let list = Command(
    path: ["dead-letter", "list"], summary: "List what was not delivered, and why",
    access: .viewer,
    details: [
      """
      The oldest first. No value of an event is shown. A letter that was redriven stays in the list, as waiting for \
      redrive, until a host has taken it up.
      """
    ],
    operands: [box], options: [reason, since, limit, .json],
    examples: [
      .init("sealpost dead-letter list crm --since 24h", "today's"),
      .init("sealpost dead-letter list @rejected", "lines that were no events"),
    ]
  ) { invocation in
    let (workspace, box) = try open(invocation)
    let most = try number(limit, invocation) ?? 50
    let wanted = try filter(invocation)
    var last = LastLetters(most == 0 ? .max : most)
    try each(of: workspace.letters(in: box), invocation) { letter, state in
      if wanted(letter) { last.add(letter, state) }
    }
    let found = last.oldestFirst
    invocation.print(
      DeadLetterText.table(found),
      json: .array(found.map { DeadLetterText.json($0.letter, $0.state) }))
    if last.count > found.count {
      invocation.console.note(
        "\(Count.of(last.count - found.count, "older letter")) not listed: --limit")
    }
    return .done
  }

  // MARK: - Show

  private static let raw = Option.flag(
    "raw", "Show every value (needs PII access; recorded)")

  private static let show = Command(
    path: ["dead-letter", "show"], summary: "Show one letter",
    access: .viewer,
    details: [
      """
      Every value is masked unless its key is classified green, or --raw asks for all; type, name, messageId and \
      times are shown. Each look is recorded in the audit log before anything is shown.
      """
    ],
    operands: [box, letter], options: [raw, .json],
    examples: [.init("sealpost dead-letter show crm 5f0c2a9e7b3d1486", "what it is, and why")]
  ) { invocation in
    let (workspace, box) = try open(invocation)
    let isRaw = invocation.arguments.has(raw)
    if isRaw { try invocation.requirePIIAccess() }
    let (letter, state) = try letter(invocation, workspace, box)
    try workspace.recordView(of: letter, in: box, isRaw: isRaw)
    let text = isRaw ? letter.event : EventMask(workspace.privacy).masked(letter)
    invocation.print(
      DeadLetterText.details(letter, state, text),
      json: DeadLetterText.json(letter, state, text))
    return .done
  }

  private static func letter(
    _ invocation: Invocation, _ workspace: Workspace, _ box: DeadLetterBox
  ) throws -> (DeadLetter, BoxedLetters.State) {
    let id = invocation.arguments.required(letter)
    var found: (DeadLetter, BoxedLetters.State)?
    try each(of: workspace.letters(in: box), invocation) { if $0.id == id { found = ($0, $1) } }
    guard let found else {
      throw CommandError(
        .noInput, "letter \"\(Printable.short(id))\"", in: box.name, "there is none of that id",
        "See: sealpost dead-letter list \(box.name)")
    }
    return found
  }

  // MARK: - Redrive

  private static let redrive = Command(
    path: ["dead-letter", "redrive"], summary: "Deliver letters once more",
    access: .editor,
    details: [
      """
      A host that runs takes them at once; without one, start it: sealpost run < /dev/null. They keep their messageId, so that a \
      destination that has one already can tell; they are filtered and encrypted as the destination is set \
      now, unless that was done before they were sent.
      """
    ],
    operands: [destination, letters], options: [all, reason, since],
    examples: [
      .init("sealpost dead-letter redrive crm --reason retries_exhausted", "after an outage")
    ]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    guard case .destination(let id) = DeadLetterBox(invocation.arguments.required(destination))
    else {
      throw CommandError.usage(
        "letters", invocation.command.name, "rejected lines are no events",
        "Export them, correct them, and send them again.")
    }
    _ = try invocation.destination(id, in: workspace)
    let wanted = try selection(invocation)
    let count = try workspace.redriveLetters(of: id, where: wanted)
    invocation.console.note("\(Count.of(count, "letter")) will be delivered once more to \(id)")
    if count == 0 { try noteWaiting(wanted, id, workspace, invocation) }
    return count > 0 ? .done : .no
  }

  /// Why there may be none to redrive.
  private static func noteWaiting(
    _ wanted: (DeadLetter) -> Bool, _ id: String, _ workspace: Workspace, _ invocation: Invocation
  ) throws {
    var waiting = 0
    try each(of: workspace.letters(in: .destination(id)), invocation) { letter, state in
      if state == .waitingForRedrive, wanted(letter) { waiting += 1 }
    }
    guard waiting > 0 else { return }
    invocation.console.note(
      "\(Count.of(waiting, "letter")) redriven before: a host that runs takes them")
  }

  // MARK: - Export

  private static let output = Option.value(
    "output", "F", "A new file, made with mode 0600", isRequired: true)

  private static let export = Command(
    path: ["dead-letter", "export"], summary: "Write letters into a file, values in clear",
    access: .editor.showingClassifiedValues,
    details: [
      """
      One JSON object a line: what is known of the letter, and the event or the line. What was encrypted \
      stays encrypted. Letters that wait for redrive are among them. The export is recorded in the audit log.
      """
    ],
    operands: [box], options: [output, reason, since],
    examples: [.init("sealpost dead-letter export crm --output crm.ndjson", "all of them")]
  ) { invocation in
    let (workspace, box) = try open(invocation)
    let wanted = try filter(invocation)
    let letters = try workspace.letters(in: box)
    let path = invocation.arguments.required(output)
    let file = try OutputFile(newFile: path)
    let count = try workspace.exportLetters(of: box) {
      var count = 0
      try each(of: letters, invocation) { letter, state in
        guard wanted(letter) else { return }
        file.write(DeadLetterText.json(letter, state, letter.event).line)
        count += 1
      }
      try file.finish()
      return count
    }
    invocation.console.note("\(Count.of(count, "letter")) written to \(path)")
    return .done
  }

  // MARK: - Purge

  private static let purge = Command(
    path: ["dead-letter", "purge"], summary: "Remove letters for good",
    access: .editor,
    details: [
      """
      Their bytes are taken off the disk; --all takes damaged files away too. Letters that wait for redrive are removed \
      as any other, and so not delivered; one that a host has taken up is in the queue already.
      """
    ],
    operands: [box, letters], options: [all, reason, since, .yes],
    examples: [.init("sealpost dead-letter purge crm --all --yes", "all of one destination")]
  ) { invocation in
    let (workspace, box) = try open(invocation)
    let wanted = try selection(invocation)
    guard try invocation.isConfirmed("Remove these letters for good?") else { return .no }
    let isAll =
      invocation.arguments.has(all) && !invocation.arguments.isGiven(reason)
      && !invocation.arguments.isGiven(since)
    let count = try workspace.purgeLetters(in: box, where: isAll ? nil : wanted)
    let waiting =
      count.waiting > 0 ? ", \(Count.grouped(count.waiting)) of which waited for redrive" : ""
    invocation.console.note("\(Count.of(count.all, "letter")) removed from \(box.name)\(waiting)")
    return count.all > 0 || isAll ? .done : .no
  }
}

// MARK: - What was typed

extension DeadLetterCommands {
  private static func open(_ invocation: Invocation) throws -> (Workspace, DeadLetterBox) {
    let workspace = try invocation.openWorkspace()
    let box = DeadLetterBox(invocation.arguments.required(box))
    do throws(WorkspaceError) {
      _ = try workspace.letters(in: box)
    } catch {
      // With a suggestion.
      _ = try invocation.destination(box.name, in: workspace)
      throw error
    }
    return (workspace, box)
  }

  /// Letters that are named, or all that the filters let through; one of the two must be said.
  private static func selection(_ invocation: Invocation) throws -> (DeadLetter) -> Bool {
    let ids = Set(invocation.arguments.all(letters))
    let isFiltered = [all, reason, since].contains(where: invocation.arguments.isGiven)
    guard ids.isEmpty == isFiltered else {
      throw CommandError.usage(
        "letters", invocation.command.name,
        ids.isEmpty ? "none is named" : "they are named, and a filter is given too",
        "Name letters, or give --all, --reason or --since.")
    }
    guard ids.isEmpty else { return { ids.contains($0.id) } }
    return try filter(invocation)
  }

  private static func filter(_ invocation: Invocation) throws -> (DeadLetter) -> Bool {
    let code = invocation.arguments[reason]
    var start = ""
    if let text = invocation.arguments[since] {
      guard let time = Calendar.start(text) else {
        throw CommandError.usage(
          "option \"\(since.typed)\"", invocation.command.name, "it is no time",
          "Write it like 12h, 7d, 2026-11-23 or 2026-11-23T08:00:00Z.")
      }
      start = time
    }
    return { letter in
      (code == nil || letter.reason == code)
        && DeadLetterText.time(letter.buriedUnixNanoseconds) >= start
    }
  }

  private static func number(_ option: Option, _ invocation: Invocation) throws -> Int? {
    guard let text = invocation.arguments[option] else { return nil }
    guard let number = Int(text), (0...10_000_000).contains(number) else {
      throw CommandError.usage(
        "option \"\(option.typed)\"", invocation.command.name, "it is no number", "Give one.")
    }
    return number
  }

  /// Every letter; of a damaged file, a warning and what stands before the damage.
  private static func each(
    of letters: BoxedLetters, _ invocation: Invocation,
    _ body: (DeadLetter, BoxedLetters.State) throws -> Void
  ) throws {
    var failure: (any Error)?
    try letters.forEach(damaged: { invocation.console.warning("\($0)") }) { letter, state in
      guard failure == nil else { return }
      do { try body(letter, state) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
