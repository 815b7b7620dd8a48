package import EventJSON

/// A line of the input that is no event of the Segment spec; the run goes on without it.
package struct Rejection: Sendable, Equatable {
  /// Counted from 1.
  package let line: Int
  package let reason: EventRejection
  /// The name of the file that it stands in; nil for a run on one input.
  package var file: String?

  package init(line: Int, reason: EventRejection, file: String? = nil) {
    self.line = line
    self.reason = reason
    self.file = file
  }
}
