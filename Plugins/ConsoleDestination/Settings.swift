internal import DestinationKit

/// The settings of a console.
struct Settings: Decodable, Sendable {
  enum Stream: String, Decodable, CaseIterable, Sendable {
    case stdout, stderr

    var descriptor: Int32 {
      switch self {
      case .stdout: 1
      case .stderr: 2
      }
    }
  }

  /// Where the lines go.
  let stream: Stream

  private enum CodingKeys: String, CodingKey {
    case stream
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    let name = try document.decodeIfPresent(String.self, forKey: .stream) ?? "stdout"
    guard let stream = Stream(rawValue: name) else {
      throw AdapterProblem.setting(
        "stream", "there is no such stream.", mend: "Write stdout or stderr.")
    }
    self.stream = stream
  }
}

extension Settings {
  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "stream", .string(default: "stdout", oneOf: Stream.allCases.map(\.rawValue)),
      summary: "Where the lines go.")
  ]
}
