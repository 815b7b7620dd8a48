import Foundation
import Workbench

/// rsyslogd (Debian's package `rsyslog`, with `rsyslog-openssl` for TLS), which writes what it gets to a file.
final class Rsyslog {
  static let isThere = [
    "/usr/sbin/rsyslogd", "/usr/lib/\(machine)-linux-gnu/rsyslog/lmnsd_ossl.so",
  ].allSatisfy { FileManager.default.fileExists(atPath: $0) }

  #if arch(x86_64)
    private static let machine = "x86_64"
  #else
    private static let machine = "aarch64"
  #endif

  let port: Int
  private let process = Process()
  private let folder: Scratch

  /// One message, as rsyslog took it apart.
  struct Message: Decodable {
    let facility: String
    let severity: String
    let time: String
    let host: String
    let app: String
    let id: String
    let data: String
    let text: String
  }

  /// Listens on a port of its own, with TLS or without.
  init(isSecure: Bool, maximumMessage: String = "64k") throws {
    folder = try Scratch()
    let certificates = try Certificates.shared.get()
    port = try Self.freePort()
    // Each part as JSON has it, so that every byte can be compared.
    let parts = [
      ("facility", "syslogfacility-text"), ("severity", "syslogseverity-text"),
      ("time", "timereported\" dateFormat=\"rfc3339"), ("host", "hostname"), ("app", "app-name"),
      ("id", "msgid"), ("data", "structured-data"), ("text", "msg"),
    ]
    let properties = parts.enumerated().map { index, part in
      #"constant(value="\#(index == 0 ? "{" : ",")\"\#(part.0)\":\"") property(name="\#(part.1)" format="json") constant(value="\"")"#
    }
    let driver =
      isSecure
      ? #" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon""# : ""
    try folder.write(
      "rsyslog.conf",
      """
      global(workDirectory="\(folder.path)" maxMessageSize="\(maximumMessage)" parser.escapeControlCharactersOnReceive="off"
             defaultNetstreamDriverCAFile="\(certificates.root)"
             defaultNetstreamDriverCertFile="\(certificates.certificate("good"))"
             defaultNetstreamDriverKeyFile="\(certificates.key("good"))")
      module(load="imtcp"\(driver))
      template(name="line" type="list") {
        \(properties.joined(separator: "\n  "))
        constant(value="}\\n")
      }
      input(type="imtcp" address="127.0.0.1" port="\(port)")
      action(type="omfile" file="\(folder.file("out"))" template="line")

      """)
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/rsyslogd")
    process.arguments = [
      "-n", "-iNONE", "-f", folder.file("rsyslog.conf"),
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try waitUntilItListens()
  }

  deinit { kill(process.processIdentifier, SIGKILL) }

  /// What it has written, once there are that many messages.
  func messages(_ count: Int) throws -> [Message] {
    var lines: [Substring] = []
    for _ in 0..<500 where lines.count < count {
      Thread.sleep(forTimeInterval: 0.01)
      let text = (try? folder.text("out")) ?? ""
      lines = text.split(separator: "\n")
    }
    return try lines.map { try JSONDecoder().decode(Message.self, from: Data($0.utf8)) }
  }

  private static func freePort() throws -> Int {
    let found = try Sealpost.run(
      "python3",
      [
        "-c",
        "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\nprint(s.getsockname()[1])",
      ])
    return Int(found.output.filter(\.isNumber)) ?? 0
  }

  private func waitUntilItListens() throws {
    let program = """
      import socket, sys, time
      for _ in range(200):
          try:
              socket.create_connection(("127.0.0.1", \(port))).close()
              sys.exit(0)
          except OSError:
              time.sleep(0.02)
      sys.exit(1)
      """
    guard try Sealpost.run("python3", ["-c", program]).code == 0 else { throw NotListening() }
  }

  struct NotListening: Error {}
}
