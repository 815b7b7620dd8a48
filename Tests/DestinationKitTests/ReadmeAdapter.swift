import DestinationKit

/// Appends each event to a file; the example of the README.
final class LinesDestination: DestinationAdapter {
  struct Settings: Decodable, Sendable { let path: String }

  static let description = AdapterDescription(
    product: "com.example.lines", version: "1.0.0", displayName: "Lines",
    settings: [Setting("path", .string(), isRequired: true, summary: "The file.")])

  private let path: String

  init(settings: Settings, host: AdapterHost) { path = settings.path }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    let lines = batch.withNDJSON { json in unsafe json.withUnsafeBytes { unsafe Array($0) } }
    try LinesFile.append(lines, to: path)  // a thrown error makes the host try the batch again
    return .all(.delivered)
  }
}
