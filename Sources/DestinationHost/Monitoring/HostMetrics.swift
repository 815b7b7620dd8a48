internal import Workspace
internal import DeliveryQueue
internal import Metrics
internal import Synchronization

// The families of `/metrics`. Labels are ids of destinations and sources and words of closed lists.
extension HostMonitor {
  var metrics: [MetricFamily] {
    let (state, deliveries) = (self.state.withLock { $0.view }, watched)
    return hostFamilies(state) + sourceFamilies(state.sources.sorted { $0.key < $1.key })
      + streamFamilies(state.stream) + listenerFamilies(state.listener?())
      + snapshotFamilies(snapshot(state))
      + (state.subject?.producer.map(producerFamilies) ?? [])
      + queueFamilies(deliveries) + deliveryFamilies(deliveries) + requestFamilies(deliveries)
      + standingFamilies(deliveries, state) + [restarts(deliveries, state)]
      + ProcessMetrics.families()
  }

  /// Every destination of the run, also one that was turned off: a counter does not go away.
  private var watched: [Delivery] { state.withLock { $0.subject }?.live?.all ?? [] }

  private func hostFamilies(_ state: State) -> [MetricFamily] {
    [
      MetricFamily(.gauge, "sealpost_start_time_seconds", "When this run began, Unix time")
        .with(.number(Double(startedUnixNanoseconds) / 1e9)),
      MetricFamily(.gauge, "sealpost_ready", "Whether the host takes events now: 1 or 0")
        .with(.integer(readiness.ready ? 1 : 0)),
      MetricFamily(.gauge, "sealpost_audit_log_sound", "Whether the audit log can be relied on")
        .with(.integer(state.auditTrouble == nil ? 1 : 0)),
      MetricFamily(.counter, "sealpost_audit_failures_total", "Records that could not be written")
        .with(.integer(auditFailures.value)),
      MetricFamily(
        .histogram, "sealpost_commit_seconds",
        "How long it took to make a group of accepted events durable in every queue"
      ).with(.histogram(commitSeconds.reading)),
    ]
  }

  private func sourceFamilies(_ sources: [(key: String, value: SourceMeter)]) -> [MetricFamily] {
    func family(
      _ name: String, _ help: String, _ count: (SourceMeter) -> Counter
    ) -> MetricFamily {
      sources.reduce(into: MetricFamily(.counter, name, help)) {
        $0.add(.integer(count($1.value).value), ["source": $1.key])
      }
    }
    var rejected = MetricFamily(
      .counter, "sealpost_source_rejected_events_total", "What came and was no event, by reason")
    for (source, meter) in sources {
      for (reason, count) in meter.rejected.sorted(by: { $0.key < $1.key }) {
        rejected.add(.integer(count), ["source": source, "reason": reason])
      }
    }
    return [
      family("sealpost_source_received_events_total", "Events that came", \.read),
      family("sealpost_source_received_bytes_total", "Bytes of them", \.bytes),
      family(
        "sealpost_source_accepted_events_total", "Events that are durable for every destination",
        \.accepted),
      family(
        "sealpost_source_duplicate_events_total",
        "Events that were dropped, as their messageId was seen in the last 24 hours", \.duplicates),
      rejected,
    ]
  }

  private func queueFamilies(_ deliveries: [Delivery]) -> [MetricFamily] {
    let states = deliveries.map { (id: $0.id, queue: $0.queue.state) }
    let now = Timestamp.nanoseconds / 1_000_000
    func gauge(
      _ name: String, _ help: String, _ kind: MetricFamily.Kind = .gauge,
      _ value: (QueueState) -> MetricFamily.Value
    ) -> MetricFamily {
      states.reduce(into: MetricFamily(kind, name, help)) {
        $0.add(value($1.queue), ["destination": $1.id])
      }
    }
    return [
      gauge("sealpost_queue_events", "Events that wait for the destination") {
        .integer($0.waiting)
      },
      gauge("sealpost_queue_bytes", "Bytes of its queue on the disk") { .integer($0.bytes) },
      gauge(
        "sealpost_queue_oldest_event_age_seconds", "Age of the oldest event that waits, 0 if none"
      ) {
        .number($0.oldestUnixMilliseconds.map { Double(max(0, now - $0)) / 1000 } ?? 0)
      },
      gauge(
        "sealpost_queue_lost_events_total", "Events lost with damaged records since the start",
        .counter
      ) {
        .integer($0.lostEvents)
      },
    ]
  }

  private func standingFamilies(_ deliveries: [Delivery], _ state: State) -> [MetricFamily] {
    var family = MetricFamily(
      .gauge, "sealpost_destination_state", "1 for the state that the destination is in")
    for delivery in deliveries {
      let present = state.standings[delivery.id]?.state ?? .starting
      for name in DestinationStanding.State.allCases {
        family.add(
          .integer(name == present ? 1 : 0), ["destination": delivery.id, "state": name.rawValue])
      }
    }
    return [family]
  }

  private func restarts(_ deliveries: [Delivery], _ state: State) -> MetricFamily {
    deliveries.reduce(
      into: MetricFamily(
        .counter, "sealpost_destination_worker_restarts_total",
        "How often the destination's worker was started again")
    ) {
      $0.add(.integer(state.standings[$1.id]?.restarts ?? 0), ["destination": $1.id])
    }
  }
}
