import Foundation
import Testing
import Workbench

/// A workspace that is not eligible, or was edited by hand, on the executable.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct EligibilityCommandTests {
  private func enabled() throws -> Clinic {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    return clinic
  }

  private func delivered(_ clinic: Clinic) throws -> String {
    try clinic.folder.text("out.ndjson")
  }

  @Test func `a run in a workspace that is not eligible says so and withholds what is classified`()
    throws
  {
    let clinic = try enabled()
    try clinic.done("workspace", "set", "plan", "team")
    for _ in 0..<2 {
      let run = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
      #expect(run.code == 0)
      #expect(
        run.errors.contains(
          "warning: this workspace is not eligible: the plan team is not an eligible plan. Fields "
            + "classified red or yellow are left out wherever they would go in clear. "
            + "See: sealpost workspace set plan business"
        ), "\(run.errors)")
      #expect(run.errors.contains("0 values encrypted, 30 removed"))
    }
    let text = try delivered(clinic)
    #expect(text.contains("120.50") && !text.contains("canary") && !text.contains("email"))
    let status = try clinic.sealpost.json("status") as? [String: Any]
    #expect(status?["eligible"] as? Bool == false)
    #expect(
      try clinic.sealpost(
        "destination", "add", "more", "--adapter", "org.sealpost.ndjson-file", "--set", "path=x"
      ).code == 77)
    #expect(
      try clinic.sealpost("control", "set", "--destination", "file", "yellow=allow").code == 77)
    try clinic.done("workspace", "set", "plan", "business")
    let run = try clinic.done("run", "--from", "start", "--json").output
    #expect(run.contains("\"removed_values\": 0"))
  }

  @Test func `a run tells that the agreement is about to end`() throws {
    let clinic = try enabled()
    let day = String(Date(timeIntervalSinceNow: 3 * 86_400).ISO8601Format().prefix(10))
    try clinic.done(
      "workspace", "sign-baa", "--document", "baa.txt", "--signed-by", "Owner", "--on",
      "2026-01-02", "--expires", day)
    let run = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    #expect(run.code == 0)
    #expect(run.errors.contains("warning: the business associate agreement ends on \(day);"))
  }

  @Test func `a document edited by hand stops what rests on it, and an owner accepts it`() throws {
    let clinic = try enabled()
    try clinic.done("matcher", "add", "mrn", "--classification", "yellow")
    let path = clinic.folder.file("workspace/privacy.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("yellow", with: "green").write(
      toFile: path, atomically: false, encoding: .utf8)
    let run = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    #expect([69, 75].contains(run.code))
    #expect(run.errors.contains("privacy.json: it was changed outside the audit log"))
    #expect(run.errors.contains("or accept it: sealpost workspace reconcile privacy"))
    #expect(try clinic.sealpost("workspace", "verify").code == 1)
    #expect(try clinic.sealpost("workspace", "reconcile", "nonsense").code == 2)
    let accepted = try clinic.done("workspace", "reconcile", "privacy")
    #expect(accepted.errors.contains("Document privacy accepted as it is"))
    #expect(
      try clinic.done("workspace", "reconcile", "privacy").errors.contains("nothing to do"))
    #expect(try clinic.done("audit", "log").output.contains("Workspace Document Reconciled"))
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
  }

  @Test func `retention is lengthened and never below six years`() throws {
    let clinic = try Clinic()
    try clinic.done("workspace", "set", "audit_retention_years", "10")
    let shown = try clinic.sealpost.json("workspace", "show") as? [String: Any]
    #expect(shown?["audit_retention_years"] as? Int == 10)
    let refused = try clinic.sealpost("workspace", "set", "audit_retention_years", "5")
    #expect(refused.code == 2)
    #expect(refused.errors.contains("six years are the law's least (45 CFR 164.316(b)(2)(i))"))
    let log = try clinic.done("audit", "log", "--type", "workspace modified", "--json").output
    #expect(log.contains("audit_retention_years") && log.contains("denied"))
  }
}
