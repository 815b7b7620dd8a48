internal import AdapterLoading
internal import Foundation

/// What a host lets through: requests to the hosts that the manifest names, with marks of secrets that it names.
struct RequestRules: Sendable {
  /// `name` or `name:port`.
  private let hosts: Set<String>
  private let secrets: Set<String>
  /// Each `host:port`.
  private let targets: Set<String>

  init(_ manifest: AdapterManifest, settings: [String: JSONDocument]) {
    hosts = Set(
      manifest.permissions.http.compactMap { permission in
        let prefix = "$settings."
        guard permission.hasPrefix(prefix) else { return permission }
        guard case .text(let url)? = settings[String(permission.dropFirst(prefix.count))] else {
          return nil
        }
        return RequestRules.host(of: url)
      })
    secrets = Set(manifest.permissions.httpSecrets)
    targets = Set(
      manifest.permissions.network.compactMap { permission in
        let prefix = "$settings."
        guard permission.hasPrefix(prefix) else { return permission }
        guard case .text(let pair)? = settings[String(permission.dropFirst(prefix.count))] else {
          return nil
        }
        return pair.lowercased()
      })
  }

  /// Whether a host would connect there.
  func allowsConnection(to host: String, port: UInt16) -> Bool {
    targets.contains("\(host.lowercased()):\(port)")
      || targets.contains("[\(host.lowercased())]:\(port)")
  }

  /// Why a host would not send it; nil where it would.
  func refusal(of call: HTTPCall) -> HTTPAnswer? {
    guard call.method.wholeMatch(of: #/[A-Z]{1,16}/#) != nil,
      let host = RequestRules.host(of: call.url)
    else { return .failure(.invalid, "the method or the URL is none.") }
    guard hosts.contains(host) || hosts.contains(String(host.prefix { $0 != ":" })) else {
      return .failure(
        .refused, "adapter.json does not name this host under permissions.http.")
    }
    return [call.url].appending(call.headers.map(\.value)).lazy.compactMap(markProblem).first
  }

  private func markProblem(_ text: String) -> HTTPAnswer? {
    for mark in text.matches(of: #/\{\{(.*?)(\}\}|$)/#) {
      guard mark.2 == "}}", let named = RequestRules.secrets(of: mark.1) else {
        return .failure(.invalid, "a mark of a secret is malformed.")
      }
      guard secrets.isSuperset(of: named) else {
        return .failure(
          .refused, "adapter.json does not name this secret under permissions.http_secrets.")
      }
    }
    return nil
  }

  /// The secrets that a mark asks for, after `destination_adapter.h`; nil for one that is none.
  private static func secrets(of mark: Substring) -> [String]? {
    let parts = mark.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count) {
    case ("secret", 2), ("json", 2): return [parts[1]]
    case ("hmac-sha256", 4...) where ["hex", "base64"].contains(parts[2]): return [parts[1]]
    case ("basic", 3): return parts[1...].filter { !$0.isEmpty }
    case ("sha256", 1), ("gzip", 1): return []
    case ("aws-sigv4", 5): return [parts[1], parts[2]]
    default: return nil
    }
  }

  private static func host(of url: String) -> String? {
    guard let match = url.firstMatch(of: #/^https?:\/\/([A-Za-z0-9.-]+(?::[0-9]+)?)(?:[\/?#]|$)/#)
    else { return nil }
    return match.1.lowercased()
  }
}

extension Array {
  fileprivate func appending(_ more: [Element]) -> [Element] { self + more }
}
