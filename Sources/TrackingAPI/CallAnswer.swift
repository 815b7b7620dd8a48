internal import EventJSON
internal import HTTPListener
internal import HTTPWire

/// What a call is answered with: JSON, readable from any origin, with the keys that Segment's libraries look for.
enum CallAnswer {
  private static let fields = [
    HTTPField("Content-Type", "application/json"), HTTPField("Access-Control-Allow-Origin", "*"),
    HTTPField("Access-Control-Expose-Headers", "Retry-After"),
  ]
  /// Rejections that are told one by one.
  private static let mostTold = 20

  static let success = HTTPAnswer(200, fields, body: Array(#"{"success":true}"#.utf8))

  static func success(without rejections: [(index: Int, reason: EventRejection)]) -> HTTPAnswer {
    let told = rejections.prefix(mostTold).map {
      #"{"index":\#($0.index),"code":\#(quoted($0.reason.code)),"message":\#(quoted("\($0.reason)"))}"#
    }
    return HTTPAnswer(
      200, fields,
      body: Array(
        #"{"success":true,"rejected":\#(rejections.count),"rejections":[\#(told.joined(separator: ","))]}"#
          .utf8))
  }

  /// The call's only event, or each of them, is none.
  static func rejected(_ reason: EventRejection) -> HTTPAnswer {
    let status = if case .tooLong = reason { 413 } else { 400 }
    return failure(status, reason.code, "\(reason)")
  }

  static func failure(
    _ status: Int, _ code: String, _ message: String, retryAfter: Int? = nil
  ) -> HTTPAnswer {
    var answer = HTTPAnswer(
      status, fields,
      body: Array(
        #"{"success":false,"code":\#(quoted(code)),"message":\#(quoted(message))}"#.utf8))
    if let retryAfter { answer.fields.append(HTTPField("Retry-After", "\(retryAfter)")) }
    return answer
  }

  static let unauthorized: HTTPAnswer = {
    var answer = failure(
      401, "unauthorized",
      "The write key is missing, not known, or its source is off. See: sealpost source list")
    answer.fields.append(HTTPField("WWW-Authenticate", #"Basic realm="sealpost", charset="UTF-8""#))
    return answer
  }()

  static let notFound = failure(
    404, "not_found",
    "There are /v1/identify, track, page, screen, group, alias, batch and import, with and without /v1."
  )

  static let methodNotAllowed: HTTPAnswer = {
    var answer = failure(405, "method_not_allowed", "Calls are sent by POST.")
    answer.fields.append(HTTPField("Allow", "POST, OPTIONS"))
    return answer
  }()

  /// What a browser asks before it sends JSON from another origin (Fetch, section 4.8).
  static let preflight: HTTPAnswer = HTTPAnswer(
    204,
    [
      HTTPField("Access-Control-Allow-Origin", "*"),
      HTTPField("Access-Control-Allow-Methods", "POST"),
      HTTPField(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Content-Encoding, X-Retry-Count"),
      HTTPField("Access-Control-Max-Age", "86400"),
    ])

  /// How the listener's own refusals look.
  static func refusal(_ status: Int, _ reason: String) -> HTTPAnswer {
    let code =
      switch status {
      case 408: "too_slow"
      case 413: "too_long"
      case 503: "unavailable"
      default: "bad_request"
      }
    return failure(status, code, reason)
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\u{0}"..."\u{1F}": out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
