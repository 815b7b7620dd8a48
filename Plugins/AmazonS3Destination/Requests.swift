internal import DestinationKit

/// The requests to a bucket, as Amazon S3's REST API has them; the host signs each.
struct Requests {
  let settings: Settings
  let unixNanoseconds: Int64

  /// `PUT` of a whole object.
  func put(_ key: String) -> HTTPRequest { request("PUT", key, fields: content + encryption) }

  /// Begins an object that goes in parts.
  func begin(_ key: String) -> HTTPRequest {
    request("POST", key, query: "uploads=", fields: content + encryption)
  }

  func part(_ number: Int, of key: String, upload: String) -> HTTPRequest {
    request("PUT", key, query: "partNumber=\(number)&uploadId=\(Self.encoded(upload))")
  }

  func complete(_ key: String, upload: String) -> HTTPRequest {
    request(
      "POST", key, query: "uploadId=\(Self.encoded(upload))",
      fields: [HTTPHeader("Content-Type", "application/xml")])
  }

  func abort(_ key: String, upload: String) -> HTTPRequest {
    request("DELETE", key, query: "uploadId=\(Self.encoded(upload))")
  }

  private func request(
    _ method: String, _ key: String, query: String = "", fields: [HTTPHeader] = []
  ) -> HTTPRequest {
    var headers = fields
    headers.append(HTTPHeader("X-Amz-Date", UTCTime(unixNanoseconds: unixNanoseconds).basicText))
    headers.append(HTTPHeader("X-Amz-Content-SHA256", "{{sha256}}"))
    if settings.hasSessionToken {
      headers.append(HTTPHeader("X-Amz-Security-Token", "{{secret:session_token}}"))
    }
    headers.append(
      HTTPHeader(
        "Authorization",
        "{{aws-sigv4:access_key_id:secret_access_key:\(settings.region):s3}}"))
    let url = "\(settings.url)/\(Self.encoded(key, alsoSlash: false))"
    return HTTPRequest(
      method, url: query.isEmpty ? url : "\(url)?\(query)", headers: headers,
      timeout: settings.timeout)
  }

  private var content: [HTTPHeader] { [HTTPHeader("Content-Type", "application/x-ndjson")] }

  private var encryption: [HTTPHeader] {
    guard settings.encryption != .bucket else { return [] }
    let name = "X-Amz-Server-Side-Encryption"
    let key = settings.encryption == .kms ? settings.kmsKey : nil
    return [HTTPHeader(name, settings.encryption.rawValue)]
      + (key.map { [HTTPHeader("\(name)-Aws-Kms-Key-Id", $0)] } ?? [])
  }

  /// The body that ends an object in parts.
  static func completion(_ tags: [String]) -> [UInt8] {
    let parts = tags.enumerated().map { index, tag in
      "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(tag)</ETag></Part>"
    }
    return Array(
      "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>".utf8)
  }

  /// The text of the first element of that name in an answer; nil where there is none.
  static func element(_ name: String, in body: [UInt8]) -> String? {
    let text = String(decoding: body, as: UTF8.self)
    let pieces = text.split(separator: "<\(name)>", maxSplits: 1, omittingEmptySubsequences: false)
    guard pieces.count == 2 else { return nil }
    return pieces[1].split(separator: "<", maxSplits: 1).first.map(String.init)
  }

  /// Percent-encoded but for unreserved characters (RFC 3986, section 2.3).
  private static func encoded(_ text: String, alsoSlash: Bool = true) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.append(byte)
      case UInt8(ascii: "/") where !alsoSlash: out.append(byte)
      default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
