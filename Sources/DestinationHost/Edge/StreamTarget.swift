package import KafkaClient

/// A topic that a run sends accepted events to, in the place of destinations.
package struct StreamTarget: Sendable {
  package var address: KafkaAddress
  package var properties: KafkaProperties
  /// How long the brokers may take for an event, unless the properties say it (`delivery.timeout.ms`): its sender waits.
  package var patience = Duration.seconds(8)

  package init(_ address: KafkaAddress, _ properties: KafkaProperties) {
    self.address = address
    self.properties = properties
  }
}
