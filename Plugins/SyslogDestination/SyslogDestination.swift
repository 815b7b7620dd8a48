internal import DestinationKit

/// Sends events as syslog messages (RFC 5424) over a connection that the host makes: TLS, or TCP where that is allowed.
///
/// Life: `init` checks the settings; `deliver` maps the batch, writes all messages at once, and looks whether the
/// receiver is still there; `flush` ends the connection and learns whether it has read everything.
final class SyslogDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "org.sealpost.syslog", version: "1.0.0", displayName: "Syslog",
    settings: Settings.described, maximumBatchEvents: 1000, requiredHostFeatures: .connection)

  private let settings: Settings
  private let host: AdapterHost
  private let receiver: Receiver

  init(settings: Settings, host: AdapterHost) throws {
    self.settings = settings
    self.host = host
    receiver = try Receiver(settings, host)
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    let requests = Requests(batch, settings)
    guard !requests.frames.isEmpty else { return requests.outcomes(.delivered) }
    do throws(ConnectionFailure) {
      try receiver.send(requests.frames, batch.call)
      return requests.outcomes(.delivered)
    } catch {
      // Nobody knows how many arrived: better twice than lost.
      return requests.outcomes(error.outcome)
    }
  }

  func flush(before deadline: Deadline) throws {
    do throws(ConnectionFailure) {
      try receiver.finish(within: deadline.remaining)
    } catch {
      // Many a receiver never answers a goodbye.
      guard error.kind != .timedOut else {
        return host.log(.info, "the receiver did not say whether it has read everything")
      }
      throw AdapterProblem.unavailable(
        "the receiver broke the connection: what it had not read of the last batch is lost.")
    }
  }

  func stop(before deadline: Deadline) {
    // Whoever wanted to know was told by `flush`.
    try? receiver.finish(within: deadline.remaining)
  }
}
