import Foundation
import Testing
import Workbench

/// Lists of products as their issuer and a workspace's owner meet them, on the executable.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ProductListTests {
  private func list(_ sequence: Int, eligible: Bool) -> String {
    """
    {"format":1,"issuer":"Office","sequence":\(sequence),"issued":"2026-01-02","expires":"2099-01-01",
    "entries":[{"id":"org.sealpost.ndjson-file","name":"File","vendor":"Sealpost","category":"Local output",
    "eligible":\(eligible),"as_of":"2026-01-01","source":"Office, memo \(sequence)"}]}
    """
  }

  @Test func `a list is signed, trusted, imported, and what it takes away does not run`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try clinic.folder.write("list.json", list(1, eligible: false))
    try clinic.done("adapter", "keygen", "--output", "list.key")
    try clinic.done("products", "sign", "list.json", "--key", "list.key")
    let stranger = try clinic.sealpost(
      "products", "import", "list.json", "--signature", "list.json.sig")
    #expect(stranger.code == 78)
    #expect(stranger.errors.contains("which is not trusted here"))
    try clinic.done("products", "trust", "add", "list.key.pub", "--name", "office")
    let imported = try clinic.done(
      "products", "import", "list.json", "--signature", "list.json.sig")
    #expect(imported.errors.contains("warning: stopped: product \"org.sealpost.ndjson-file\""))
    let run = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    #expect([69, 75].contains(run.code))
    #expect(run.errors.contains("is not eligible any more (list 1 of Office"))
    #expect(try clinic.done("audit", "log").output.contains("Eligible Product Revoked"))
    let shown = try clinic.sealpost.json("products", "show", "org.sealpost.ndjson-file")
    #expect((shown as? [String: Any])?["eligible"] as? Bool == false)
    let lists = try clinic.sealpost.json("products", "verify") as? [[String: Any]]
    #expect(lists?.map { $0["issuer"] as? String } == ["Sealpost", "Office"])
    try clinic.folder.write("list.json", list(2, eligible: true))
    try clinic.done("products", "sign", "list.json", "--key", "list.key")
    try clinic.done("products", "import", "list.json", "--signature", "list.json.sig")
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
  }

  @Test func `a list with mistakes is not signed, and all of them are told`() throws {
    let clinic = try Clinic(signed: false)
    try clinic.folder.write("list.json", "{\"format\":1,\"entries\":[{\"id\":\"x\"}]}")
    let refused = try clinic.sealpost("products", "sign", "list.json", "--key", "release.key")
    #expect(refused.code == 78)
    for word in ["issuer: it is missing", "entries[0].id: it is no product id", "entries[0].name"] {
      #expect(refused.errors.contains(word))
    }
  }

  @Test func `outside a workspace the shipped list is shown and verified`() throws {
    let sealpost = Sealpost(folder: try Scratch())
    #expect(try sealpost("products", "verify").code == 0)
    #expect(
      try sealpost("products", "list", "--eligible", "--csv").output.contains("com.twilio.studio"))
  }

  @Test func `a token stands in for a session, and its file is made once`() throws {
    let clinic = try Clinic()
    try clinic.done(
      "token", "create", "--role", "viewer", "--expires-in", "1", "--output", "v.token")
    #expect(try mode(of: clinic.folder.file("v.token")) == 0o600)
    #expect(try clinic.sealpost("token", "create", "--role", "viewer").code == 2)
    #expect(
      try clinic.sealpost("token", "create", "--role", "viewer", "--output", "v.token").code == 73)
    try clinic.done("logout")
    #expect(try clinic.sealpost("destination", "list").code == 77)
    try clinic.done("destination", "list", "--token-file", "v.token")
    let refused = try clinic.sealpost(
      "matcher", "add", "mrn", "--classification", "yellow", "--token-file", "v.token")
    #expect(refused.code == 77)
    #expect(refused.errors.contains("viewer, and \"matcher add\" needs the role editor"))
  }

  @Test(.enabled(if: Sealpost.hasPython, "python3 is absent"))
  func `a password is asked for on a terminal and not shown`() throws {
    let clinic = try Clinic(signed: false)
    try clinic.done("logout")
    let program = """
      import os, pty, sys
      pid, master = pty.fork()
      if pid == 0:
          os.execv(sys.argv[1], [sys.argv[1], "login", "owner@example.com"])
      out = b""
      while b"Password: " not in out: out += os.read(master, 1024)
      os.write(master, b"correct horse battery\\n")
      while True:
          try: piece = os.read(master, 1024)
          except OSError: break
          if not piece: break
          out += piece
      sys.stdout.write(out.decode())
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """
    let outcome = try Sealpost.run(
      "python3", ["-c", program, Sealpost.executable], in: clinic.folder.path)
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("Logged in.") && !outcome.output.contains("horse"))
    try clinic.done("destination", "list")
  }
}
