import AdapterLoading
import Foundation
import Synchronization
import Testing
import Workbench

@testable import HostCommands

/// Objects in a bucket, held by moto's server, which is the store's other side and reads signatures' form.
@Suite(
  .enabled(
    if: Sealpost.isBuilt && Moto.isThere,
    "needs sealpost beside the tests, and moto with its server for python3"),
  .serialized)
struct AmazonS3Tests {
  /// A clinic with the destination `hook` that puts objects into the bucket.
  private func clinic(_ moto: Moto, _ words: String...) throws -> Clinic {
    let clinic = try Clinic()
    try clinic.folder.write("id", "testing-id\n")
    try clinic.folder.write("key", "hush-key\n")
    try clinic.install("AmazonS3Destination", product: "org.sealpost.amazon-s3")
    try clinic.addDestination(
      "org.sealpost.amazon-s3",
      [
        "--set", "url=\(moto.url)/clinic", "--set-secret", "access_key_id=@id", "--set-secret",
        "secret_access_key=@key",
      ] + words)
    return clinic
  }

  @Test func `a batch becomes one object of lines in its day's partition`() throws {
    let moto = try Moto()
    let clinic = try clinic(
      moto, "--set", "server_side_encryption=AES256", "--set", "prefix=/raw//events/")
    let run = try clinic.deliver()
    #expect(run.code == 0 && run.delivered == 30, "\(run.errors)")
    let objects = try moto.objects()
    #expect(objects.count == 1)
    let object = try #require(objects.first)
    #expect(
      object.key.wholeMatch(
        of: #/raw/events/date=20\d\d-\d\d-\d\d/\d{8}T\d{6}Z-[0-9a-f]{16}\.ndjson/#) != nil)
    #expect(object.body == Clinic.events)
    #expect(object.encryption == "AES256" && object.type == "application/x-ndjson")
    #expect(object.tag.contains("-") == false)
    let log = try clinic.done("audit", "log", "--json").output
    #expect(!log.contains("hush") && !run.errors.contains("hush"))
  }

  @Test func `an object of more than 8 MiB goes in parts and is whole`() throws {
    let moto = try Moto()
    let worker = try LargeBatch.worker(
      #"{"url":"\#(moto.url)/clinic","partition":"hour","server_side_encryption":"aws:kms","kms_key_id":"alias/clinic"}"#
    )
    defer { worker.stop() }
    let batch = LargeBatch.batch(bytes: 9 << 20)
    var results: [EventResult] = []
    try worker.deliver(batch, into: &results)
    #expect(Set(results.map(\.outcome)) == [.delivered])
    let object = try #require(try moto.objects().first)
    #expect(object.body.utf8.elementsEqual(batch.ndjson))
    #expect(object.tag.hasSuffix("-2\""), "\(object.tag)")
    #expect(object.key.contains("/hour=") && object.encryption == "aws:kms")
    #expect(try moto.uploads() == 0)
  }

  @Test(
    arguments: [
      ("PUT", 500, "", EventResult(.retry, remoteCode: 500, detail: "HTTP status 500")),
      (
        "POST", 200, "<Error><Code>InternalError</Code></Error>",
        EventResult(
          .retry, remoteCode: 200,
          detail: "the store could not put the parts together: InternalError")
      ),
    ] as [(String, Int, String, EventResult)])
  func `an object that cannot be finished is aborted, and its events are sent again`(
    method: String, status: Int, body: String, result: EventResult
  ) throws {
    let calls = Mutex<[String]>([])
    let worker = try LargeBatch.worker(#"{"url":"https://store.example/clinic"}"#) { call in
      let query = call.url.split(separator: "?").last.map(String.init) ?? ""
      let words = query.split(separator: "&").map { $0.split(separator: "=")[0] }
      calls.withLock { $0.append("\(call.method) \(words.joined(separator: " "))") }
      if query == "uploads=" {
        return .response(
          status: 200, headers: [],
          body: Array("<R><UploadId>a/b+c</UploadId></R>".utf8))
      }
      if call.method == method {
        return .response(status: status, headers: [], body: Array(body.utf8))
      }
      return .response(
        status: 200, headers: [.init(name: "etag", value: "\"1\"")], body: [])
    }
    defer { worker.stop() }
    var results: [EventResult] = []
    try worker.deliver(LargeBatch.batch(bytes: 9 << 20), into: &results)
    #expect(results.allSatisfy { $0 == result })
    let seen = calls.withLock { $0 }
    #expect(seen.first == "POST uploads" && seen.last == "DELETE uploadId")
  }

  @Test func `a bucket that is not there stops the destination and loses nothing`() throws {
    let moto = try Moto()
    let clinic = try clinic(moto)
    try clinic.done("destination", "set", "hook", "url=\(moto.url)/nothing")
    let refused = try clinic.deliver()
    #expect(refused.code == 75 && refused.delivered == 0 && refused.dead.isEmpty)
    #expect(refused.errors.contains("HTTP status 404, NoSuchBucket"), "\(refused.errors)")
    try clinic.done("destination", "set", "hook", "url=\(moto.url)/clinic")
    #expect(try clinic.deliver("").delivered == 30)
  }

  @Test func `botocore signs the same request in the same way`() throws {
    // The peer writes down what came; botocore, of which moto is a friend, signs it once more.
    let peer = try WebhookPeer("[{}]")
    let clinic = try Clinic()
    try clinic.folder.write("id", "testing-id\n")
    try clinic.folder.write("key", "hush-key\n")
    try clinic.folder.write("token", "temporary\n")
    try clinic.install("AmazonS3Destination", product: "org.sealpost.amazon-s3")
    try clinic.addDestination(
      "org.sealpost.amazon-s3",
      [
        "--set", "url=http://127.0.0.1:\(peer.port)/in", "--set", "region=eu-central-1", "--set",
        "prefix=a b", "--set", "use_session_token=true", "--set-secret", "access_key_id=@id",
        "--set-secret", "secret_access_key=@key", "--set-secret", "session_token=@token",
      ])
    _ = try clinic.sealpost("run", "--json", "--until-idle", input: Clinic.events)
    let request = try #require(peer.requests.first)
    #expect(
      request.target.hasPrefix("/in/a%20b/date=") || request.target.hasPrefix("/in/a%20b/date%3D"))
    #expect(request.headers?["x-amz-security-token"] == "temporary")
    let check = try Sealpost.run(
      "python3", ["-c", Moto.signer],
      input: String(
        decoding: try JSONSerialization.data(withJSONObject: [
          "method": request.method ?? "", "headers": request.headers ?? [:],
          "url": "http://127.0.0.1:\(peer.port)\(request.target)", "body": request.body ?? "",
        ]), as: UTF8.self))
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.output == (request.headers?["authorization"] ?? "") + "\n")
  }
}
