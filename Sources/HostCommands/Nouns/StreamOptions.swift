internal import Cryptography
internal import DestinationHost
internal import KafkaClient

/// Options of `run` about a Kafka topic.
enum StreamOptions {
  private static let stream = Option.value(
    "stream", "URL", "Read a Kafka topic: kafka://HOST:PORT[,…]/TOPIC[?group=NAME]")
  private static let properties = Option.value(
    "stream-properties", "FILE", "File of mode 0600 with the stream's TLS settings and passwords")

  static let all = [stream, properties]

  /// Hosts that name no group are of one.
  private static let defaultGroup = "sealpost"

  /// The topic to read; nil when none was asked for.
  static func input(_ invocation: Invocation) throws -> StreamInput? {
    guard let text = invocation.arguments[stream] else {
      guard invocation.arguments[properties] == nil else {
        throw CommandError.usage(
          "option \"\(properties.typed)\"", invocation.command.name, "there is no stream",
          "Say which: \(stream.usage)")
      }
      return nil
    }
    let address = try KafkaAddress(text)
    let properties = try read(invocation.arguments[properties])
    try checkTransport(address, properties, invocation)
    return StreamInput(address, group: address.group ?? defaultGroup, properties)
  }

  /// A file that others may read is refused: it may have a password in it.
  private static func read(_ path: String?) throws -> KafkaProperties {
    guard let path else { return KafkaProperties() }
    let text = try SecretBytes(readingFile: path)
    return try text.withBytes { bytes throws(KafkaError) in
      try KafkaProperties(unsafe bytes.withUnsafeBytes { unsafe Array($0) }, path: path)
    }
  }

  /// Events do not go readable over a network unless the properties say so.
  private static func checkTransport(
    _ address: KafkaAddress, _ properties: KafkaProperties, _ invocation: Invocation
  ) throws {
    guard !properties.usesTLS, !address.isLoopback else { return }
    guard properties.saysPlaintext else {
      throw CommandError(
        .configuration, "stream", in: address.brokers.joined(separator: ","),
        "its events would go readable over the network",
        "Write security.protocol=SSL or SASL_SSL into a file and name it: \(Self.properties.usage)")
    }
    invocation.console.warning(
      "the stream's events come readable over the network, as its properties say")
  }
}
