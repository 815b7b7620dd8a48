/// Writes the fields of a message.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func number<Number: FixedWidthInteger>(_ value: Number) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Bytes behind their count.
  mutating func data(_ data: some Collection<UInt8>) {
    number(UInt32(data.count))
    bytes.append(contentsOf: data)
  }

  mutating func text(_ text: String) { data(Array(text.utf8)) }

  /// Bytes that go to the message's end, without their count.
  mutating func raw(_ data: some Collection<UInt8>) { bytes.append(contentsOf: data) }
}
