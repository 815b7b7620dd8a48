internal import KafkaClient

/// A topic of a Kafka cluster into the pipeline; an offset is committed only after its events are durable.
struct StreamSource: EventSource {
  let input: StreamInput

  /// Reads until a stop; the brokers being away is no end.
  ///
  /// Throws `KafkaError` when there is no client library, or when the client can never go on.
  func read(into pipeline: Pipeline, _ control: RunControl) throws {
    let report = control.report
    let consumer = try KafkaConsumer(input.address, group: input.group, input.properties) {
      report(.stream(.notice($0)))
    }
    defer { consumer.close() }
    try StreamReader(consumer, input, pipeline, control).read()
  }
}
