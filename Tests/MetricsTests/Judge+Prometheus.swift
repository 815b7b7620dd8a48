import Workbench

extension Judge {
  /// Python with `prometheus_client`, which `Tests/run.sh` puts where it is found.
  static let hasPrometheusParser = (try? python("import prometheus_client.parser")) != nil
}
