import Testing

@testable import AdapterAuthoring
@testable import AdapterLoading

/// The scripted peer lets through what a host lets through.
@Suite struct RequestRulesTests {
  private static func refusal(
    url: String = "https://api.example.com/v1", method: String = "POST", header: String = ""
  ) throws -> HTTPAnswer.Failure? {
    let manifest = try AdapterManifest(
      json: Array(
        #"""
        {"format":1,"product":"com.example.crm","version":"1.0.0","display_name":"CRM",
        "abi":{"major":1,"minor":0},"library":"libcrm.so","event_types":["track"],
        "permissions":{"http":["api.example.com","$settings.url"],"http_secrets":["a","b"]}}
        """#.utf8), path: "adapter.json")
    let rules = RequestRules(manifest, settings: ["url": .text("https://hooks.example.com:8443/x")])
    let call = HTTPCall(
      method: method, url: url, headers: [.init(name: "X", value: header)], body: [], timeout: nil)
    guard case .failure(let failure, _)? = rules.refusal(of: call) else { return nil }
    return failure
  }

  @Test(arguments: [
    "https://api.example.com/v1", "https://API.example.com/v1?a=b", "https://api.example.com",
    "https://hooks.example.com:8443/y",
  ])
  func `hosts that the manifest names are reached`(url: String) throws {
    #expect(try Self.refusal(url: url) == nil)
  }

  @Test(arguments: [
    "https://other.example.com/", "https://hooks.example.com/y",
    "https://api.example.com.evil.org/",
  ])
  func `other hosts are refused`(url: String) throws {
    #expect(try Self.refusal(url: url) == .refused)
  }

  @Test(arguments: [
    "", "ftp://api.example.com/", "api.example.com", "https://",
    "https://api.example.com@evil.org/",
    "https://api.example.com:x@evil.org/",
  ])
  func `what is no URL is invalid`(url: String) throws {
    #expect(try Self.refusal(url: url) == .invalid)
  }

  @Test(arguments: [
    "Bearer {{secret:a}}", "{{hmac-sha256:b:hex:1.}}", "{{hmac-sha256:b:base64:x:y}}", "{{sha256}}",
    "Basic {{basic:a:}}", "Basic {{basic:a:b}}", "{{aws-sigv4:a:b:eu-west-1:s3}}",
  ])
  func `marks of secrets that the manifest names are let through`(header: String) throws {
    #expect(try Self.refusal(header: header) == nil)
  }

  @Test(arguments: [
    "{{secret:c}}", "{{basic:a:c}}", "{{aws-sigv4:a:c:eu-west-1:s3}}", "{{hmac-sha256:c:hex:}}",
  ])
  func `marks of other secrets are refused`(header: String) throws {
    #expect(try Self.refusal(header: header) == .refused)
  }

  @Test(arguments: [
    "{{", "{{secret}}", "{{secret:a", "{{env:PATH}}", "{{hmac-sha256:b:raw:}}", "{{}}",
  ])
  func `other marks are invalid`(header: String) throws {
    #expect(try Self.refusal(header: header) == .invalid)
  }

  @Test(arguments: ["", "post", "PO ST", "POST\r\nX: y"])
  func `what is no method is invalid`(method: String) throws {
    #expect(try Self.refusal(method: method) == .invalid)
  }
}
