/// What became of the input of one run.
package struct RunSummary: Sendable, Equatable {
  /// Lines read; blank lines at the very end of the input are not counted.
  package var read = 0
  /// Behind the last of them in the input, in bytes.
  package var bytesRead = 0
  /// Events of the Segment spec: each is delivered, a dead letter or in a queue, for every destination that is on.
  package var accepted = 0
  /// Lines that are none, by `EventRejection.code`.
  package var rejections: [String: Int] = [:]
  /// Rejected lines that were not kept, since there is no more room for them.
  package var rejectedNotKept = 0
  /// Events that were dropped, as their messageId was seen in the last 24 hours.
  package var duplicates = 0
  /// messageIds that had to be forgotten before that time.
  package var forgottenIDs = 0
  /// Dead letters that went into their destination's queue once more.
  package var redriven = 0
  /// In the order of their ids.
  package var destinations: [(id: String, counts: DeliveryCounts)] = []
  /// For a run that sends to a topic.
  package var produced: ProduceCounts?
  package var seconds = 0.0
  /// Whether a stop was asked for before the input's end.
  package var wasStopped = false

  package init() {}

  package var rejected: Int { rejections.values.reduce(0, +) }
  package var undelivered: Int { destinations.reduce(0) { $0 + $1.counts.undelivered } }
  package var waiting: Int { destinations.reduce(0) { $0 + $1.counts.waiting } }
  package var lost: Int { destinations.reduce(0) { $0 + $1.counts.lost } }
  package var values: ValueCounts {
    destinations.reduce(into: ValueCounts()) { $0 += $1.counts.values }
  }

  package static func == (a: RunSummary, b: RunSummary) -> Bool {
    a.read == b.read && a.accepted == b.accepted && a.rejections == b.rejections
      && a.rejectedNotKept == b.rejectedNotKept && a.duplicates == b.duplicates
      && a.forgottenIDs == b.forgottenIDs && a.redriven == b.redriven
      && a.destinations.elementsEqual(b.destinations) { $0 == $1 } && a.produced == b.produced
      && a.seconds == b.seconds && a.wasStopped == b.wasStopped
  }
}
