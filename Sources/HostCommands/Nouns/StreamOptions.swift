internal import Cryptography
internal import DestinationHost
internal import KafkaClient
internal import Privacy
internal import Workspace

/// Options of `run` about a Kafka topic.
enum StreamOptions {
  private static let stream = Option.value(
    "stream", "URL", "Read a Kafka topic: kafka://HOST:PORT[,…]/TOPIC[?group=NAME]")
  private static let produce = Option.value(
    "produce", "URL",
    "With --listen: send events to a Kafka topic instead of to destinations: kafka://HOST:PORT[,…]/TOPIC"
  )
  private static let properties = Option.value(
    "stream-properties", "FILE", "File of mode 0600 with the stream's TLS settings and passwords")

  static let all = [stream, produce, properties]

  /// Hosts that name no group are of one.
  private static let defaultGroup = "sealpost"

  /// The topic to read; nil when none was asked for.
  static func input(_ invocation: Invocation) throws -> StreamInput? {
    guard let text = invocation.arguments[stream] else {
      guard invocation.arguments[properties] == nil || invocation.arguments.isGiven(produce) else {
        throw usage(properties, "there is no stream", "Say which: \(stream.usage)", invocation)
      }
      return nil
    }
    let address = try KafkaAddress(text)
    let properties = try properties(for: address, invocation)
    return StreamInput(address, group: address.group ?? defaultGroup, properties)
  }

  /// The topic to send to; nil when none was asked for.
  ///
  /// - Parameter others: options that make no sense beside it.
  static func target(_ invocation: Invocation, without others: [Option]) throws -> StreamTarget? {
    guard let text = invocation.arguments[produce] else { return nil }
    for option in [stream] + others where invocation.arguments.isGiven(option) {
      throw usage(
        option,
        "with \(produce.typed) events come by \(ListenOptions.listen.typed) alone, and go to no destination",
        "Leave one of the two out, or run two hosts.", invocation)
    }
    guard invocation.arguments.isGiven(ListenOptions.listen) else {
      throw usage(
        produce, "nothing listens", "Add \(ListenOptions.listen.usage).", invocation)
    }
    let address = try KafkaAddress(text)
    guard address.group == nil else {
      throw usage(
        produce, "who sends is in no group", "Leave ?group=… out of the address.", invocation)
    }
    return StreamTarget(address, try properties(for: address, invocation))
  }

  private static func properties(
    for address: KafkaAddress, _ invocation: Invocation
  ) throws -> KafkaProperties {
    let properties = try read(invocation.arguments[properties])
    try checkTransport(address, properties, invocation)
    return properties
  }

  private static func usage(
    _ option: Option, _ why: String, _ mend: String, _ invocation: Invocation
  ) -> CommandError {
    .usage("option \"\(option.typed)\"", invocation.command.name, why, mend)
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
      "the stream's events go readable over the network, as its properties say")
  }

  /// A source's id does not travel with its events, and so neither do its controls.
  static func warnOfControls(_ workspace: Workspace, _ log: Log) {
    let ids = (workspace.privacy.sourceControls ?? [:]).keys.sorted()
    guard let first = ids.first else { return }
    let names = ids.map { "\"\($0)\"" }.joined(separator: ", ")
    log.write(
      LogEntry(
        .warning, "controls_not_carried",
        "the controls of source \(names) do not go with its events: give such a source an edge and a topic of its "
          + "own, and read that with --source \(first)", ["sources": .strings(ids)]))
  }
}
