package import HTTPWire

extension IPAddress {
  /// What an address is for.
  package enum Reach: Sendable, Equatable {
    /// The open network.
    case global
    /// This machine, or a network of the operator's own.
    case `private`
    /// Nobody that a destination could be: this link (where clouds keep their metadata), many at once, nobody, tests.
    case never
  }

  /// By IANA's registries of special-purpose addresses (RFC 6890 and its updates); what is not known as global is not.
  package var reach: Reach { bytes.count == 4 ? IPAddress.reach4(bytes) : reach6 }

  private static func reach4(_ bytes: [UInt8]) -> Reach {
    switch (bytes[0], bytes[1], bytes[2]) {
    case (127, _, _), (10, _, _), (172, 16...31, _), (192, 168, _), (100, 64...127, _): .private
    case (0, _, _), (169, 254, _), (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _),
      (198, 51, 100), (203, 0, 113), (224..., _, _):
      .never
    default: .global
    }
  }

  private var reach6: Reach {
    let words = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
    if words[..<7].allSatisfy({ $0 == 0 }) { return words[7] == 1 ? .private : .never }
    if words[..<5].allSatisfy({ $0 == 0 }), words[5] == 0xFFFF { return embedded(at: 12) }
    // NAT64's well-known prefix: the address behind it is what counts (RFC 6052).
    if words[0] == 0x64, words[1] == 0xFF9B, words[2..<6].allSatisfy({ $0 == 0 }) {
      return embedded(at: 12)
    }
    switch (words[0], words[1]) {
    case (0xFC00...0xFDFF, _): return .private
    case (0x2001, 0..<0x200), (0x2001, 0xDB8), (0x3FFF, 0..<0x1000): return .never
    // 6to4 wraps an IPv4 address (RFC 3056).
    case (0x2002, _): return .never
    case (0x2000...0x3FFF, _): return .global
    default: return .never
    }
  }

  /// An IPv4 address in an IPv6 one is as good as that address is.
  private func embedded(at place: Int) -> Reach {
    IPAddress.reach4(Array(bytes[place..<place + 4]))
  }
}
