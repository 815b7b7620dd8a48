internal import DestinationHost

/// One picture of `top`.
struct TopView {
  private let status: HostStatus
  private let workspace: String
  private let now: Int

  init(_ status: HostStatus, workspace: String, now: Int) {
    self.status = status
    self.workspace = workspace
    self.now = now
  }

  /// Lines of at most that many columns, without line feeds.
  func lines(width: Int, painter: Painter) -> [String] {
    let up = Count.time(max(0, now - status.startedUnixSeconds))
    let head = "\(Printable.text(workspace)): pid \(status.pid), up \(up), \(status.phase)"
    let standing = status.readiness.ready
    return [
      fitted(head, width),
      painter.paint(fitted(status.standing, width), standing ? .green : .yellow),
    ]
      + [status.stream?.text, status.produce?.text, status.snapshot?.text(now: now)]
      .compactMap(\.self).map { fitted($0, width) } + [""]
      + lines(of: sources, width, painter) + [""] + lines(of: destinations, width, painter) + [
        "", painter.paint("q quits", .dim),
      ]
  }

  private func lines(of table: Table, _ width: Int, _ painter: Painter) -> [String] {
    table.text(width: width, painter: painter)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Of text without colour.
  private func fitted(_ text: String, _ width: Int) -> String {
    var text = text
    while Printable.columns(of: text) > width { text.removeLast() }
    return text
  }

  private var sources: Table {
    Table(
      columns: [
        .init("source", isFlexible: true), .init("events/s", isNumber: true),
        .init("minute", isNumber: true), .init("accepted", isNumber: true),
        .init("rejected", isNumber: true), .init("duplicate", isNumber: true),
      ],
      rows: status.sources.map { source in
        [
          .init(source.id), rate(source.rates.now), rate(source.rates.minute),
          count(source.accepted), count(source.rejected, .yellow), count(source.duplicates),
        ]
      })
  }

  private var destinations: Table {
    Table(
      columns: [
        .init("destination", isFlexible: true), .init("state"),
        .init("events/s", isNumber: true), .init("waiting", isNumber: true),
        .init("oldest", isNumber: true), .init("dead", isNumber: true),
        .init("last error", isFlexible: true),
      ],
      rows: status.destinations.map { destination in
        [
          .init(destination.id),
          .init(destination.state, destination.state == "running" ? .green : .yellow),
          rate(destination.rates.now), count(destination.waiting),
          .init(destination.oldestUnixSeconds.map { Count.time(max(0, now - $0)) } ?? ""),
          count(destination.deadLettered, .yellow), .init(error(of: destination)),
        ]
      })
  }

  /// Its beginning: the whole of it is in `status`.
  private func error(of destination: HostStatus.Destination) -> String {
    guard let error = destination.lastError else { return "" }
    let text = "\(Count.time(max(0, now - error.unixSeconds))) ago: \(error.text)"
    return text.count > 60 ? text.prefix(59) + "…" : text
  }

  private func rate(_ rate: Double) -> Table.Cell { .init(HostStatus.Rates.text(rate)) }

  private func count(_ count: Int, _ tint: Painter.Tint? = nil) -> Table.Cell {
    .init(Count.grouped(count), count > 0 ? tint : nil)
  }
}
