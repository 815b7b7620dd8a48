import Foundation
import Glibc
import Testing
import Workspace

@testable import DestinationHost

/// What the commands make of whatever answers on a workspace's socket.
struct HostConversationTests {
  /// A process that listens as a host does, and says these bytes to whoever asks.
  private final class Peer: @unchecked Sendable {
    // Protected by use: the descriptor is the thread's once it runs.
    let layout: WorkspaceLayout
    private let socket: Int32

    init(_ answer: [UInt8]) throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("s-\(UUID().uuidString.prefix(8))").path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      layout = WorkspaceLayout(root: folder)
      socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var target = sockaddr_un()
      target.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &target.sun_path) { path in
        unsafe path.copyBytes(from: layout.hostSocket.utf8)
      }
      let isListening = unsafe withUnsafePointer(to: &target) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
      }
      try #require(isListening && listen(socket, 4) == 0)
      let listening = socket
      Thread {
        while true {
          let one = accept(listening, nil, nil)
          guard one >= 0 else { return }
          var request = [UInt8](repeating: 0, count: 4096)
          _ = unsafe read(one, &request, request.count)
          _ = unsafe send(one, answer, answer.count, Int32(MSG_NOSIGNAL))
          close(one)
        }
      }.start()
    }

    deinit {
      shutdown(socket, Int32(SHUT_RDWR))
      close(socket)
      try? FileManager.default.removeItem(atPath: layout.root)
    }
  }

  private static let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"

  private func failure(_ answer: String, _ ask: (HostConversation) throws -> Void) throws
    -> ConversationError?
  {
    let peer = try Peer(Array(answer.utf8))
    do {
      try ask(HostConversation(layout: peer.layout))
      return nil
    } catch let error as ConversationError {
      return error
    }
  }

  @Test(arguments: [
    "", "HTTP/1.1", "\r\n\r\n", "HTTP/1.1 200 OK\r\n", "garbage\r\n\r\n{}", head, head + "{",
    head + "{}", head + "[]", head + #"{"pid":"x"}"#, head + String(repeating: "[", count: 100_000),
  ])
  func `what is no status is not understood, whatever it is`(answer: String) throws {
    #expect(try failure(answer) { _ = try $0.status() } == .notUnderstood)
  }

  @Test(arguments: [
    head, head + "{}\n", head + #"{"next":1,"missed":0}"# + "\nx\n",
    head + #"{"next":-1,"missed":0}"#, head + #"{"next":1,"missed":0}"# + "\n{}\n{}\n",
  ])
  func `what are no events is not understood either`(answer: String) throws {
    let error = try failure(answer) { _ = try $0.events(of: nil, after: nil, isRaw: false) }
    #expect(error == .notUnderstood)
  }

  @Test func `a refusal is told in the host's words, without control characters`() throws {
    let error = try failure("HTTP/1.1 503 \r\n\r\nToo many\u{1B}[2J watch already.\n") {
      _ = try $0.status()
    }
    #expect(error == .refused("Too many[2J watch already."))
  }

  @Test func `nobody there is no host`() throws {
    let layout = WorkspaceLayout(root: "/nowhere/at/all")
    #expect(throws: ConversationError.noHost) { try HostConversation(layout: layout).status() }
  }
}
