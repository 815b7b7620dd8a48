internal import Cryptography
internal import HTTPWire

/// Signs a request as AWS asks for it, Signature Version 4: HMAC-SHA256 over method, path, query, header fields and the
/// body's digest.
///
/// Signed are Host and every field that the adapter wrote but Authorization. Source: AWS General Reference, "Create a
/// signed AWS API request"; Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header".
struct AWSSignature {
  /// Of the operator's.
  let accessKey: [UInt8]
  let secretKey: [UInt8]
  let region: String
  let service: String

  private static let algorithm = "AWS4-HMAC-SHA256"

  /// The value of Authorization; throws `invalid` for a request without `X-Amz-Date`.
  func authorization(
    _ method: String, _ url: HTTPURL, _ fields: [HTTPField], body: ArraySlice<UInt8>
  ) throws(EgressFailure) -> String {
    guard let time = fields.first(where: { HTTPFields.isSame($0.name, "x-amz-date") })?.value,
      time.wholeMatch(of: #/[0-9]{8}T[0-9]{6}Z/#) != nil
    else {
      throw EgressFailure(
        .invalid, "a request to be signed for AWS needs X-Amz-Date, such as 20261125T123000Z")
    }
    let signed = Self.canonical(fields + [HTTPField("Host", url.authority)])
    let names = signed.map(\.name).joined(separator: ";")
    let digest =
      signed.first { $0.name == "x-amz-content-sha256" }?.value ?? Self.digest(body)
    let request = [
      method, path(of: url), Self.query(of: url),
      signed.map { "\($0.name):\($0.value)\n" }.joined(), names, digest,
    ].joined(separator: "\n")
    let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
    let text = [Self.algorithm, time, scope, Self.digest(Array(request.utf8)[...])]
      .joined(separator: "\n")
    let signature = try mac(try key(day: String(time.prefix(8))), text)
    return "\(Self.algorithm) Credential=\(String(decoding: accessKey, as: UTF8.self))/\(scope), "
      + "SignedHeaders=\(names), Signature=\(Hexadecimal.text(signature))"
  }

  /// Of the bytes, in hexadecimal digits.
  static func digest(_ bytes: ArraySlice<UInt8>) -> String {
    unsafe SHA256.hash(bytes.span.bytes).hex
  }

  // MARK: - The canonical form

  /// Names in lower case, sorted; spaces within values made one; Authorization left out.
  private static func canonical(_ fields: [HTTPField]) -> [(name: String, value: String)] {
    fields.filter { !HTTPFields.isSame($0.name, "authorization") }
      .map { ($0.name.lowercased(), $0.value.split(separator: " ").joined(separator: " ")) }
      .sorted { $0.0 < $1.0 }
  }

  /// S3 takes the path as it goes over the wire; every other service takes it encoded once more.
  private func path(of url: HTTPURL) -> String {
    let path = url.target.prefix { $0 != "?" }
    guard service != "s3" else { return String(path) }
    return PercentEncoding.path(Array(path.utf8))
  }

  /// Sorted, each name with its value even where that is empty.
  private static func query(of url: HTTPURL) -> String {
    guard let mark = url.target.firstIndex(of: "?") else { return "" }
    return url.target[url.target.index(after: mark)...].split(separator: "&")
      .map { $0.contains("=") ? String($0) : "\($0)=" }
      .sorted().joined(separator: "&")
  }

  // MARK: - Keys

  private func key(day: String) throws(EgressFailure) -> [UInt8] {
    var key = Array("AWS4".utf8) + secretKey
    for word in [day, region, service, "aws4_request"] { key = try mac(key, word) }
    return key
  }

  private func mac(_ key: [UInt8], _ text: String) throws(EgressFailure) -> [UInt8] {
    do throws(CryptographyError) {
      var mac = try unsafe HMACSHA256(key: SecretBytes(copying: key.span.bytes))
      let bytes = Array(text.utf8)
      return unsafe mac.authenticate(bytes.span.bytes)
    } catch { throw EgressFailure(.unavailable, "\(error)") }
  }
}

/// Bytes as digits.
enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Bytes in a URL (RFC 3986, section 2.1).
enum PercentEncoding {
  /// All but unreserved characters and slashes.
  static func path(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let isPlain =
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
        || "-._~/".utf8.contains(byte)
      if isPlain { return String(UnicodeScalar(byte)) }
      return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}
