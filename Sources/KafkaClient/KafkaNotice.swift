/// What a client says on its own account, for the host's log; no message's bytes and no property's value are in it.
package enum KafkaNotice: Sendable, Equatable {
  /// Something that it gets over by itself, such as a broker that went away; the library's words.
  case trouble(String)
  /// A line of the library's log, at the levels of syslog (3 error, 4 warning).
  case log(level: Int, String)
}
