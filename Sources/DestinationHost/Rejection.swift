package import EventJSON

/// A line of the input that is no event of the Segment spec; the run goes on without it.
package struct Rejection: Sendable, Equatable {
  /// Counted from 1.
  package let line: Int
  package let reason: EventRejection
}
