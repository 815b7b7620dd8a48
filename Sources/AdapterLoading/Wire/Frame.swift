internal import Synchronization

/// What a message between host and worker is; each begins with its kind and its length.
///
/// The two are the same executable, so there is one version of this. All numbers are little-endian.
enum FrameKind: UInt32 {
  // From the host.
  case load = 1
  case configure, start, deliver, flush, stop, restrict, httpAnswer
  // From an adapter's author, who tries it: a worker of a trial, and its steps.
  case trial, trialStep
  // From the host.
  case connectionAnswer
  // From the worker.
  case described = 101
  case status, results, restricted, http, trialAnswer, connection
}

/// The first eight bytes of a message.
struct FrameHeader: Equatable {
  var kind: FrameKind
  /// Bytes that follow.
  var length: Int

  static let size = 8
  /// Longest message; the largest answer to a request for HTTP fits.
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

/// The descriptors that a worker finds open, one behind the other.
enum WorkerDescriptor {
  /// 3 in a worker; another where an adapter is tried in a process that has descriptors of its own.
  static let first = Atomic<Int32>(3)

  private static var base: Int32 { first.load(ordering: .relaxed) }

  /// Messages, both ways.
  static var messages: Int32 { base }
  /// The sealed library.
  static var library: Int32 { base + 1 }
  /// Tokens of calls that are to come back; to the worker.
  static var cancel: Int32 { base + 2 }
  /// Log lines, one for each datagram; from the worker.
  static var log: Int32 { base + 3 }
  /// The memory of batches, closed as soon as it is mapped.
  ///
  /// A trial in its author's process has none.
  static var batches: Int32 { base + 4 }
}
