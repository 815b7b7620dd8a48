package import EventJSON

/// The filters of several destinations, on one event after the other; the bytes are walked once for all statements.
///
/// A destination's filters are taken in their order. Every statement is about the event as it was accepted, whatever
/// the filters before it take out, so that the order never changes which of them match. Use one per thread.
package struct FilterChains: ~Copyable {
  private let chains: [[CompiledFilter]]
  /// For each destination, the place of its first statement among all.
  private let firsts: [Int]
  private var evaluator: FilterEvaluator
  private var scanners: [Int: PropertyScannerBox] = [:]

  /// What becomes of an event for one destination.
  package enum Verdict: Sendable, Equatable {
    case send
    /// Without some of its properties.
    case reduced([UInt8])
    case dropped
    /// It is not in the sample.
    case sampledOut
  }

  package init(_ chains: [[CompiledFilter]]) {
    self.chains = chains
    isEmpty = chains.allSatisfy(\.isEmpty)
    var first = 0
    firsts = chains.map { chain in
      defer { first += chain.count }
      return first
    }
    let all = chains.flatMap { $0 }
    evaluator = FilterEvaluator(all.map(\.statement))
    for (index, filter) in all.enumerated() {
      guard case .properties(let paths, let keepsOnly) = filter.action else { continue }
      scanners[index] = PropertyScannerBox(paths, keepsOnly: keepsOnly)
    }
  }

  /// Whether no destination has any filter.
  package let isEmpty: Bool

  /// Makes this the event that ``verdict(for:_:_:)`` is about.
  @inline(__always)
  package mutating func read(_ event: RawSpan) { evaluator.read(event) }

  /// What a destination gets of the event that was read last.
  package func verdict(
    for destination: Int, _ event: RawSpan, _ shape: EventShape,
    noting matched: ((String) -> Void)? = nil
  ) -> Verdict {
    var reduced: [UInt8]?
    for (offset, filter) in chains[destination].enumerated() {
      let index = firsts[destination] + offset
      guard evaluator.matches(index, event) else { continue }
      matched?(filter.name)
      switch filter.action {
      case .drop: return .dropped
      case .sample(let sample, let unit):
        let field = unit == .event ? shape.messageID : shape.user
        guard sample.holds(identifier(field, event)) else { return .sampledOut }
      case .properties:
        guard let scanner = scanners[index] else { continue }
        reduced = reduced.map { unsafe scanner.reduce($0.span.bytes) } ?? scanner.reduce(event)
      }
    }
    return reduced.map { .reduced($0) } ?? .send
  }

  private func identifier(_ field: FieldValue, _ event: RawSpan) -> [UInt8] {
    guard field.kind == .string else {
      return FilterText.event(field.start..<field.end).bytes(event)
    }
    return FilterText(field.content, event).bytes(event)
  }
}

/// Holds a scanner, which cannot be copied, in a table.
private final class PropertyScannerBox {
  private var scanner: PropertyScanner

  init(_ paths: [[String]], keepsOnly: Bool) {
    scanner = PropertyScanner(paths, keepsOnly: keepsOnly)
  }

  func reduce(_ event: RawSpan) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(event.byteCount)
    let members = scanner.members(of: event)
    _ = EventRewriter.rewrite(
      event, members, landmark: 0, appendingTo: &out, edit: { _ in .remove },
      replace: { (_, _, _) throws(Never) in })
    return out
  }
}
