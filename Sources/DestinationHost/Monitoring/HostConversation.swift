internal import Foundation
internal import Glibc
package import Workspace

/// Asks the host that runs on a workspace about itself, over the workspace's own socket.
package struct HostConversation: Sendable {
  private let layout: WorkspaceLayout

  package init(with workspace: Workspace) { self.init(layout: workspace.layout) }

  init(layout: WorkspaceLayout) { self.layout = layout }

  /// Live events since the last question.
  package struct Events: Sendable {
    package struct Event: Sendable {
      package let source: String
      package let unixNanoseconds: Int64
      /// One line; its values are masked unless they were asked for.
      package let json: String
    }

    package let events: [Event]
    /// To ask with the next time.
    package let next: UInt64
    /// Events that went by unseen since the watching began.
    package let missed: Int
  }

  package func status() throws(ConversationError) -> HostStatus {
    try decoded(HostStatus.self, Data(ask("/status")))
  }

  /// - Parameters:
  ///   - destination: as that destination gets them; nil as they were accepted.
  ///   - next: of the last answer; nil begins with what comes from now on.
  ///   - isRaw: whether values are shown, which is for the caller to allow and to record.
  package func events(
    of destination: String?, after next: UInt64?, isRaw: Bool
  ) throws(ConversationError) -> Events {
    let query = [
      destination.map { "destination=\($0)" }, next.map { "after=\($0)" }, isRaw ? "raw=1" : nil,
    ].compactMap(\.self)
    let lines = try ask("/events" + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
      .split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first, lines.count % 2 == 1 else { throw .notUnderstood }
    let head = try decoded(EventsHead.self, Data(first))
    var events: [Events.Event] = []
    for index in stride(from: 1, to: lines.count, by: 2) {
      let about = try decoded(EventHead.self, Data(lines[index]))
      events.append(
        Events.Event(
          source: about.source, unixNanoseconds: about.unixNanoseconds,
          json: String(decoding: lines[index + 1], as: UTF8.self)))
    }
    return Events(events: events, next: head.next, missed: head.missed)
  }

  private struct EventsHead: Decodable {
    let next: UInt64
    let missed: Int
  }

  private struct EventHead: Decodable {
    let source: String
    let unixNanoseconds: Int64
  }
}

// MARK: - One question

extension HostConversation {
  private static let longestAnswer = 64 << 20
  private static let patience = 10

  private func ask(_ target: String) throws(ConversationError) -> ArraySlice<UInt8> {
    let socket = try HostSocket.connect(to: layout, patience: Self.patience)
    defer { close(socket) }
    let request = "GET \(target) HTTP/1.1\r\nHost: sealpost\r\nConnection: close\r\n\r\n"
    guard HostSocket.send(Array(request.utf8), on: socket) else { throw .noAnswer(code: errno) }
    let answer = try HostSocket.read(socket, limit: Self.longestAnswer)
    guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)),
      let line = String(decoding: answer[..<end.lowerBound], as: UTF8.self)
        .split(separator: "\r\n").first,
      let status = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { throw .notUnderstood }
    let body = answer[end.upperBound...]
    guard status == 200 else {
      throw .refused(String(decoding: body.prefix(200).filter { $0 >= 0x20 }, as: UTF8.self))
    }
    return body
  }

  private func decoded<Value: Decodable>(
    _ type: Value.Type, _ data: Data
  ) throws(ConversationError) -> Value {
    do {
      return try Self.decoder.decode(type, from: data)
    } catch {
      throw .notUnderstood
    }
  }

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}

/// Why a host could not be asked.
package enum ConversationError: Error, Equatable, Sendable {
  /// No host runs on the workspace.
  case noHost
  /// Somebody else's process listens there.
  case stranger
  case noAnswer(code: Int32)
  case refused(String)
  /// A host of another version.
  case notUnderstood
}

extension ConversationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noHost: "host, workspace: none runs. Start it: sealpost run"
    case .stranger:
      "host, host.sock: the process that answers is another user's. Nothing was asked. Remove the file."
    case .noAnswer(let code):
      "host, host.sock: no answer: \(unsafe String(cString: strerror(code))). Try again."
    case .refused(let reason): "host, host.sock: \(reason)"
    case .notUnderstood:
      "host, host.sock: its answer is not understood: it is of another version. "
        + "Use the program that the host was started with."
    }
  }
}
