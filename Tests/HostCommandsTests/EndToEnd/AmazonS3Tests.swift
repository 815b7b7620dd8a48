import Foundation
import Testing

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

  @Test func `an object that is larger than a part goes in parts and is whole`() throws {
    let moto = try Moto()
    let clinic = try clinic(
      moto, "--set", "part_megabytes=5", "--set", "partition=hour", "--set",
      "server_side_encryption=aws:kms", "--set", "kms_key_id=alias/clinic")
    try clinic.done("destination", "set", "hook", "--batch-milliseconds", "5000")
    let text = String(repeating: "x", count: 20_000)
    let events = (0..<600).map {
      #"{"type":"track","event":"e","userId":"u\#($0)","messageId":"m\#($0)","properties":{"p":"\#(text)"}}"#
        + "\n"
    }.joined()
    let run = try clinic.deliver(events)
    #expect(run.code == 0 && run.delivered == 600, "\(run.errors)")
    let objects = try moto.objects()
    let lines = objects.flatMap { $0.body.split(separator: "\n") }.sorted()
    #expect(lines == events.split(separator: "\n").sorted())
    #expect(objects.contains { $0.tag.contains("-") }, "no object came in parts")
    #expect(objects.allSatisfy { $0.key.contains("/hour=") && $0.encryption == "aws:kms" })
    #expect(try moto.uploads() == 0)
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
