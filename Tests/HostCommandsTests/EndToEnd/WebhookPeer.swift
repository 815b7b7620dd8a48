import Foundation
import Workbench

/// `Tests/Fixtures/HTTPPeer/peer.py` as the receiver of a webhook: answers as it is told, writes down what it got.
struct WebhookPeer {
  private let process: PeerProcess

  struct Request: Decodable {
    let method: String?
    let target: String
    let headers: [String: String]?
    let body: String?
    let connection: Int?

    /// The events of a body that is an array.
    var events: [[String: Any]] {
      let list = try? JSONSerialization.jsonObject(with: Data((body ?? "").utf8))
      return list as? [[String: Any]] ?? []
    }

    var ids: [String] { events.compactMap { $0["messageId"] as? String } }
  }

  /// `steps` are those of each of `paths`; `certificate` makes it speak TLS.
  init(_ steps: String, paths: [String], certificate: String? = nil) throws {
    let plan = paths.map { #""\#($0)":\#(steps),"# }.joined()
    process = try PeerProcess(
      "HTTPPeer/peer.py", #"{\#(plan)"/moved":[{}]}"#, certificate: certificate)
  }

  init(_ steps: String, path: String = "/in", certificate: String? = nil) throws {
    try self.init(steps, paths: [path], certificate: certificate)
  }

  var port: Int { Int(process.port) }

  var requests: [Request] { process.seen() }
}

extension Clinic {
  /// Installs the webhook's adapter and adds the destination `hook`, enabled, that posts to the peer.
  func addHook(
    _ peer: WebhookPeer, scheme: String = "http", path: String = "/in", allowed: Bool = true,
    _ words: String...
  ) throws {
    try allowHook()
    try done(
      "adapter", "install", "--approve",
      package("WebhookDestination", manifest: "Plugins/WebhookDestination/adapter.json"))
    let allowance = [
      "--set", "host.allow_private_addresses=true", "--set", "host.allow_plain_http=true",
    ]
    let outcome = try sealpost(
      [
        "destination", "add", "hook", "--adapter", "org.sealpost.webhook", "--set",
        "url=\(scheme)://127.0.0.1:\(peer.port)\(path)",
      ] + (allowed ? allowance : []) + words)
    guard outcome.code == 0 else { throw Sealpost.Failure(outcome: outcome) }
    try done("destination", "enable", "hook")
  }

  /// A webhook leads to whatever service the operator names, so no list can call it eligible: the owner does.
  func allowHook() throws {
    try folder.write("evidence.txt", "The receiver is the clinic's own.\n")
    try done("products", "allow", "org.sealpost.webhook", "--evidence", "evidence.txt")
  }

  /// What became of the events, by destination `hook`'s counts.
  func deliver(_ events: String = Clinic.events) throws -> (
    code: Int32, delivered: Int, dead: [String: Int], requests: [String: Any]?, errors: String
  ) {
    let run = try sealpost(["run", "--json"], input: events)
    let summary = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    let hook = (summary?["destinations"] as? [[String: Any]])?.first
    return (
      run.code, hook?["delivered"] as? Int ?? -1, hook?["dead_letters"] as? [String: Int] ?? [:],
      hook?["requests"] as? [String: Any], run.errors
    )
  }
}
