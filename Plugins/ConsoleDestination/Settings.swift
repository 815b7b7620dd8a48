internal import DestinationKit

/// The settings of a console.
struct Settings: DescribedSettings {
  enum Stream: String, CaseIterable, Sendable {
    case stdout, stderr

    var descriptor: Int32 {
      switch self {
      case .stdout: 1
      case .stderr: 2
      }
    }
  }

  static let described = [
    Setting(
      "stream", .string(default: "stdout", oneOf: Stream.allCases.map(\.rawValue)),
      summary: "Where the lines go.")
  ]

  /// Where the lines go.
  let stream: Stream

  init(_ values: SettingValues) throws {
    stream = try values.choice("stream")
  }
}
