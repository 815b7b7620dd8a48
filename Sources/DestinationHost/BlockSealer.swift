internal import Cryptography
internal import DeliveryQueue
internal import EventJSON
internal import FieldEncryption
internal import Ingest
internal import Privacy
internal import Workspace

/// Turns the lines of a block into what each destination gets; one per sealing thread.
///
/// It owns the scanner and every destination's OpenSSL contexts, so sealing threads share nothing that changes.
final class BlockSealer: @unchecked Sendable {
  // Protected by confinement: made on the thread that starts the run, then used by one sealing thread alone.
  private var scanner: EventScanner
  private var destinations: [DestinationSealer]
  private let identification: Identification
  /// Of the next event among the block's accepted ones.
  private var number: Int32 = 0
  private var gate: EventGate
  /// Finds its places anew in an event that filters took properties from.
  private var reducedScanner: EventScanner
  /// Nil in a plan that has none, as has an empty one.
  private let watch: KeyWatch?
  private var observer: KeyObserver?

  /// Makes every context.
  ///
  /// Throws `CryptographyError` when OpenSSL does not give a context, before any event is read.
  init(_ plan: RunPlan, _ identification: Identification) throws {
    self.identification = identification
    watch = plan.watch
    observer = plan.watch?.observer(of: "")
    scanner = EventScanner(selecting: plan.selection.keys)
    reducedScanner = EventScanner(selecting: plan.selection.keys)
    gate = EventGate(plan.routes.map(\.plan))
    destinations = try plan.routes.enumerated().map { index, route in
      try DestinationSealer(
        route.plan, plan.selection.actions(of: index), keepsEvents: route.keepsEvents)
    }
  }

  /// Fills the block's `rejections` and `outgoing` from its `lines`.
  func seal(_ block: Block) {
    number = 0
    block.digests.removeAll(keepingCapacity: true)
    if block.redriven == nil { sealLines(of: block) } else { sealLetters(of: block) }
  }

  private func sealLines(of block: Block) {
    block.rejections = block.lines.oversize.map {
      Rejection(line: $0.lineNumber, reason: .tooLong(bytes: $0.length, limit: LineBlock.limit))
    }
    for (destination, outgoing) in zip(destinations, block.outgoing) {
      destination.take(outgoing)
    }
    block.rejectedLines = block.rejections.map { _ in [] }
    observer?.source = block.source
    observer?.now = Int(block.receivedUnixNanoseconds / 1_000_000_000)
    block.lines.forEachLine { line, number in
      if let reason = scanner.scan(line) {
        block.rejections.append(Rejection(line: number, reason: reason))
        block.rejectedLines.append(Array(line))
      } else if scanner.shape.hasMessageID {
        block.digests.append(identification.digest(scanner.shape.messageID, line))
        append(line, block.receivedUnixNanoseconds)
      } else {
        let id =
          block.origin.map { MessageIDs.stable($0.identity(ofLine: number)) }
          ?? identification.make(for: line, number: number, in: block.input)
        appendNamed(line, id, block)
      }
    }
    for (destination, outgoing) in zip(destinations, block.outgoing) { destination.give(outgoing) }
    sortRejections(of: block)
    observer?.settle()
    watch?.keepIfDue()
  }

  /// Lines that are too long were told before the others.
  private func sortRejections(of block: Block) {
    guard !block.lines.oversize.isEmpty else { return }
    let sorted = zip(block.rejections, block.rejectedLines).sorted { $0.0.line < $1.0.line }
    block.rejections = sorted.map(\.0)
    block.rejectedLines = sorted.map(\.1)
  }

  /// Letters go to their destination alone: as it was to get them, or through its filters and its encryption as any
  /// event; whether their ids were seen is not asked.
  private func sealLetters(of block: Block) {
    block.rejections = []
    block.rejectedLines = []
    for (destination, outgoing) in zip(destinations, block.outgoing) { destination.take(outgoing) }
    block.taken.removeAll()
    let route = block.plan.routes.firstIndex { $0.plan.id == block.redriven?.destination }
    for letter in block.redriven?.letters ?? [] {
      let event = unsafe letter.event.span.bytes
      guard let route, !destinations[route].keepsEvents, letter.form != .line,
        scanner.scan(event) == nil
      else { continue }
      block.taken.insert(letter.id)
      if letter.form == .sealed {
        destinations[route].appendSealed(
          event, scanner.shape, user: UserHash.hash(event, scanner.shape.user), number: number,
          receivedUnixNanoseconds: letter.receivedUnixNanoseconds)
        number += 1
      } else {
        append(event, letter.receivedUnixNanoseconds, only: route)
      }
    }
    for (destination, outgoing) in zip(destinations, block.outgoing) { destination.give(outgoing) }
  }

