internal import CDestinationAdapter

/// The sizes of version 1.0, or of the one that brought it: what a struct or an array's element has at least, whichever header the host was built with.
enum ABISize {
  static let host = Int(DESTINATION_HOST_SIZE_1_0)
  static let configuration = Int(DESTINATION_CONFIGURATION_SIZE_1_0)
  static let batch = Int(DESTINATION_BATCH_SIZE_1_0)
  static let event = Int(DESTINATION_EVENT_SIZE_1_0)
  static let result = Int(DESTINATION_RESULT_SIZE_1_0)
  static let http = Int(DESTINATION_HTTP_SIZE_1_0)
  static let httpResponse = Int(DESTINATION_HTTP_RESPONSE_SIZE_1_0)
  /// Of version 1.1.
  static let connections = Int(DESTINATION_CONNECTIONS_SIZE_1_1)
}
