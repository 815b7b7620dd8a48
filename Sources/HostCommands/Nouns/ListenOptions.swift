internal import DestinationHost
internal import HTTPListener
internal import TrackingAPI

/// Where `run` takes calls of the Tracking API.
enum ListenOptions {
  static let listen = Option.repeated(
    "listen", "ADDR:PORT",
    "Take calls of the Segment Tracking API: 127.0.0.1:8080, [::1]:8080 or unix:/PATH; repeatable")
  private static let certificate = Option.value(
    "tls-certificate", "F", "The server's certificate chain in PEM; read again when it changes")
  private static let key = Option.value("tls-key", "F", "Its key in PEM, mode 0600")
  private static let proxy = Option.repeated(
    "trusted-proxy", "NETWORK",
    "Believe its X-Forwarded-For: 10.0.0.0/8, 192.0.2.7, or unix for the Unix socket; repeatable")

  static let all = [listen, certificate, key, proxy]

  /// Nil without `--listen`.
  static func settings(_ invocation: Invocation) throws -> HTTPSourceSettings? {
    let arguments = invocation.arguments
    guard arguments.isGiven(listen) else {
      for option in [certificate, key, proxy] where arguments.isGiven(option) {
        throw usage(option, "nothing listens", "Add \(listen.usage), or leave it out.", invocation)
      }
      return nil
    }
    var settings = HTTPSourceSettings(
      try arguments.all(listen).map { try address($0, invocation) })
    settings.certificate = try files(invocation)
    for text in arguments.all(proxy) {
      guard settings.proxies.add(text) else {
        throw usage(
          proxy, "\(Printable.short(text)) is no network", "Say 10.0.0.0/8 or 192.0.2.7.",
          invocation)
      }
    }
    return settings
  }

  /// What is said at each run: events that others on the way can read.
  static func warning(_ settings: HTTPSourceSettings) -> String? {
    let open = settings.addresses.filter { !$0.isLocal }
    guard settings.certificate == nil, let first = open.first else { return nil }
    return
      "\(first) can be reached from outside, without TLS: write keys and events can be read on "
      + "their way. Add \(certificate.usage) \(key.usage), or see that a proxy on this machine does it."
  }

  private static func address(
    _ text: String, _ invocation: Invocation
  ) throws -> ListenAddress {
    guard let address = ListenAddress(text) else {
      throw usage(
        listen, "\(Printable.short(text)) is no address",
        "Say 127.0.0.1:8080, [::1]:8080 or unix:/run/sealpost.sock.", invocation)
    }
    return address
  }

  private static func files(_ invocation: Invocation) throws -> CertificateFiles? {
    switch (invocation.arguments[certificate], invocation.arguments[key]) {
    case (nil, nil): return nil
    case (let chain?, let key?): return CertificateFiles(certificatePath: chain, keyPath: key)
    case (nil, _):
      throw usage(key, "it needs a certificate", "Add \(certificate.usage).", invocation)
    case (_, nil):
      throw usage(certificate, "it needs its key", "Add \(key.usage).", invocation)
    }
  }

  private static func usage(
    _ option: Option, _ why: String, _ mend: String, _ invocation: Invocation
  ) -> CommandError {
    .usage("option \"\(option.typed)\"", invocation.command.name, why, mend)
  }
}
