internal import CDestinationAdapter

extension Outcome {
  /// Of events that could not be sent, by the host's status: retry, since the other side may come back.
  ///
  /// What nobody can reach holds for the whole destination; of what the operator does not allow, he has to know.
  static func unsent(_ status: Int32, _ text: String) -> Outcome {
    status == DESTINATION_REFUSED
      ? .credentialsRefused(detail: text)
      : .retry(wholeDestination: status == DESTINATION_UNAVAILABLE, detail: text)
  }
}
