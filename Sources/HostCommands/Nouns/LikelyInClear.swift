internal import Privacy
internal import Workspace

/// Keys that look like personal data and go to destinations in clear, as `status` tells them; never a value.
struct LikelyInClear {
  /// Of each destination that is told on the terminal; the inbox has them all.
  private static let mostShown = 5
  private let found: [(destination: String, paths: [String])]

  init(_ workspace: Workspace) throws {
    let sightings = try workspace.keySightings()
    let routes = try KeyRoutes(workspace, from: sightings.paths.flatMap(\.sources.keys))
    found = routes.destinations.map {
      ($0.id, routes.likelyInClear(sightings, at: $0.id).map(\.text).sorted())
    }
  }

  func paths(at destination: String) -> [String] {
    found.first { $0.destination == destination }?.paths ?? []
  }

  func warn(on console: Console) {
    for (destination, paths) in found where !paths.isEmpty {
      let shown = paths.prefix(Self.mostShown).map { Printable.text($0) }
      let more = paths.count > shown.count ? ", …" : ""
      console.warning(
        "\(destination): \(Count.of(paths.count, "key")) like personal data go there in clear: "
          + shown.joined(separator: ", ") + more + ". Classify them: sealpost inbox list")
    }
  }
}
