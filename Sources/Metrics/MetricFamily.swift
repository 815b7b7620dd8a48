/// What is measured under one name, for each set of labels.
///
/// Names follow Prometheus' conventions: `sealpost_…`, base units (`_seconds`, `_bytes`), counters end in `_total`.
package struct MetricFamily: Sendable {
  package enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  package enum Value: Sendable {
    case integer(Int)
    case number(Double)
    case histogram(HistogramReading)
  }

  package struct Sample: Sendable {
    package let labels: [(name: String, value: String)]
    package let value: Value
  }

  package let name: String
  /// One sentence without a full stop.
  package let help: String
  package let kind: Kind
  package private(set) var samples: [Sample] = []

  package init(_ kind: Kind, _ name: String, _ help: String) {
    self.kind = kind
    self.name = name
    self.help = help
  }

  package func with(_ value: Value, _ labels: KeyValuePairs<String, String> = [:]) -> MetricFamily {
    var family = self
    family.add(value, labels)
    return family
  }

  package mutating func add(_ value: Value, _ labels: KeyValuePairs<String, String> = [:]) {
    samples.append(Sample(labels: labels.map { ($0.key, $0.value) }, value: value))
  }
}

extension MetricFamily.Value: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self = .integer(value) }
}
