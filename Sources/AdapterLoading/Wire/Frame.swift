/// What a message between host and worker is; each begins with its kind and its length.
///
/// The two are the same executable, so there is one version of this. All numbers are little-endian.
enum FrameKind: UInt32 {
  // From the host.
  case load = 1
  case configure, start, deliver, flush, stop, restrict, httpAnswer
  // From an adapter's author, who tries it: a worker of a trial, and its steps.
  case trial, trialStep
  // From the worker.
  case described = 101
  case status, results, restricted, http, trialAnswer
}

/// The first eight bytes of a message.
struct FrameHeader: Equatable {
  var kind: FrameKind
  /// Bytes that follow.
  var length: Int

  static let size = 8
  /// Longest message; a batch of the largest size and its offsets fit.
  static let longest = 96 << 20

  init(_ kind: FrameKind, length: Int) {
    self.kind = kind
    self.length = length
  }

  /// Nil for a kind that does not exist or a length beyond the limit.
  init?(bytes: [UInt8]) {
    var reader = WireReader(bytes)
    guard let kind = reader.number(UInt32.self).flatMap(FrameKind.init),
      let length = reader.number(UInt32.self), length <= FrameHeader.longest
    else { return nil }
    self.init(kind, length: Int(length))
  }

  var bytes: [UInt8] {
    var writer = WireWriter()
    writer.number(kind.rawValue)
    writer.number(UInt32(length))
    return writer.bytes
  }
}

/// The descriptors that a worker finds open.
enum WorkerDescriptor {
  /// Messages, both ways.
  static let messages: Int32 = 3
  /// The sealed library.
  static let library: Int32 = 4
  /// Tokens of calls that are to come back; to the worker.
  static let cancel: Int32 = 5
  /// Log lines, one for each datagram; from the worker.
  static let log: Int32 = 6
}
