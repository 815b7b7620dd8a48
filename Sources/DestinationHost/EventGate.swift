internal import DestinationFilter
internal import EventJSON

/// Says for each destination whether it gets an event, and whole or in part; one per sealing thread.
///
/// First the sender's word (`integrations`), then the destination's filters.
struct EventGate: ~Copyable {
  private let switches: IntegrationSwitches
  private var chains: FilterChains
  private let hasFilters: [Bool]
  private let isUnfilterable: [Bool]
  private var wanted: [Bool]?

  /// What becomes of an event for one destination.
  enum Decision {
    case send
    /// Without some of its properties.
    case reduced([UInt8])
    /// Not sent, as it should be.
    case heldBack(HeldBack)
    /// A filter turned bad: nothing may be sent before somebody has mended it.
    case unfilterable
  }

  init(_ plans: [DestinationPlan]) {
    switches = IntegrationSwitches(plans.map(\.names))
    chains = FilterChains(plans.map { $0.filters ?? [] })
    hasFilters = plans.map { $0.filters?.isEmpty == false }
    isUnfilterable = plans.map { $0.filters == nil }
  }

  /// Makes this the event that ``decision(for:_:_:)`` is about.
  @inline(__always)
  mutating func read(_ event: RawSpan, _ shape: EventShape) {
    wanted = switches.wanted(shape.integrations, event)
    if !chains.isEmpty { chains.read(event) }
  }

  @inline(__always)
  func decision(for destination: Int, _ event: RawSpan, _ shape: EventShape) -> Decision {
    if wanted?[destination] == false { return .heldBack(.notWanted) }
    if isUnfilterable[destination] { return .unfilterable }
    guard hasFilters[destination] else { return .send }
    switch chains.verdict(for: destination, event, shape) {
    case .send: return .send
    case .reduced(let bytes): return .reduced(bytes)
    case .dropped: return .heldBack(.filtered)
    case .sampledOut: return .heldBack(.sampledOut)
    }
  }
}

/// Why an event that was accepted is not for a destination.
enum HeldBack {
  /// Its adapter does not serve events of this type.
  case notServed
  /// The event's `integrations` say no.
  case notWanted
  case filtered
  case sampledOut
}

/// How many events were not for a destination, by the reason.
package struct HeldBackCounts: Sendable, Equatable {
  /// Of a type that the destination's adapter does not serve.
  package var notServed = 0
  /// Whose sender did not want it (`integrations`).
  package var notWanted = 0
  /// That a filter dropped.
  package var filtered = 0
  /// That are in no sample.
  package var sampledOut = 0

  mutating func count(_ reason: HeldBack) {
    switch reason {
    case .notServed: notServed += 1
    case .notWanted: notWanted += 1
    case .filtered: filtered += 1
    case .sampledOut: sampledOut += 1
    }
  }

  static func += (a: inout HeldBackCounts, b: HeldBackCounts) {
    a.notServed += b.notServed
    a.notWanted += b.notWanted
    a.filtered += b.filtered
    a.sampledOut += b.sampledOut
  }
}
