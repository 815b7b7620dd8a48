/// Prometheus' text format, version 0.0.4.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
package enum PrometheusText {
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The families in their order; one without a sample is left out.
  package static func text(_ families: [MetricFamily]) -> String {
    families.filter { !$0.samples.isEmpty }.map(text).joined()
  }

  private static func text(_ family: MetricFamily) -> String {
    var lines = [
      "# HELP \(family.name) \(escaped(family.help, quotes: false))",
      "# TYPE \(family.name) \(family.kind.rawValue)",
    ]
    for sample in family.samples { lines += Self.lines(family.name, sample) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ name: String, _ sample: MetricFamily.Sample) -> [String] {
    switch sample.value {
    case .integer(let value): [line(name, sample.labels, String(value))]
    case .number(let value): [line(name, sample.labels, number(value))]
    case .histogram(let reading):
      (reading.buckets + [(bound: .infinity, count: reading.count)]).map { bucket in
        line(
          name + "_bucket", sample.labels + [("le", number(bucket.bound))], String(bucket.count))
      } + [
        line(name + "_sum", sample.labels, number(reading.sum)),
        line(name + "_count", sample.labels, String(reading.count)),
      ]
    }
  }

  private static func line(
    _ name: String, _ labels: [(name: String, value: String)], _ value: String
  ) -> String {
    let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
    return name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " " + value
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
