package import HTTPListener
package import HTTPWire

/// Whose word is taken for the address of a sender: proxies that say in `X-Forwarded-For` for whom they speak.
package struct TrustedProxies: Sendable, Equatable {
  private struct Network: Equatable {
    let address: IPAddress
    let length: Int

    func contains(_ other: IPAddress) -> Bool {
      guard other.bytes.count == address.bytes.count else { return false }
      for bit in 0..<length {
        let mask = UInt8(0x80) >> UInt8(bit % 8)
        guard address.bytes[bit / 8] & mask == other.bytes[bit / 8] & mask else { return false }
      }
      return true
    }
  }

  private var networks: [Network] = []
  private var takesLocal = false

  package init() {}

  /// Adds `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`, or `unix` for whoever comes by a Unix socket.
  ///
  /// - Returns: false for anything else.
  package mutating func add(_ text: String) -> Bool {
    if text == "unix" {
      takesLocal = true
      return true
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return false }
    let longest = address.bytes.count * 8
    guard parts.count == 2 else {
      networks.append(Network(address: address, length: longest))
      return true
    }
    guard (1...3).contains(parts[1].utf8.count),
      parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let length = Int(parts[1]), length <= longest
    else { return false }
    networks.append(Network(address: address, length: length))
    return true
  }

  private func contains(_ peer: Peer) -> Bool {
    guard let address = peer.address else { return takesLocal }
    return networks.contains { $0.contains(address) }
  }

  /// Who sends: the nearest address that is no trusted proxy's; nil for a process of this machine.
  ///
  /// The list grows at its end, so only what trusted proxies added is believed.
  package func sender(_ peer: Peer, _ fields: HTTPFields) -> IPAddress? {
    var sender = peer
    let list = fields.all("x-forwarded-for").flatMap { $0.split(separator: ",") }
    for text in list.reversed() {
      guard contains(sender), let next = TrustedProxies.address(text) else { break }
      sender = .address(next.unmapped)
    }
    return sender.address
  }

  /// Some proxies add the port.
  private static func address(_ text: Substring) -> IPAddress? {
    let trimmed = text.drop { $0 == " " || $0 == "\t" }
      .reversed().drop { $0 == " " || $0 == "\t" }.reversed()
    let name = String(trimmed)
    if let address = IPAddress(name) { return address }
    if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
      return IPAddress(String(name[name.index(after: name.startIndex)..<end]))
    }
    guard let colon = name.lastIndex(of: ":") else { return nil }
    return IPAddress(String(name[..<colon]))
  }
}
