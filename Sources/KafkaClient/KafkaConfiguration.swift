internal import CKafka

/// A configuration on its way to a client; freed unless a client took it.
@safe struct KafkaConfiguration: ~Copyable {
  private let library: KafkaLibrary
  private var handle: KafkaLibrary.Configuration?

  init(_ library: KafkaLibrary) throws(KafkaError) {
    self.library = library
    unsafe handle = unsafe library.newConfiguration()
    if unsafe handle == nil { throw .notStarted("there is no memory") }
  }

  deinit { if let handle = unsafe handle { unsafe library.destroyConfiguration(handle) } }

  /// Sets a property; the error has the library's words, which name the property but not its value.
  borrowing func set(_ name: String, _ value: String) throws(KafkaError) {
    guard let handle = unsafe handle else { return }
    let (result, _) = unsafe CText.filled { unsafe library.set(handle, name, value, $0, $1) }
    guard result == 0 else {
      throw .notStarted(
        result == -2
          ? "this version of librdkafka knows no property \"\(name)\""
          : "the value of property \"\(name)\" is not acceptable")
    }
  }

  borrowing func set(_ properties: KafkaProperties) throws(KafkaError) {
    for entry in properties.entries { try set(entry.name, entry.value) }
  }

  /// What the callbacks find by `rd_kafka_opaque`; not retained: it has to outlive the client.
  borrowing func setOpaque(_ object: AnyObject) {
    guard let handle = unsafe handle else { return }
    unsafe library.setOpaque(handle, Unmanaged.passUnretained(object).toOpaque())
  }

  /// Gives the handle to `body`, which may set callbacks.
  borrowing func withHandle(_ body: (KafkaLibrary.Configuration) -> Void) {
    if let handle = unsafe handle { unsafe body(handle) }
  }

  /// The client that the configuration is for.
  consuming func makeClient(_ kind: KafkaClientKind) throws(KafkaError) -> KafkaLibrary.Client {
    guard let configuration = unsafe handle else { throw .notStarted("it was started already") }
    let (client, reason) = unsafe CText.filled {
      unsafe library.newClient(kind.rawValue, configuration, $0, $1)
    }
    guard let client = unsafe client else { throw .notStarted(reason) }
    unsafe handle = nil
    return unsafe client
  }
}

/// As `rd_kafka_type_t` has them.
enum KafkaClientKind: Int32 {
  case producer = 0
  case consumer = 1
}
