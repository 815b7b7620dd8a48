internal import Workspace

/// Options of `destination set` about how events are delivered; `default` takes a value back.
enum DeliveryOptions {
  private struct Setting: Sendable {
    let option: Option
    let range: ClosedRange<Int>
    let path: any WritableKeyPath<DeliverySettings, Int?> & Sendable
  }

  private static let settings: [Setting] = [
    Setting(
      option: .value("rate-limit", "N", "At most N events a second"),
      range: 1...1_000_000, path: \.eventsPerSecond),
    Setting(
      option: .value("queue-megabytes", "N", "How much its queue may hold (default 16384)"),
      range: 1...100_000_000, path: \.queueMegabytes),
    Setting(
      option: .value("retry-hours", "N", "How long an event is tried again (default 4)"),
      range: 0...720, path: \.retryHours),
    Setting(
      option: .value("batch-milliseconds", "N", "How long a batch waits to be filled (default 0)"),
      range: 0...60_000, path: \.batchMilliseconds),
  ]

  static let all = settings.map(\.option)

  /// What the command asks for; nil when it asks for nothing of this.
  static func change(
    _ invocation: Invocation
  ) throws -> ((inout DeliverySettings) -> Void)? {
    let typed = try settings.compactMap { setting in
      try invocation.arguments[setting.option].map {
        (setting.path, try value($0, of: setting, invocation))
      }
    }
    guard !typed.isEmpty else { return nil }
    return { delivery in for (path, value) in typed { delivery[keyPath: path] = value } }
  }

  private static func value(
    _ text: String, of setting: Setting, _ invocation: Invocation
  ) throws -> Int? {
    if text == "default" { return nil }
    guard let number = Int(text), setting.range.contains(number) else {
      throw CommandError.usage(
        "option \"\(setting.option.typed)\"", invocation.command.name,
        "it is no number from \(setting.range.lowerBound) to \(setting.range.upperBound)",
        "Say one, or `default`.")
    }
    return number
  }
}
