/// What an adapter is, and within which limits it works.
///
/// `adapter.json` repeats product, version, display name and kinds of events, so that a host knows the adapter before
/// any of its code runs; the host refuses a library that says something else.
public struct AdapterDescription: Sendable {
  /// The product it delivers to, in reverse DNS: `org.example.warehouse`.
  public var product: String

  /// The adapter's own version, after semver.org: `1.4.0`.
  public var version: String

  /// For people: `Example Warehouse`.
  public var displayName: String

  /// The kinds of events the host may send.
  public var eventTypes: Set<EventType>

  /// The settings, for the operator and for the host's check before `init(settings:host:)`.
  public var settings: [Setting]

  /// How many `deliver` may run at once; at least 1.
  public var maximumConcurrency: UInt32

  /// Events of one batch; at least 1.
  public var maximumBatchEvents: UInt32

  /// Bytes of one batch's NDJSON; nil = no limit.
  ///
  /// An event that is larger is never sent.
  public var maximumBatchBytes: UInt64?

  /// The longest string value, in bytes, that the destination keeps whole; nil = no limit.
  ///
  /// A destination that cuts a string destroys ciphertext, so the host sends it no encrypted value that is longer.
  public var maximumStringLength: UInt64?

  /// Services without which the adapter cannot work.
  public var requiredHostFeatures: HostFeatures

  /// Describes an adapter; what is left out is as generous as can be, but for one `deliver` at a time.
  public init(
    product: String, version: String, displayName: String,
    eventTypes: Set<EventType> = Set(EventType.allCases), settings: [Setting] = [],
    maximumConcurrency: UInt32 = 1, maximumBatchEvents: UInt32 = 10_000,
    maximumBatchBytes: UInt64? = nil, maximumStringLength: UInt64? = nil,
    requiredHostFeatures: HostFeatures = []
  ) {
    self.product = product
    self.version = version
    self.displayName = displayName
    self.eventTypes = eventTypes
    self.settings = settings
    self.maximumConcurrency = maximumConcurrency
    self.maximumBatchEvents = maximumBatchEvents
    self.maximumBatchBytes = maximumBatchBytes
    self.maximumStringLength = maximumStringLength
    self.requiredHostFeatures = requiredHostFeatures
  }
}

/// The kind of an event, as in the Segment specification.
public enum EventType: UInt32, CaseIterable, Sendable {
  /// Who the user is.
  case identify = 1
  /// What the user did.
  case track
  /// Which page was seen.
  case page
  /// Which screen of an app was seen.
  case screen
  /// To which group the user belongs.
  case group
  /// That two identities are one.
  case alias
}

/// Services that a host may have beyond those every host has.
public struct HostFeatures: OptionSet, Sendable {
  /// The bits of `destination_host.features`.
  public let rawValue: UInt64

  /// From bits; bits that this version does not know are kept.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// ``AdapterHost/http`` is there.
  public static let http = HostFeatures(rawValue: 1 << 0)

  /// The host takes an adapter's own metrics, `host.metrics/1`; this version of the host and of the kit does not.
  public static let metrics = HostFeatures(rawValue: 1 << 1)

  /// ``AdapterHost/connections`` is there.
  public static let connection = HostFeatures(rawValue: 1 << 2)
}
