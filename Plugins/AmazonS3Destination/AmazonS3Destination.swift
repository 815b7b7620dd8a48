internal import DestinationKit

/// Puts events into a bucket of Amazon S3, or of any store with its API: one object of NDJSON for each partition of a
/// batch.
///
/// Life: `init` checks the settings; `deliver` sorts the batch into partitions and puts an object for each.
final class AmazonS3Destination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "org.sealpost.amazon-s3", version: "1.0.0", displayName: "Amazon S3",
    settings: Settings.described, maximumBatchEvents: 50_000, maximumBatchBytes: 48 << 20,
    requiredHostFeatures: .http)

  private let settings: Settings
  private let host: AdapterHost
  private let http: HTTPClient

  init(settings: Settings, host: AdapterHost) throws {
    guard let http = host.http else {
      throw AdapterProblem.unavailable("the host sends no HTTP requests. Use a newer host.")
    }
    self.settings = settings
    self.host = host
    self.http = http
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    let upload = Upload(http: http, host: host, settings: settings, call: batch.call)
    var delivery = PartwiseDelivery(count: batch.count)
    for object in ObjectContents.sorted(batch, settings.partition) {
      delivery.send(object.events, within: PartLimits(), of: batch, byteCount: { _ in 0 }) { part in
        let key = object.key(settings, unixNanoseconds: host.unixNanoseconds)
        return try upload.put(key, object.body(of: part))
      }
    }
    return delivery.outcomes
  }
}
