internal import Glibc

/// Takes the adapter's log lines: a limited number at a time, and in the long run so many a second.
final class LogReader {
  private static let mostLines = 100
  private static let linesPerSecond = 20.0
  private static let longestPlain = 1024
  private let descriptor: OwnedDescriptor
  /// Whether a datagram is text and nothing else.
  private let isPlain: Bool
  /// Lines that may be passed on now.
  private var allowance = Double(LogReader.mostLines)
  private var lastDrain = ContinuousClock.now
  private var buffer = [UInt8](repeating: 0, count: 8192)

  init(_ descriptor: consuming OwnedDescriptor, isPlain: Bool = false) {
    self.descriptor = descriptor
    self.isPlain = isPlain
  }

  /// Passes on the lines that are there; beyond the limits they are only counted.
  func drain(_ observe: (WorkerNotice) -> Void) {
    refill()
    var dropped = 0
    for _ in 0..<LogReader.mostLines * 100 {
      guard let line = next() else { break }
      guard allowance >= 1 else {
        dropped += 1
        continue
      }
      allowance -= 1
      observe(line)
    }
    if dropped > 0 { observe(.logDropped(lines: dropped)) }
  }

  private func refill() {
    let now = ContinuousClock.now
    let seconds = lastDrain.duration(to: now) / .seconds(1)
    allowance = min(
      Double(LogReader.mostLines), allowance + seconds * LogReader.linesPerSecond)
    lastDrain = now
  }

  private func next() -> WorkerNotice? {
    let got = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe recv(descriptor.number, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
    }
    guard got > 0 else { return nil }
    if isPlain {
      let text = String(decoding: buffer.prefix(min(got, LogReader.longestPlain)), as: UTF8.self)
      return .log(level: 3, text: "it printed: \(text.withoutControls)")
    }
    var reader = WireReader(Array(buffer.prefix(got)))
    guard let level = reader.number(UInt32.self), let text = reader.text(longest: buffer.count)
    else { return .log(level: 3, text: "(a malformed log line)") }
    return .log(level: min(max(level, 1), 4), text: text.withoutControls)
  }
}

extension String {
  /// One line: whatever would move a terminal's cursor is replaced.
  var withoutControls: String {
    String(
      unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control
          || scalar.properties.generalCategory == .format ? " " : Character(scalar)
      })
  }
}
