/// What an adapter wants done with a connection: from the worker, so nothing of it is sure but that it can be read.
package struct ConnectionCall: Sendable, Equatable {
  package enum Wish: Sendable, Equatable {
    case open(host: String, port: UInt16, isSecure: Bool)
    /// A part of the message's own bytes.
    case write(UInt64, ArraySlice<UInt8>)
    /// At most so many bytes.
    case read(UInt64, most: Int)
    case close(UInt64)
  }

  package let wish: Wish
  /// How long the adapter wants to wait; nil for as long as its call may take.
  package let timeout: Duration?

  package init(_ wish: Wish, timeout: Duration? = nil) {
    self.wish = wish
    self.timeout = timeout
  }
}

/// What becomes of it.
package enum ConnectionAnswer: Sendable, Equatable {
  case opened(UInt64)
  /// Written, or closed by both sides.
  case done
  /// What was read; empty when the other side has said that nothing more comes.
  case bytes([UInt8])
  case failure(ServiceFailure, String)
}

// MARK: - The messages

extension ConnectionCall {
  package static let longestHost = 255
  package static let longestWrite = 1 << 20
  package static let longestRead = 64 << 10
  static let longest = longestWrite + 64

  private enum Kind: UInt32 {
    case open = 1
    case write, read, close
  }

  func write(to writer: inout WireWriter) {
    let milliseconds = timeout.map { max(1, UInt32(clamping: Int64($0 / .milliseconds(1)))) }
    writer.number(milliseconds ?? 0)
    switch wish {
    case .open(let host, let port, let isSecure):
      writer.number(Kind.open.rawValue)
      writer.number(UInt32(port))
      writer.number(UInt32(isSecure ? 1 : 0))
      writer.text(host)
    case .write(let connection, let bytes):
      writer.number(Kind.write.rawValue)
      writer.number(connection)
      writer.raw(bytes)
    case .read(let connection, let most):
      writer.number(Kind.read.rawValue)
      writer.number(connection)
      writer.number(UInt32(most))
    case .close(let connection):
      writer.number(Kind.close.rawValue)
      writer.number(connection)
    }
  }

  /// Nil when the message is not one.
  init?(_ message: [UInt8]) {
    var reader = WireReader(message)
    guard let milliseconds = reader.number(UInt32.self),
      let kind = reader.number(UInt32.self).flatMap(Kind.init),
      let wish = ConnectionCall.wish(kind, &reader, message)
    else { return nil }
    self.init(wish, timeout: milliseconds == 0 ? nil : .milliseconds(Int64(milliseconds)))
  }

  private static func wish(
    _ kind: Kind, _ reader: inout WireReader, _ message: [UInt8]
  ) -> Wish? {
    if kind == .open {
      guard let port = reader.number(UInt32.self).flatMap(UInt16.init(exactly:)), port > 0,
        let security = reader.number(UInt32.self), security <= 1,
        let host = reader.text(longest: longestHost), reader.isAtEnd
      else { return nil }
      return .open(host: host, port: port, isSecure: security == 1)
    }
    guard let connection = reader.number(UInt64.self) else { return nil }
    switch kind {
    case .write:
      let bytes = message[reader.offset...]
      return bytes.count <= longestWrite ? .write(connection, bytes) : nil
    case .read:
      guard let most = reader.number(UInt32.self), (1...longestRead).contains(Int(most)),
        reader.isAtEnd
      else { return nil }
      return .read(connection, most: Int(most))
    default: return reader.isAtEnd ? .close(connection) : nil
    }
  }
}

extension ConnectionAnswer {
  /// Beside the numbers of ``ServiceFailure``, which begin at 1.
  private enum Kind: UInt32 {
    case opened = 101
    case done, bytes
  }

  func write(to writer: inout WireWriter) {
    switch self {
    case .opened(let connection):
      writer.number(Kind.opened.rawValue)
      writer.number(connection)
    case .done: writer.number(Kind.done.rawValue)
    case .bytes(let bytes):
      writer.number(Kind.bytes.rawValue)
      writer.data(bytes)
    case .failure(let failure, let text):
      writer.number(failure.rawValue)
      writer.text(text)
    }
  }

  /// Nil when the message is not one.
  init?(_ message: [UInt8]) {
    var reader = WireReader(message)
    guard let number = reader.number(UInt32.self),
      let answer = Kind(rawValue: number).map({ ConnectionAnswer.read($0, &reader) })
        ?? ConnectionAnswer.failure(number, &reader),
      reader.isAtEnd
    else { return nil }
    self = answer
  }

  private static func read(_ kind: Kind, _ reader: inout WireReader) -> ConnectionAnswer? {
    switch kind {
    case .opened: reader.number(UInt64.self).map { .opened($0) }
    case .done: .done
    case .bytes: reader.data(longest: ConnectionCall.longestRead).map { .bytes($0) }
    }
  }

  private static func failure(_ number: UInt32, _ reader: inout WireReader) -> ConnectionAnswer? {
    guard let failure = ServiceFailure(rawValue: number), let text = reader.text(longest: 4096)
    else { return nil }
    return .failure(failure, text)
  }
}
