internal import Cryptography
internal import DeliveryQueue
internal import EventJSON
internal import FieldEncryption
internal import Privacy

/// One destination's part of a sealing thread: its contexts, and the block being filled.
struct DestinationSealer: ~Copyable {
  private var values: ValueSealer
  /// By the key's id.
  private let actions: [KeyAction]
  private let servedTypes: UInt32
  private var block = EventBlock()
  private var numbers: [Int32] = []
  private var unsealable: [UnsealableEvent] = []
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
    values = try ValueSealer(plan)
  }

  /// Takes the block's memory, emptied, to fill it without going through the block for each event.
  ///
  /// - Parameters:
  ///   - bytes: how many the block's lines have, and so many as a rule its events.
  ///   - events: how many lines.
  mutating func take(_ outgoing: OutgoingBlock, bytes: Int, events: Int) {
    outgoing.removeAll()
    swap(&block, &outgoing.events)
    swap(&numbers, &outgoing.numbers)
    block.reserve(bytes: bytes, events: events)
    numbers.reserveCapacity(events)
  }

  mutating func give(_ outgoing: OutgoingBlock) {
    swap(&block, &outgoing.events)
    swap(&numbers, &outgoing.numbers)
    swap(&unsealable, &outgoing.unsealable)
    outgoing.values = values.counts
    outgoing.heldBack = heldBack
    (values.counts, heldBack) = (ValueCounts(), HeldBackCounts())
  }

  @inline(__always)
  mutating func append(
    _ event: RawSpan, _ shape: EventShape, _ matches: [KeyMatch], number: Int32, user: UInt64,
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

  mutating func holdBack(_ reason: HeldBack) { heldBack.count(reason) }

  /// Keeps an event, as it was accepted, for when the destination is mended.
  ///
  /// - Parameter number: its place among the block's accepted events.
  mutating func keep(
    _ event: RawSpan, number: Int32, receivedUnixNanoseconds: Int64, _ reason: KeptEvent
  ) {
    unsealable.append(
      UnsealableEvent(
        event: Array(event), code: reason.code, detail: reason.detail,
        receivedUnixNanoseconds: receivedUnixNanoseconds, number: number))
  }

  /// Appends an event as it is: it was sealed for this destination before.
  mutating func appendSealed(
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
  private mutating func rewrite(
    _ event: RawSpan, _ matches: [KeyMatch], landmark: Int
  ) throws(SealError) -> Int {
    let before = values.counts
    values.beginEvent()
    if removesSome { countRemoved(matches) }
    do throws(SealError) {
      return try EventRewriter.rewrite(
        event, matches, landmark: landmark, appendingTo: &block.bytes,
        edit: { actions[Int($0.key)].edit },
        replace: { (match, value, out) throws(SealError) in
          try values.seal(value, actions[Int(match.key)], &out)
        })
    } catch {
      values.counts = before
      throw error
    }
  }

  /// They stand by their start: what is within a removed value comes right behind it.
  private mutating func countRemoved(_ matches: [KeyMatch]) {
    var end = 0
    for match in matches where match.start >= end && actions[Int(match.key)] == .remove {
      values.counts.removed += 1
      end = match.end
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
  init(_ bytes: RawSpan) {
    self = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
  }
}