  /// An event without a `messageId` gets one before anything else happens to it, so that it has the same everywhere.
  private func appendNamed(_ line: RawSpan, _ id: [UInt8], _ block: Block) {
    let named = EventRewriter.addMessageID(line, scanner.shape, id)
    unsafe appendScanned(named.span.bytes, block)
  }

  private func appendScanned(_ event: RawSpan, _ block: Block) {
    guard scanner.scan(event) == nil else {
      preconditionFailure("an event with a new messageId is still an event")
    }
    // An id that comes again when its line is read again is looked for as any other.
    block.digests.append(
      block.input == nil && block.origin == nil
        ? nil : identification.digest(scanner.shape.messageID, event))
    append(event, block.receivedUnixNanoseconds)
  }

  private func append(_ event: RawSpan, _ received: Int64, only route: Int? = nil) {
    defer { number += 1 }
    let shape = scanner.shape
    let matches = scanner.matches
    let user = UserHash.hash(event, shape.user)
    observer?.observe(event, shape, print: scanner.shapePrint(of: event))
    gate.read(event, shape)
    for (index, destination) in destinations.enumerated() where route == nil || route == index {
      destination.number = number
      guard !destination.keepsEvents else {
        destination.keep(event, receivedUnixNanoseconds: received, .changedByHand)
        continue
      }
      switch gate.decision(for: index, event, shape) {
      case .send:
        destination.append(event, shape, matches, user: user, receivedUnixNanoseconds: received)
      case .reduced(let bytes): append(reduced: bytes, to: destination, user, received)
      case .heldBack(let reason): destination.holdBack(reason)
      case .unfilterable:
        destination.keep(event, receivedUnixNanoseconds: received, .invalidFilter)
      }
    }
  }

  private func append(
    reduced: [UInt8], to destination: DestinationSealer, _ user: UInt64, _ received: Int64
  ) {
    let event = unsafe reduced.span.bytes
    guard reducedScanner.scan(event) == nil else {
      preconditionFailure("an event without some properties is still an event")
    }
    destination.append(
      event, reducedScanner.shape, reducedScanner.matches, user: user,
      receivedUnixNanoseconds: received)
  }
}

/// One destination's part of a sealing thread: its contexts, and the block being filled.
final class DestinationSealer {
  private var sealer: FieldSealer?
  private var tokenizer: FieldTokenizer?
  /// By the key's id.
  private let actions: [KeyAction]
  private let servedTypes: UInt32
  private var block = EventBlock()
  private var numbers: [Int32] = []
  /// Of the event that comes next among the block's accepted ones.
  var number: Int32 = 0
  private var unsealable: [UnsealableEvent] = []
  private var values = ValueCounts()
  private let removesSome: Bool
  /// Whether nothing may be sealed for it now.
  let keepsEvents: Bool
  private var heldBack = HeldBackCounts()

  init(
    _ plan: DestinationPlan, _ actions: [KeyAction], keepsEvents: Bool
  ) throws(CryptographyError) {
    self.keepsEvents = keepsEvents
    self.actions = actions
    removesSome = actions.contains(.remove)
    servedTypes = plan.servedTypes
    if let encryption = plan.encryption {
      sealer = try FieldSealer(
        key: encryption.key, format: encryption.format,
        maximumStringLength: plan.maximumStringLength)
    }
    if let key = plan.tokenKey {
      tokenizer = try FieldTokenizer(key: key, maximumStringLength: plan.maximumStringLength)
    }
  }

  /// Takes the block's memory, emptied, to fill it without going through the block for each event.
  func take(_ outgoing: OutgoingBlock) {
    outgoing.removeAll()
    swap(&block, &outgoing.events)
    swap(&numbers, &outgoing.numbers)
  }

  func give(_ outgoing: OutgoingBlock) {
    swap(&block, &outgoing.events)
    swap(&numbers, &outgoing.numbers)
    swap(&unsealable, &outgoing.unsealable)
    outgoing.values = values
    outgoing.heldBack = heldBack
    (values, heldBack) = (ValueCounts(), HeldBackCounts())
  }

