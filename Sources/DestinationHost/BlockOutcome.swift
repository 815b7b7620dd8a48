/// What became of a block that a source submitted; its source is told once, when it is known.
enum BlockOutcome: Sendable {
  /// Its events are durable for every destination that takes them.
  ///
  /// - Parameters:
  ///   - rejections: its lines that are no events, by their number, in order.
  ///   - duplicates: how many events were dropped because their `messageId` was seen before; those are durable too.
  case durable(rejections: [Rejection], duplicates: Int)
  /// Nothing of it is promised, so its source sends it again; why, for people.
  case notKept(reason: String)

  var isDurable: Bool {
    if case .durable = self { true } else { false }
  }
}

/// What a source gets that asks for a block to fill.
enum BlockOffer {
  case block(Block)
  /// None came free in the time given: the source tells its senders to come back; why, for people, without a value.
  case busy(reason: String)
  /// The run is at its end.
  case ended
}
