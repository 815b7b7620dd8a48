package import SystemLibrary

/// Why a stream cannot be read or written; never a message's bytes, never a property's value.
package enum KafkaError: Error, Equatable, Sendable {
  /// librdkafka is not there, or does not fit.
  case noLibrary(SystemLibraryError)
  /// The address is no `kafka://BROKERS/TOPIC?group=NAME`.
  case badAddress(String)
  /// The file of properties cannot be used; its path, the line (0: none), why.
  case badProperties(path: String, line: Int, String)
  /// A client could not be made; the library's words.
  case notStarted(String)
  /// The client cannot go on; the library's words.
  case failed(String)
}

extension KafkaError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noLibrary(let error): "\(error)"
    case .badAddress(let reason):
      "the stream's address is not usable: \(reason). "
        + "Write kafka://HOST:PORT[,HOST:PORT]/TOPIC?group=NAME"
    case .badProperties(let path, let line, let reason):
      "properties file \"\(path)\"\(line > 0 ? ", line \(line)" : ""): \(reason)"
    case .notStarted(let reason):
      "the Kafka client cannot be started: \(reason). Mend the address or the properties file."
    case .failed(let reason):
      "the Kafka client cannot go on: \(reason). "
        + "Start the host again; what was accepted is kept."
    }
  }
}
