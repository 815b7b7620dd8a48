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
struct BlockSealer: ~Copyable {
  private var scanner: EventScanner
  private var destinations: FixedArray<DestinationSealer>
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
    var destinations = FixedArray<DestinationSealer>(capacity: plan.routes.count)
    for (index, route) in plan.routes.enumerated() {
      destinations.append(
        try DestinationSealer(
          route.plan, plan.selection.actions(of: index), keepsEvents: route.keepsEvents))
    }
    self.destinations = destinations
  }

  /// Fills the block's `rejections` and `outgoing` from its `lines`.
  mutating func seal(_ block: Block) {
    number = 0
    block.digests.removeAll(keepingCapacity: true)
    if block.redriven == nil { sealLines(of: block) } else { sealLetters(of: block) }
  }

  private mutating func sealLines(of block: Block) {
    block.rejections = block.lines.oversize.map {
      Rejection(line: $0.lineNumber, reason: .tooLong(bytes: $0.length, limit: LineBlock.limit))
    }
    takeMemory(of: block)
    block.rejectedLines = block.rejections.map { _ in [] }
    observer?.source = block.source
    observer?.now = Int(block.receivedUnixNanoseconds / 1_000_000_000)
    let received = block.receivedUnixNanoseconds
    var digests: [MessageDigest?] = []
    swap(&digests, &block.digests)
    block.lines.forEachLine { line, number in
      if let reason = scanner.scan(line) {
        block.rejections.append(Rejection(line: number, reason: reason))
        block.rejectedLines.append(Array(line))
        return
      }
      let shape = scanner.shape
      if shape.hasMessageID {
        digests.append(identification.digest(shape.messageID, line))
        append(line, shape, received)
      } else {
        digests.append(appendNamed(line, shape, id(for: line, number, block), block))
      }
    }
    swap(&digests, &block.digests)
    giveMemory(to: block)
    sortRejections(of: block)
    observer?.settle()
    watch?.keepIfDue()
  }

  /// Each destination fills its part of the block without going through the block for each event.
  private mutating func takeMemory(of block: Block) {
    for index in destinations.indices {
      destinations[index].take(
        block.outgoing[index], bytes: block.lines.count, events: block.lines.lineCount)
    }
  }

  private mutating func giveMemory(to block: Block) {
    for index in destinations.indices { destinations[index].give(block.outgoing[index]) }
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
  private mutating func sealLetters(of block: Block) {
    block.rejections = []
    block.rejectedLines = []
    takeMemory(of: block)
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
        append(event, scanner.shape, letter.receivedUnixNanoseconds, only: route)
      }
    }
    giveMemory(to: block)
  }

  /// An event without a `messageId` gets one before anything else happens to it, so that it has the same everywhere.
  ///
  /// - Returns: what the id is remembered by.
  private mutating func appendNamed(
    _ line: RawSpan, _ shape: EventShape, _ id: [UInt8], _ block: Block
  ) -> MessageDigest? {
    let named = EventRewriter.addMessageID(line, shape, id)
    return unsafe appendScanned(named.span.bytes, block)
  }

  private func id(for line: RawSpan, _ number: Int, _ block: Block) -> [UInt8] {
    block.origin.map { MessageIDs.stable($0.identity(ofLine: number)) }
      ?? identification.make(for: line, number: number, in: block.input)
  }

  private mutating func appendScanned(_ event: RawSpan, _ block: Block) -> MessageDigest? {
    guard scanner.scan(event) == nil else {
      preconditionFailure("an event with a new messageId is still an event")
    }
    let shape = scanner.shape
    append(event, shape, block.receivedUnixNanoseconds)
    // An id that comes again when its line is read again is looked for as any other.
    let comesAgain = block.origin != nil || block.input != nil
    return comesAgain ? identification.digest(shape.messageID, event) : nil
  }

  /// Takes over the event that was scanned last.
  private mutating func append(
    _ event: RawSpan, _ shape: EventShape, _ received: Int64, only route: Int? = nil
  ) {
    defer { number += 1 }
    let user = UserHash.hash(event, shape.user)
    observer?.observe(event, shape, print: scanner.shapePrint(of: event))
    gate.read(event, shape)
    for index in destinations.indices where route == nil || route == index {
      guard !destinations[index].keepsEvents else {
        keep(event, received, .changedByHand, for: index)
        continue
      }
      switch gate.decision(for: index, event, shape) {
      case .send:
        destinations[index].append(
          event, shape, scanner.matches, number: number, user: user,
          receivedUnixNanoseconds: received)
      case .reduced(let bytes): append(reduced: bytes, to: index, user, received)
      case .heldBack(let reason): destinations[index].holdBack(reason)
      case .unfilterable: keep(event, received, .invalidFilter, for: index)
      }
    }
  }

  private mutating func keep(
    _ event: RawSpan, _ received: Int64, _ reason: KeptEvent, for index: Int
  ) {
    destinations[index].keep(
      event, number: number, receivedUnixNanoseconds: received, reason)
  }

  private mutating func append(
    reduced: [UInt8], to index: Int, _ user: UInt64, _ received: Int64
  ) {
    let event = unsafe reduced.span.bytes
    guard reducedScanner.scan(event) == nil else {
      preconditionFailure("an event without some properties is still an event")
    }
    destinations[index].append(
      event, reducedScanner.shape, reducedScanner.matches, number: number, user: user,
      receivedUnixNanoseconds: received)
  }
}
