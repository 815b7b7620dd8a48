internal import HTTPWire

/// What the host puts before a request's body, for services that want the key there: the pseudo-field `:body-start`.
///
/// Its value is the adapter's text with marks in it; the body behind it, which holds what anybody wrote, is not searched
/// for marks. No field of HTTP can have that name, so a host that does not know it refuses the request and sends nothing.
struct BodyStart {
  let bytes: ArraySlice<UInt8>
  /// Whether a secret is in it.
  let hasSecret: Bool

  static func isName(_ name: String) -> Bool { name == ":body-start" }

  init(_ fields: [HTTPField], _ secrets: [String: [UInt8]]) throws(EgressFailure) {
    let values = fields.filter { BodyStart.isName($0.name) }.map(\.value)
    guard values.count < 2 else { throw EgressFailure(.invalid, "\":body-start\" is there twice") }
    let text = values.first ?? ""
    hasSecret = Placeholder.isIn(text)
    bytes = ArraySlice(try Placeholder(secrets: secrets, body: []).bodyStart(text).utf8)
  }
}
