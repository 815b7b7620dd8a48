import Testing

@testable import HTTPWire

@Suite struct URLTests {
  @Test(arguments: [
    ("https://example.com", "https://example.com:443", "example.com", "/"),
    ("HTTPS://Example.COM/A?b=C#d", "https://example.com:443", "example.com", "/A?b=C"),
    ("http://example.com:8080?q", "http://example.com:8080", "example.com:8080", "/?q"),
    ("http://127.0.0.1:80/", "http://127.0.0.1:80", "127.0.0.1", "/"),
    ("https://[::1]:8443/x", "https://[::1]:8443", "[::1]:8443", "/x"),
    ("https://[2001:DB8::1]", "https://[2001:db8::1]:443", "[2001:db8::1]", "/"),
    ("https://a-b.example:443/", "https://a-b.example:443", "a-b.example", "/"),
    ("https://1password.example/", "https://1password.example:443", "1password.example", "/"),
  ])
  func `a URL has its parts`(text: String, origin: String, authority: String, target: String) throws
  {
    let url = try HTTPURL(text)
    #expect(url.origin == origin)
    #expect(url.authority == authority)
    #expect(url.target == target)
  }

  @Test(arguments: [
    "", "example.com", "ftp://example.com", "https:/example.com", "https://", "https:///a",
    "https://user@example.com", "https://user:word@example.com/",
    "https://example.com@evil.example",
    "https://exa mple.com", "https://example.com/a b", "https://example.com/\r\nX: 1",
    "https://example.com/é", "https://bücher.example", "https://example.com:0",
    "https://example.com:",
    "https://example.com:65536", "https://example.com:8o", "https://example.com:080000",
    "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/",
    "https://127.0.0.01/", "https://127.0.0.1./", "https://1.2.3.4.5/", "https://256.1.1.1/",
    "https://example.com./", "https://.example.com", "https://a..b", "https://-a.example",
    "https://a-.example", "https://a_b.example", "https://a\\b",
    "https://example.com\\@evil.example",
    "https://[::1", "https://[::1]x", "https://[]", "https://[1]", "https://[fe80::1%25eth0]",
    "https://[v1.x:y]", "https://example.com/{x}",
    "https://\(String(repeating: "a", count: 64)).example",
    "javascript:alert(1)", "https://example.com/\u{0}",
  ])
  func `what is no plain URL is refused`(text: String) {
    #expect(throws: URLProblem.self) { try HTTPURL(text) }
  }

  @Test(arguments: [
    ("/x", "https://a.example:8443/x"), ("x", "https://a.example:8443/b/x"),
    ("../x?y", "https://a.example:8443/x?y"), ("../../../x", "https://a.example:8443/x"),
    ("./", "https://a.example:8443/b/"), ("..", "https://a.example:8443/"),
    ("?z", "https://a.example:8443/b/c?z"), ("", "https://a.example:8443/b/c?d"),
    ("//b.example/q", "https://b.example:443/q"), ("http://b.example", "http://b.example:80/"),
    ("HTTPS://B.example/%2e", "https://b.example:443/%2e"),
    ("/a?b=../c", "https://a.example:8443/a?b=../c"),
  ])
  func `a reference leads where RFC 3986 says`(reference: String, expected: String) throws {
    let url = try HTTPURL("https://a.example:8443/b/c?d").resolving(reference)
    #expect(url.origin + url.target == expected)
  }

  @Test(arguments: ["javascript:x", "file:///etc/passwd", "//user@b.example", "a b", "https://"])
  func `a reference to another scheme, or to no URL, is refused`(reference: String) throws {
    let url = try HTTPURL("https://a.example/")
    #expect(throws: URLProblem.self) { try url.resolving(reference) }
  }
}
