internal import CDestinationAdapter
public import DestinationKit
internal import Synchronization

/// The other side of one connection, as a test wants it.
public struct FakePeer: Sendable, Equatable {
  /// Why nobody can connect to it; nil where one can.
  var refusal: ConnectionFailure.Kind?

  /// What it says, once.
  var says = ""

  /// What becomes of a read when all is said.
  var end = ConnectionFailure.Kind?.some(.timedOut)

  /// How many writes it takes before the connection breaks.
  var writes = Int.max

  /// What it answers to the goodbye; nil for its own.
  var goodbye: ConnectionFailure.Kind?

  /// Takes everything and says nothing.
  public static let silent = FakePeer()

  /// Says this, takes everything, and then says nothing more.
  public static func saying(_ text: String) -> FakePeer { FakePeer(says: text) }

  /// Takes that many writes; then the connection breaks.
  public static func breaking(afterWrites count: Int) -> FakePeer {
    FakePeer(end: count == 0 ? .unavailable : .timedOut, writes: count)
  }

  /// Takes everything, and has hung up when one looks.
  public static let hangingUp = FakePeer(end: nil)

  /// Takes everything, and does not answer a goodbye.
  public static let leaving = FakePeer(goodbye: .timedOut)

  /// Cannot be connected to.
  public static func refusing(_ kind: ConnectionFailure.Kind) -> FakePeer {
    FakePeer(refusal: kind)
  }
}

/// One connection, as the adapter used it.
public struct FakeConnection: Sendable, Equatable {
  /// A name or an address.
  public let host: String

  /// 1 to 65535.
  public let port: Int

  /// Whether with TLS.
  public let isSecure: Bool

  /// All that was written, one after the other.
  public internal(set) var written = ""

  /// Whether it is closed, by the adapter or because it broke.
  public internal(set) var isClosed = false

  var peer: FakePeer
}

/// `host.connection/1` of a fake host.
enum FakeConnections {
  // Written once and read-only from then on; lives as long as the process, as the header says.
  nonisolated(unsafe) static let table: UnsafeMutablePointer<destination_connections> = {
    let table = UnsafeMutablePointer<destination_connections>.allocate(capacity: 1)
    unsafe table.initialize(
      to: unsafe destination_connections(
        struct_size: UInt32(MemoryLayout<destination_connections>.size), reserved: 0,
        open: { host, target, number, _ in
          guard let target = unsafe target?.pointee, let number = unsafe number else {
            return DESTINATION_INVALID
          }
          return unsafe FakeHost.of(host).state.withLock { unsafe $0.open(target, number) }
        },
        write: { host, use, bytes, _ in
          let text = unsafe string(bytes)
          return unsafe FakeConnections.use(host, use) { $0.write(text) }
        },
        read: { host, use, bytes, _ in
          guard let bytes = unsafe bytes else { return DESTINATION_INVALID }
          return unsafe FakeConnections.use(host, use) { unsafe $0.read(into: bytes) }
        },
        close: { host, use, _ in
          unsafe FakeConnections.use(host, use) { connection in
            connection.isClosed = true
            return connection.peer.goodbye?.rawValue ?? DESTINATION_OK
          }
        }))
    return unsafe table
  }()

  private static func use(
    _ host: UnsafePointer<destination_host>?, _ use: UnsafePointer<destination_connection_use>?,
    _ body: (inout FakeConnection) -> Int32
  ) -> Int32 {
    guard let number = unsafe use?.pointee.connection else { return DESTINATION_INVALID }
    return unsafe FakeHost.of(host).state.withLock { state in
      guard let index = Int(exactly: number).map({ $0 - 1 }),
        state.connections.indices.contains(index), !state.connections[index].isClosed
      else { return DESTINATION_NOT_FOUND }
      return body(&state.connections[index])
    }
  }
}

extension FakeHost.State {
  fileprivate mutating func open(
    _ target: destination_connection_target, _ number: UnsafeMutablePointer<UInt64>
  ) -> Int32 {
    let peer = peers.first ?? .silent
    if peers.count > 1 { peers.removeFirst() }
    if let refusal = peer.refusal { return refusal.rawValue }
    unsafe connections.append(
      FakeConnection(
        host: string(target.host), port: Int(target.port),
        isSecure: target.security == DESTINATION_CONNECTION_TLS, peer: peer))
    unsafe number.pointee = UInt64(connections.count)
    return DESTINATION_OK
  }
}

extension FakeConnection {
  fileprivate mutating func write(_ text: String) -> Int32 {
    guard peer.writes > 0 else { return fail(.unavailable) }
    peer.writes -= 1
    written += text
    return DESTINATION_OK
  }

  fileprivate mutating func read(into bytes: UnsafeMutablePointer<destination_text>) -> Int32 {
    guard peer.says.isEmpty else {
      let count = unsafe min(bytes.pointee.capacity, peer.says.utf8.count)
      for (index, byte) in peer.says.utf8.prefix(count).enumerated() {
        unsafe bytes.pointee.data[index] = byte
      }
      unsafe bytes.pointee.length = count
      peer.says = String(decoding: peer.says.utf8.dropFirst(count), as: UTF8.self)
      return DESTINATION_OK
    }
    unsafe bytes.pointee.length = 0
    guard let end = peer.end else { return DESTINATION_OK }
    return end == .timedOut ? end.rawValue : fail(end)
  }

  private mutating func fail(_ kind: ConnectionFailure.Kind) -> Int32 {
    isClosed = true
    return kind.rawValue
  }
}
