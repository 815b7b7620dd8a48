internal import AdapterLoading
internal import Workspace

/// What the host sends for one destination's adapter, and the connections that it makes for it.
struct DestinationEgress: Sendable {
  /// Nil where the manifest names no host for it, as the other.
  let http: DestinationHTTP?
  let connections: DestinationConnections?

  init(
    _ configuration: WorkerConfiguration, _ destination: Destination
  ) throws(LoadError) {
    http = try DestinationHTTP(configuration, destination)
    connections = try DestinationConnections(configuration, destination)
  }

  /// So far; nil where there is neither.
  var counts: RequestCounts? {
    guard http != nil || connections != nil else { return nil }
    return [http?.counts, connections?.counts].compactMap { $0.map(RequestCounts.init) }
      .reduce(RequestCounts(), +)
  }
}
