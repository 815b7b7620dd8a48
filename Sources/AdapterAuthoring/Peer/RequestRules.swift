internal import AdapterLoading
internal import Foundation

/// What a host lets through: requests to the hosts that the manifest names, with marks of secrets that it names.
struct RequestRules: Sendable {
  /// `name` or `name:port`.
  private let hosts: Set<String>
  private let secrets: Set<String>

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
      let parts = mark.1.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard mark.2 == "}}", let names = RequestRules.secrets(in: parts) else {
        return .failure(.invalid, "a mark of a secret is malformed.")
      }
      guard names.allSatisfy(secrets.contains) else {
        return .failure(
          .refused, "adapter.json does not name this secret under permissions.http_secrets.")
      }
    }
    return nil
  }

  /// The secrets that a mark names; nil where it is none of the host's marks.
  private static func secrets(in mark: [String]) -> [String]? {
    switch (mark[0], mark.count) {
    case ("sha256", 1): []
    case ("secret", 2), ("json", 2), ("hmac-sha256", 4...): [mark[1]]
    case ("basic", 3): mark.dropFirst().filter { !$0.isEmpty }
    case ("aws-sigv4", 5): [mark[1], mark[2]]
    default: nil
    }
  }

  private static func host(of url: String) -> String? {
    guard let match = url.firstMatch(of: #/^https?:\/\/([^\/?#]+)/#) else { return nil }
    return match.1.lowercased()
  }
}

extension Array {
  fileprivate func appending(_ more: [Element]) -> [Element] { self + more }
}
