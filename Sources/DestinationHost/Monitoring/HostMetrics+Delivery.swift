internal import Metrics

extension HostMonitor {
  func deliveryFamilies(_ deliveries: [Delivery]) -> [MetricFamily] {
    let all = deliveries.map { (id: $0.id, counts: $0.counts) }
    func counter(_ name: String, _ help: String, _ value: (DeliveryCounts) -> Int) -> MetricFamily {
      all.reduce(into: MetricFamily(.counter, "sealpost_destination_\(name)_total", help)) {
        $0.add(.integer(value($1.counts)), ["destination": $1.id])
      }
    }
    return [
      counter("delivered_events", "Events that the destination has", \.delivered),
      counter("retried_events", "Attempts that were repeated, by event", \.retried),
      deadLetters(all), heldBack(all), values(all),
      histogram("batch_seconds", "How long the adapter took for a batch", deliveries) {
        $0.meter.batchSeconds
      },
      histogram("batch_events", "Events in a batch", deliveries) { $0.meter.batchEvents },
    ]
  }

  private func histogram(
    _ name: String, _ help: String, _ deliveries: [Delivery], _ value: (Delivery) -> Histogram
  ) -> MetricFamily {
    deliveries.reduce(into: MetricFamily(.histogram, "sealpost_destination_\(name)", help)) {
      $0.add(.histogram(value($1).reading), ["destination": $1.id])
    }
  }

  private func deadLetters(_ all: [(id: String, counts: DeliveryCounts)]) -> MetricFamily {
    var family = MetricFamily(
      .counter, "sealpost_destination_dead_letter_events_total",
      "Events kept as dead letters, by reason")
    for (id, counts) in all {
      for (reason, count) in counts.deadLettered.sorted(by: { $0.key < $1.key }) {
        family.add(.integer(count), ["destination": id, "reason": reason])
      }
    }
    return family
  }

  private func heldBack(_ all: [(id: String, counts: DeliveryCounts)]) -> MetricFamily {
    var family = MetricFamily(
      .counter, "sealpost_destination_held_back_events_total",
      "Accepted events that were not for the destination, by reason")
    for (id, counts) in all {
      for (reason, count) in [
        ("not_served", counts.heldBack.notServed), ("not_wanted", counts.heldBack.notWanted),
        ("filtered", counts.heldBack.filtered), ("sampled_out", counts.heldBack.sampledOut),
      ] {
        family.add(.integer(count), ["destination": id, "reason": reason])
      }
    }
    return family
  }

  private func values(_ all: [(id: String, counts: DeliveryCounts)]) -> MetricFamily {
    var family = MetricFamily(
      .counter, "sealpost_destination_protected_values_total",
      "Field values that the destination got in another form, or not at all")
    for (id, counts) in all {
      for (form, count) in [
        ("encrypted", counts.values.encrypted), ("tokenized", counts.values.tokenized),
        ("removed", counts.values.removed),
      ] {
        family.add(.integer(count), ["destination": id, "form": form])
      }
    }
    return family
  }

  func requestFamilies(_ deliveries: [Delivery]) -> [MetricFamily] {
    let all = deliveries.compactMap { delivery in
      delivery.requestCounts.map { (id: delivery.id, requests: $0) }
    }
    var answers = MetricFamily(
      .counter, "sealpost_destination_http_responses_total",
      "Answers to the requests that the host sent for the adapter, by class of status")
    for (id, requests) in all {
      for (digit, count) in requests.answers.sorted(by: { $0.key < $1.key }) {
        answers.add(.integer(count), ["destination": id, "code": "\(digit)xx"])
      }
    }
    func counter(_ name: String, _ help: String, _ value: (RequestCounts) -> Int) -> MetricFamily {
      all.reduce(into: MetricFamily(.counter, "sealpost_destination_http_\(name)_total", help)) {
        $0.add(.integer(value($1.requests)), ["destination": $1.id])
      }
    }
    return [
      counter("requests", "Requests that the host sent for the adapter", \.sent), answers,
      counter("failed_requests", "Those that came to no answer or were not allowed", \.failed),
      counter("connections", "Connections made for them", \.connections),
      counter("http2_connections", "Those of them that speak HTTP/2", \.http2Connections),
      counter("sent_bytes", "Bytes sent", \.sentBytes),
      counter("received_bytes", "Bytes received", \.receivedBytes),
    ]
  }
}
