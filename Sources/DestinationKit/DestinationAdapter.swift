/// An adapter: hands batches of events to one destination.
///
/// Conform a `final class`, and export it with one function in a file of its own:
///
/// ```swift
/// import DestinationKit
///
/// @c(destination_adapter_entry) @implementation
/// public func destinationAdapterEntry(hostMajor: UInt32, hostMinor: UInt32)
///   -> UnsafePointer<destination_adapter>?
/// { unsafe export(WarehouseDestination.self, hostMajor: hostMajor) }
/// ```
///
/// The life of an instance:
///
/// 1. `init(settings:host:)`: the settings were decoded. Checks what needs no file and no network.
/// 2. `start()`: opens what is needed.
/// 3. `deliver(_:)`, on up to ``AdapterDescription/maximumConcurrency`` threads at once; now and then `flush(before:)`,
///    never beside a `deliver`.
/// 4. `stop(before:)`: closes. A new instance follows if the settings changed.
///
/// The process may end at any moment instead: what was said to be ``Outcome/delivered`` is durable before `deliver`
/// returns. Every call is synchronous and may block; concurrency is the host's business.
public protocol DestinationAdapter: AnyObject, Sendable {
  /// The settings document, decoded with Foundation's `JSONDecoder`.
  ///
  /// Secrets are not in it: ask ``AdapterHost/withSecret(_:_:)``.
  associatedtype Settings: Decodable & Sendable

  /// What the adapter is; read once, before any instance exists.
  static var description: AdapterDescription { get }

  /// Makes an instance for one destination.
  ///
  /// Quick: no file, no network. An ``AdapterProblem`` tells the operator what to change; of any other error only the
  /// type is shown, since its text might hold a value.
  init(settings: Settings, host: AdapterHost) throws

  /// Makes ready to deliver: opens files and connections, checks credentials.
  ///
  /// May block. Errors as in `init`; ``AdapterProblem/unavailable(_:)`` makes the host try again later.
  func start() throws

  /// Hands a batch to the destination and says what became of each event.
  ///
  /// Called on several threads at once if the description says so. An ``OutcomeError`` becomes the outcome of every
  /// event of the batch; any other error becomes ``Outcome/retry(after:wholeDestination:code:detail:)`` with the name
  /// of its type.
  func deliver(_ batch: borrowing Batch) throws -> Outcomes

  /// Makes durable what was reported as delivered and was not durable yet.
  func flush(before deadline: Deadline) throws

  /// Asks a running call to come back soon; ``Batch/isCancelled`` is true from now on.
  ///
  /// On any thread, beside every other call. Only for an adapter that waits for something it can wake.
  func cancel(_ call: CallToken)

  /// Ends what `start()` began. No `deliver` runs.
  func stop(before deadline: Deadline)
}

extension DestinationAdapter {
  /// Nothing to make ready.
  public func start() throws {}

  /// Nothing to do: all that was delivered is durable.
  public func flush(before deadline: Deadline) throws {}

  /// Nothing to wake.
  public func cancel(_ call: CallToken) {}

  /// Nothing to close.
  public func stop(before deadline: Deadline) {}
}

/// The settings of an adapter that has none.
public struct NoSettings: Decodable, Sendable {
  /// Takes any document.
  public init(from decoder: any Decoder) {}
}
