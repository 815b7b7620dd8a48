internal import DestinationHost
internal import Workspace

extension Invocation {
  /// What the running host says of itself; nil when none runs.
  ///
  /// A host that runs and cannot be asked is told, and the command goes on with what lies in the workspace.
  func hostStatus(of workspace: Workspace) -> HostStatus? {
    do throws(ConversationError) {
      return try HostConversation(with: workspace).status()
    } catch {
      if error != .noHost { console.warning("\(error)") }
      return nil
    }
  }
}

extension HostStatus {
  /// `ready`, or why it is not.
  var standing: String {
    readiness.ready
      ? "ready"
      : "not ready: "
        + readiness.conditions.compactMap(\.reason).map { Printable.text($0) }
        .joined(separator: "; ")
  }

  func destination(_ id: String) -> Destination? { destinations.first { $0.id == id } }
}

extension HostStatus {
  /// For `--json`.
  var json: [(String, JSONText)] {
    [
      ("started_at", .string(Calendar.timestamp(secondsSince1970: startedUnixSeconds))),
      ("phase", .string(phase)), ("ready", .bool(readiness.ready)),
      (
        "conditions",
        .array(
          readiness.conditions.map {
            .object([
              ("name", .string($0.name)), ("holds", .bool($0.holds)),
              ("reason", .optional($0.reason)),
            ])
          })
      ),
      ("sources", .array(sources.map(\.json))), ("stream", stream?.json ?? .null),
      ("produce", produce?.json ?? .null),
    ]
  }
}

extension HostStatus.Rates {
  var json: [(String, JSONText)] {
    [("events_per_second", .number(now)), ("events_per_second_minute", .number(minute))]
  }

  /// As a column shows it.
  static func text(_ rate: Double) -> String {
    rate > 0 && rate < 10 ? "\((rate * 10).rounded() / 10)" : Count.grouped(Int(rate.rounded()))
  }
}

extension HostStatus.Source {
  fileprivate var json: JSONText {
    .object(
      [
        ("id", .string(id)), ("read", .integer(read)), ("accepted", .integer(accepted)),
        ("rejected", .integer(rejected)), ("duplicates", .integer(duplicates)),
        ("bytes", .integer(bytes)),
      ] + rates.json)
  }
}

extension HostStatus.Destination {
  /// What only a host that runs knows, for `--json`.
  var json: [(String, JSONText)] {
    [
      ("reason", .optional(reason)), ("delivered", .integer(delivered)),
      ("retried", .integer(retried)), ("lost_events", .integer(lost)),
      (
        "last_error",
        lastError.map {
          .object([
            ("at", .string(Calendar.timestamp(secondsSince1970: $0.unixSeconds))),
            ("reason", .string($0.text)),
          ])
        } ?? .null
      ),
    ] + rates.json
  }
}

extension StreamStanding {
  /// `stream events, group sealpost: 4 partitions, 1,200 messages behind`.
  var text: String {
    let name = "stream \(Printable.text(topic)), group \(Printable.text(group))"
    guard let partitions else { return "\(name): no partition given yet" }
    let lag = lag.map { "\(Count.of($0, "message")) behind" } ?? "how far behind is not known"
    return "\(name): \(Count.of(partitions.count, "partition")), \(lag)"
  }

  fileprivate var json: JSONText {
    let each = partitions?.map(\.json)
    return .object([
      ("topic", .string(topic)), ("group", .string(group)), ("lag", .optional(lag)),
      ("partitions", each.map { .array($0) } ?? .null),
    ])
  }
}

extension StreamStanding.Partition {
  fileprivate var json: JSONText {
    .object([
      ("partition", .integer(number)), ("next_offset", .optional(next)),
      ("end_offset", .optional(end)), ("lag", .optional(lag)),
    ])
  }
}

extension ProduceCounts {
  /// `topic events: 1,200 events acknowledged, 0 failed, 3 in flight`.
  var text: String {
    "topic \(Printable.text(topic)): \(Count.of(produced, "event")) acknowledged, "
      + "\(Count.grouped(failed)) failed, \(Count.grouped(inFlight)) in flight"
      + (trouble.map { ": \(Printable.text($0))" } ?? "")
  }

  var json: JSONText {
    .object([
      ("topic", .string(topic)), ("acknowledged", .integer(produced)), ("failed", .integer(failed)),
      ("in_flight", .integer(inFlight)), ("trouble", .optional(trouble)),
    ])
  }
}
