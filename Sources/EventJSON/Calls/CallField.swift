/// The keys of a call's body that the source looks at.
enum CallField: UInt8, CaseIterable {
  case other, batch, type, sentAt, timestamp, originalTimestamp, receivedAt, writeKey, context, ip

  /// The name in a body, as the Segment spec spells it.
  var name: StaticString {
    switch self {
    case .other: ""
    case .batch: "batch"
    case .type: "type"
    case .sentAt: "sentAt"
    case .timestamp: "timestamp"
    case .originalTimestamp: "originalTimestamp"
    case .receivedAt: "receivedAt"
    case .writeKey: "writeKey"
    case .context: "context"
    case .ip: "ip"
    }
  }

  /// The field of this name; a name that is written with escapes is unescaped first.
  init(_ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool) {
    guard escaped else {
      self = unsafe CallField(plain: name, count)
      return
    }
    var bytes: [UInt8] = []
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    guard JSONString.unescape(content, appendingTo: &bytes), !bytes.isEmpty else {
      self = .other
      return
    }
    self = unsafe bytes.withUnsafeBufferPointer {
      unsafe CallField(plain: $0.baseAddress!, $0.count)
    }
  }

  private init(plain name: UnsafePointer<UInt8>, _ count: Int) {
    for field in CallField.allCases.dropFirst() where field.name.utf8CodeUnitCount == count {
      guard unsafe isSame(name, field.name.utf8Start, count) else { continue }
      self = field
      return
    }
    self = .other
  }
}

private func isSame(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  for index in 0..<count where unsafe a[index] != b[index] { return false }
  return true
}