  @inline(__always)
  func append(
    _ event: RawSpan, _ shape: EventShape, _ matches: [KeyMatch], user: UInt64,
    receivedUnixNanoseconds: Int64
  ) {
    guard servedTypes >> shape.type.rawValue & 1 == 1 else {
      return holdBack(.notServed)
    }
    let start = block.bytes.count
    let identifier = shape.messageID.content
    do throws(SealError) {
      let moved = try rewrite(event, matches, landmark: identifier.lowerBound)
      let end = block.bytes.count
      block.bytes.append(UInt8(ascii: "\n"))
      block.events.append(
        QueuedEvent(
          offset: start, length: end - start, idOffset: start + moved,
          idLength: identifier.count, type: UInt8(shape.type.rawValue), user: user,
          receivedUnixNanoseconds: receivedUnixNanoseconds))
      numbers.append(number)
    } catch {
      unsealable.append(
        UnsealableEvent(
          event: Array(event), code: error.code, detail: error.description,
          receivedUnixNanoseconds: receivedUnixNanoseconds, number: number))
    }
  }

  func holdBack(_ reason: HeldBack) { heldBack.count(reason) }

  /// Keeps an event, as it was accepted, for when the destination is mended.
  func keep(_ event: RawSpan, receivedUnixNanoseconds: Int64, _ reason: KeptEvent) {
    unsealable.append(
      UnsealableEvent(
        event: Array(event), code: reason.code, detail: reason.detail,
        receivedUnixNanoseconds: receivedUnixNanoseconds, number: number))
  }

  /// Appends an event as it is: it was sealed for this destination before.
  func appendSealed(
    _ event: RawSpan, _ shape: EventShape, user: UInt64, number: Int32,
    receivedUnixNanoseconds: Int64
  ) {
    let start = block.bytes.count
    block.bytes += Array(event)
    block.bytes.append(UInt8(ascii: "\n"))
    let identifier = shape.messageID.content
    block.events.append(
      QueuedEvent(
        offset: start, length: event.byteCount, idOffset: start + identifier.lowerBound,
        idLength: identifier.count, type: UInt8(shape.type.rawValue), user: user,
        receivedUnixNanoseconds: receivedUnixNanoseconds))
    numbers.append(number)
  }

  @inline(__always)
  private func rewrite(
    _ event: RawSpan, _ matches: [KeyMatch], landmark: Int
  ) throws(SealError) -> Int {
    let before = values
    sealer?.beginEvent()
    if removesSome { countRemoved(matches) }
    do throws(SealError) {
      return try EventRewriter.rewrite(
        event, matches, landmark: landmark, appendingTo: &block.bytes,
        edit: { actions[Int($0.key)].edit },
        replace: { (match, value, out) throws(SealError) in
          try seal(value, actions[Int(match.key)], &out)
        })
    } catch {
      values = before
      throw error
    }
  }

  /// They stand by their start: what is within a removed value comes right behind it.
  private func countRemoved(_ matches: [KeyMatch]) {
    var end = 0
    for match in matches where match.start >= end && actions[Int(match.key)] == .remove {
      values.removed += 1
      end = match.end
    }
  }

  /// A value that is to be sealed and cannot be must not pass in clear either.
  private func seal(
    _ value: RawSpan, _ action: KeyAction, _ out: inout [UInt8]
  ) throws(SealError) {
    switch action {
    case .encrypt:
      guard sealer != nil else { throw .noKey }
      values.encrypted += 1
      try sealer!.seal(json: value, appendingTo: &out)
    case .tokenize:
      guard tokenizer != nil else { throw .noKey }
      values.tokenized += 1
      try tokenizer!.tokenize(json: value, appendingTo: &out)
    case .pass, .remove: throw .failed
    }
  }
}

/// Why an event is kept as it came: a code that stays, and words.
struct KeptEvent {
  let code: String
  let detail: String

  static let invalidFilter = KeptEvent(
    code: "filter_invalid", detail: "a filter of the destination is not well formed")
  static let changedByHand = KeptEvent(
    code: "destination_refused",
    detail: "a document that decides how it is sealed was changed outside the audit log")
}

extension KeyAction {
  fileprivate var edit: MemberEdit {
    switch self {
    case .pass: .keep
    case .encrypt, .tokenize: .replace
    case .remove: .remove
    }
  }
}

extension Array<UInt8> {
  fileprivate init(_ bytes: RawSpan) {
    self = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
  }
}
