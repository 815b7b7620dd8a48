import Foundation

/// moto's server (PyPI): Amazon S3 in memory, with the bucket `clinic`.
final class Moto {
  static let isThere =
    (try? Sealpost.run("python3", ["-c", "import moto.server, flask, boto3"]))?.code == 0

  let url: String
  private let process = Process()

  struct Object: Decodable {
    let key: String
    let body: String
    let encryption: String?
    let type: String
    let tag: String
  }

  init() throws {
    let program = """
      from moto.server import DomainDispatcherApplication, create_backend_app
      from werkzeug.serving import make_server
      import threading
      server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
      threading.Thread(target=server.serve_forever, daemon=True).start()
      import boto3
      url = f"http://127.0.0.1:{server.server_port}"
      boto3.client("s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b").create_bucket(Bucket="clinic")
      print(server.server_port, flush=True)
      threading.Event().wait()
      """
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = output.fileHandleForReading.availableData
    url = "http://127.0.0.1:\(String(decoding: line, as: UTF8.self).filter(\.isNumber))"
  }

  // Not waited for: `waitUntilExit` in a deinitializer comes back late or never.
  deinit { kill(process.processIdentifier, SIGKILL) }

  /// Everything in the bucket, by key.
  func objects() throws -> [Object] {
    let text = try ask(
      """
      found = []
      for entry in client.list_objects_v2(Bucket="clinic").get("Contents", []):
          o = client.get_object(Bucket="clinic", Key=entry["Key"])
          found.append({"key": entry["Key"], "body": o["Body"].read().decode(), "type": o["ContentType"],
                        "encryption": o.get("ServerSideEncryption"), "tag": o["ETag"]})
      print(json.dumps(found))
      """)
    return try JSONDecoder().decode([Object].self, from: Data(text.utf8))
  }

  /// How many objects in parts were begun and neither finished nor aborted.
  func uploads() throws -> Int? {
    Int(
      try ask(
        "print(len(client.list_multipart_uploads(Bucket=\"clinic\").get(\"Uploads\", [])))"
      ).filter(\.isNumber))
  }

  private func ask(_ program: String) throws -> String {
    let client = """
      import boto3, json
      client = boto3.client("s3", endpoint_url="\(url)", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")

      """
    return try Sealpost.run("python3", ["-c", client + program]).output
  }

  /// Signs a request, described as JSON on standard input, at its own time, and prints the value of Authorization.
  static let signer = """
    import datetime, json, sys
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    import botocore.auth, botocore.compat
    asked = json.load(sys.stdin)
    sent = asked["headers"]["authorization"]
    names = sent.split("SignedHeaders=")[1].split(",")[0].split(";")
    request = AWSRequest(
        method=asked["method"], url=asked["url"], data=asked["body"].encode(),
        headers={n: v for n, v in asked["headers"].items() if n in names})
    time = datetime.datetime.strptime(asked["headers"]["x-amz-date"], "%Y%m%dT%H%M%SZ")
    class Signer(S3SigV4Auth):
        def payload(self, request):
            return asked["headers"]["x-amz-content-sha256"]
    signer = Signer(Credentials("testing-id", "hush-key"), "s3", "eu-central-1")
    request.context["timestamp"] = asked["headers"]["x-amz-date"]
    canonical = signer.canonical_request(request)
    text = signer.string_to_sign(request, canonical)
    signature = signer.signature(text, request)
    print("AWS4-HMAC-SHA256 Credential=testing-id/" + signer.credential_scope(request)
          + ", SignedHeaders=" + signer.signed_headers(signer.headers_to_sign(request))
          + ", Signature=" + signature)
    """
}
