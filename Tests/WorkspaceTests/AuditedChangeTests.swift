import AuditLog
import Cryptography
import Eligibility
import Foundation
import Privacy
import Testing
import Workspace

@Suite struct AuditedChangeTests {
  @Test func `a change is an intent and an outcome with the document's digests`() throws {
    let test = try TestWorkspace()
    let before = SHA256.hash(Array(try test.text("workspace.json").utf8))
    try test.workspace.setPlan(.team, addon: true, as: "ben@clinic.example")
    let after = SHA256.hash(Array(try test.text("workspace.json").utf8))
    let records = try test.records(of: "workspace").suffix(2)
    #expect(records.map(\.outcome) == [.intent, .ok])
    #expect(records.allSatisfy { $0.actor == "ben@clinic.example" })
    #expect(records.allSatisfy { $0.before == before && $0.after == after })
    #expect(Set(records.map(\.requestID)).count == 1)
    #expect(
      records.last?.entry.changes == [
        AuditChange(setting: "addon", old: "false", new: "true"),
        AuditChange(setting: "plan", old: "business", new: "team"),
      ])
  }

  @Test func `a refused change is recorded as denied with its reason`() throws {
    let test = try TestWorkspace.withDestination()
    let reason = "destination \"other\": there is none of that id. See: sealpost destination list"
    #expect(errorText { try test.workspace.enableDestination("other") } == reason)
    let record = try #require(try test.records(of: "destination/other").last)
    #expect(record.outcome == .denied)
    #expect(record.type == .destinationEnabled)
    #expect(record.entry.changes == [AuditChange(setting: "reason", old: "", new: reason)])
  }

  @Test func `a failed write is recorded as failed and changes nothing`() throws {
    let test = try TestWorkspace.withDestination()
    let before = try test.text("destinations/files.json")
    // A file in the way of the folder for its secrets: so it fails for root too.
    try test.write("secrets/files", [])
    let text = errorText { try test.workspace.setDestination("files", secrets: ["a": [1]]) }
    #expect(text.hasPrefix("file failed, \(test.path)/secrets/files/"), "\(text)")
    let records = try test.records(of: "destination/files").suffix(2)
    #expect(records.map(\.outcome) == [.intent, .failed])
    #expect(records.last?.after == SHA256.hash(Array(before.utf8)))
    #expect(records.last?.entry.changes.last?.new == text)
    #expect(try test.text("destinations/files.json") == before)
    #expect(try test.reopened().damage.isEmpty)
  }

  @Test func `nothing is changed when the log cannot be written`() throws {
    let test = try TestWorkspace()
    let before = try test.text("workspace.json")
    try test.write("audit/audit-000001.jsonl", Array("{}\n".utf8))
    #expect(errorText { try test.workspace.setPlan(.free, addon: false) }.contains("audit log"))
    #expect(try test.text("workspace.json") == before)
  }

  @Test func `a crash between intent and outcome is settled by the digests`() throws {
    for applied in [true, false] {
      let test = try TestWorkspace.withDestination()
      let old = Array(try test.text("destinations/files.json").utf8)
      let new = Array(
        try test.text("destinations/files.json")
          .replacingOccurrences(of: "/var/out.ndjson", with: "/var/new.ndjson").utf8)
      try test.workspace.audit.append(
        AuditEntry(
          actor: "ana@clinic.example", type: .destinationModified, outcome: .intent,
          requestID: "r1", object: "destination/files", before: SHA256.hash(old),
          after: SHA256.hash(new)))
      if applied { try test.write("destinations/files.json", new) }
      let workspace = try test.reopened()
      #expect(try workspace.destination("files").quarantine == nil)
      let record = try #require(try test.records(of: "destination/files").last)
      #expect(record.requestID == "r1")
      #expect(record.outcome == (applied ? .ok : .failed))
      #expect(record.after == SHA256.hash(applied ? new : old))
      try workspace.disableDestination("files")
    }
  }

  @Test func `an intent with neither digest on the disk leaves a quarantined destination`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.audit.append(
      AuditEntry(
        actor: "a@b", type: .destinationModified, outcome: .intent, requestID: "r1",
        object: "destination/files",
        before: SHA256.hash(Array(try test.text("destinations/files.json").utf8)),
        after: SHA256.hash([1])))
    try test.edit("destinations/files.json", "/var/out", "/var/elsewhere")
    #expect(try test.reopened().destination("files").quarantine != nil)
  }

  @Test func `a destination edited by hand is quarantined until it is reconciled`() throws {
    let test = try TestWorkspace.withDestination()
    try test.edit("destinations/files.json", "/var/out", "/var/elsewhere")
    let workspace = try test.reopened()
    let file = test.path + "/destinations/files.json"
    let text =
      "document refused, \(file): it was changed outside the audit log. Put back what was there, "
      + "or accept it: sealpost destination reconcile files"
    #expect(try workspace.destination("files").quarantine == text)
    #expect(errorText { try workspace.enableDestination("files") } == text)
    #expect(try workspace.reconcile("destination/files"))
    #expect(try !workspace.reconcile("destination/files"))
    #expect(try workspace.destination("files").quarantine == nil)
    #expect(
      try workspace.destination("files").settings["path"] == .string("/var/elsewhere.ndjson"))
    try workspace.enableDestination("files")
  }

  @Test func `a plan raised by hand opens nothing`() throws {
    let test = try TestWorkspace(plan: .free)
    try test.edit("workspace.json", #""free""#, #""business""#)
    let workspace = try test.reopened()
    let decision = workspace.decide(product: TestWorkspace.product)
    #expect(!decision.allowed)
    #expect(
      decision.reason == "\(test.path)/workspace.json was changed outside the audit log")
    #expect(!workspace.eligibility().isEligible)
  }

  @Test func `a destination that vanished is found`() throws {
    let test = try TestWorkspace.withDestination()
    try FileManager.default.removeItem(atPath: test.path + "/destinations/files.json")
    let workspace = try test.reopened()
    #expect(workspace.damage.count == 1)
    try workspace.reconcile("destination/files")
    #expect(workspace.damage.isEmpty)
    try workspace.addDestination("files", adapter: TestWorkspace.product)
  }

  @Test func `a document that came without the log is not taken`() throws {
    let test = try TestWorkspace.withDestination()
    let copy = try test.text("destinations/files.json")
      .replacingOccurrences(of: "\"files\"", with: "\"copy\"")
    try test.write("destinations/copy.json", copy.utf8)
    #expect(try test.reopened().destination("copy").quarantine != nil)
  }
}
