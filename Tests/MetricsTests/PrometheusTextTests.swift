import Foundation
import Testing
import Workbench

@testable import Metrics

struct PrometheusTextTests {
  private static let hostile = "a\\b\"c\nd\u{e9}"

  private static var families: [MetricFamily] {
    let histogram = Histogram(bounds: [0.5, 1])
    histogram.record(0.25)
    histogram.record(3)
    return [
      MetricFamily(.counter, "x_events_total", "Events \\ with\na line feed")
        .with(3, ["destination": hostile, "reason": ""]),
      MetricFamily(.gauge, "x_ratio", "Odd numbers").with(.number(.infinity), ["n": "1"])
        .with(.number(-.infinity), ["n": "2"]).with(.number(1e-7), ["n": "3"])
        .with(.number(.nan), ["n": "4"]),
      MetricFamily(.histogram, "x_seconds", "Times").with(
        .histogram(histogram.reading), ["d": "one"]),
      MetricFamily(.gauge, "x_none", "Nobody has one"),
    ]
  }

  @Test func `families are written so`() {
    #expect(
      PrometheusText.text(Self.families) == #"""
        # HELP x_events_total Events \\ with\na line feed
        # TYPE x_events_total counter
        x_events_total{destination="a\\b\"c\nd\#u{e9}",reason=""} 3
        # HELP x_ratio Odd numbers
        # TYPE x_ratio gauge
        x_ratio{n="1"} +Inf
        x_ratio{n="2"} -Inf
        x_ratio{n="3"} 1e-07
        x_ratio{n="4"} NaN
        # HELP x_seconds Times
        # TYPE x_seconds histogram
        x_seconds_bucket{d="one",le="0.5"} 1
        x_seconds_bucket{d="one",le="1.0"} 1
        x_seconds_bucket{d="one",le="+Inf"} 2
        x_seconds_sum{d="one"} 3.25
        x_seconds_count{d="one"} 2

        """#)
  }

  @Test func `the process says of itself what every client says`() {
    let families = ProcessMetrics.families()
    #expect(
      families.map(\.name) == [
        "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
        "process_max_fds",
      ])
    for family in families {
      guard case .integer(let value)? = family.samples.first?.value else { continue }
      #expect(value > 0, "\(family.name)")
    }
  }

  @Test(.enabled(if: Judge.hasPrometheusParser, "Python's prometheus_client is absent"))
  func `an independent parser reads the same back`() throws {
    let program = """
      import json, sys
      from prometheus_client.parser import text_string_to_metric_families as parse
      print(json.dumps([[s.name, s.labels, repr(float(s.value))] for f in parse(sys.stdin.read()) for s in f.samples]))
      """
    let json = try Judge.python(
      program, input: Array(PrometheusText.text(Self.families).utf8))
    let samples = try #require(
      try JSONSerialization.jsonObject(with: Data(json)) as? [[Any]])
    #expect(samples.count == 10)
    #expect(samples[0][1] as? [String: String] == ["destination": Self.hostile, "reason": ""])
    #expect(samples[1][2] as? String == "inf" && samples[3][2] as? String == "1e-07")
    #expect(samples[7][0] as? String == "x_seconds_bucket" && samples[7][2] as? String == "2.0")
  }
}
