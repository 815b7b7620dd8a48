import Foundation

/// One event of each kind, for the adapters of services.
enum VendorEvents {
  private static let common =
    #""userId":"u1","anonymousId":"a1","timestamp":"2025-11-25T12:30:00.123Z","#
    + #""context":{"ip":"192.0.2.1","locale":"en-US","userAgent":"Test/1"}"#

  private static let events = [
    #"{"type":"identify","messageId":"m1",\#(common),"traits":{"email":"a@example.com","name":"Ann Example","plan":"gold"}}"#,
    #"{"type":"track","messageId":"m2",\#(common),"event":"Order Completed","properties":{"revenue":120.50,"currency":"USD","order_id":"o1"}}"#,
    #"{"type":"page","messageId":"m3",\#(common),"name":"Home","properties":{"url":"https://example.com/","title":"Home","referrer":"https://example.org/"}}"#,
    #"{"type":"screen","messageId":"m4",\#(common),"properties":{"variation":"blue"}}"#,
    #"{"type":"group","messageId":"m5",\#(common),"groupId":"g1","traits":{"name":"Example Clinic","beds":40}}"#,
    #"{"type":"alias","messageId":"m6",\#(common),"previousId":"old1"}"#,
  ]

  /// In the order of the specification.
  static func all(but kind: String = "") -> String {
    events.filter { !$0.hasPrefix(#"{"type":"\#(kind)""#) }.map { $0 + "\n" }.joined()
  }
}

extension WebhookPeer {
  /// Answers of a plan: status and body.
  static func steps(_ answers: (Int, String)...) -> String {
    let steps = answers.map { ["status": $0.0, "body": $0.1] as [String: Any] }
    let bytes = try? JSONSerialization.data(withJSONObject: steps)
    return String(decoding: bytes ?? Data(), as: UTF8.self)
  }
}

extension WebhookPeer.Request {
  /// The body, an object.
  var json: [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data((body ?? "").utf8))) as? [String: Any]
  }
}

extension Clinic {
  /// The first of the template's events.
  static func events(_ count: Int) -> String {
    events.split(separator: "\n").prefix(count).map { $0 + "\n" }.joined()
  }

  /// Seals `email` for the destination `hook`; the private key is `private.pem`.
  func sealEmail() throws {
    try done(
      "encryption", "enable", "hook", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "private.pem")
  }

  /// The objects as `decrypt` gives them, one a line.
  func opened(_ objects: [[String: Any]]) throws -> String {
    let lines = try objects.map {
      String(
        decoding: try JSONSerialization.data(
          withJSONObject: $0, options: [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
    }
    return try sealpost(
      ["decrypt", "--key", "private.pem"], input: lines.joined(separator: "\n") + "\n"
    ).output
  }
}
