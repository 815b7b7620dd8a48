internal import HTTPListener
internal import Metrics

// What stands before the acceptance of events: the stream's backlog, and the listener.
extension HostMonitor {
  /// Unknown is `NaN`, which no sum or alert takes for 0.
  func streamFamilies(_ stream: StreamStanding?) -> [MetricFamily] {
    guard let stream else { return [] }
    func value(_ lag: Int?) -> MetricFamily.Value { lag.map { .integer($0) } ?? .number(.nan) }
    var each = MetricFamily(
      .gauge, "sealpost_stream_partition_lag_messages",
      "Messages of the partition that are not durable here yet, NaN while that is not known")
    for partition in stream.partitions ?? [] {
      each.add(
        value(partition.lag),
        ["topic": stream.topic, "group": stream.group, "partition": "\(partition.number)"])
    }
    return [
      MetricFamily(
        .gauge, "sealpost_stream_lag_messages",
        "Messages of all partitions that this host reads which are not durable here yet, NaN while that is not known"
      ).with(value(stream.lag), ["topic": stream.topic, "group": stream.group]),
      MetricFamily(
        .gauge, "sealpost_stream_partitions", "Partitions of the topic that this host reads"
      ).with(
        .integer(stream.partitions?.count ?? 0), ["topic": stream.topic, "group": stream.group]),
      each,
    ]
  }

  func producerFamilies(_ meter: ProducerMeter) -> [MetricFamily] {
    let counts = meter.counts
    func family(_ kind: MetricFamily.Kind, _ name: String, _ help: String, _ value: Int)
      -> MetricFamily
    {
      MetricFamily(kind, "sealpost_produce_\(name)", help)
        .with(.integer(value), ["topic": counts.topic])
    }
    return [
      family(
        .counter, "acknowledged_events_total", "Events that the topic's brokers have",
        counts.produced),
      family(
        .counter, "failed_events_total",
        "Events that the brokers did not take in time: their senders were told so", counts.failed),
      family(
        .gauge, "in_flight_events", "Events on their way to the brokers", counts.inFlight),
      MetricFamily(
        .histogram, "sealpost_produce_seconds",
        "From the acceptance of a call's events to the brokers' acknowledgement"
      ).with(.histogram(meter.seconds.reading), ["topic": counts.topic]),
    ]
  }

  func listenerFamilies(_ counts: ListenerCounts?) -> [MetricFamily] {
    guard let counts else { return [] }
    func family(_ kind: MetricFamily.Kind, _ name: String, _ help: String, _ value: Int)
      -> MetricFamily
    { MetricFamily(kind, "sealpost_http_\(name)", help).with(.integer(value)) }
    return [
      family(.gauge, "open_connections", "Senders' connections that are open now", counts.open),
      family(
        .counter, "accepted_connections_total", "Connections that senders made", counts.accepted),
      family(
        .counter, "refused_connections_total", "Connections turned away, as there were too many",
        counts.turnedAway),
      family(
        .counter, "slow_connections_total", "Connections ended because of their slowness",
        counts.slow),
      family(
        .counter, "failed_handshakes_total", "Connections on which TLS came to nothing",
        counts.failedHandshakes),
      family(.counter, "requests_total", "Requests that came", counts.requests),
      family(
        .counter, "refused_requests_total",
        "Requests that were malformed, too long or too many at once", counts.refused),
      family(.gauge, "buffered_bytes", "Bytes kept of requests and answers", counts.buffered),
      family(.counter, "received_bytes_total", "Bytes that came", counts.bytesRead),
      family(.counter, "sent_bytes_total", "Bytes of answers", counts.bytesWritten),
    ]
  }
}
