internal import Synchronization

/// The place of one answer: to be given once, from any thread, whenever it is known.
///
/// Answers leave in the order of their requests, whatever the order in which they are given. One that is never given
/// becomes a 500 when this goes away, so no sender waits for ever.
package final class HTTPExchange: Sendable {
  private let loop: EventLoop
  private let connection: UInt64
  private let place: Int
  private let isAnswered = Atomic<Bool>(false)

  init(_ loop: EventLoop, _ connection: UInt64, _ place: Int) {
    self.loop = loop
    self.connection = connection
    self.place = place
  }

  /// Answers; a second answer is passed over.
  package func answer(_ answer: HTTPAnswer) {
    guard !isAnswered.exchange(true, ordering: .relaxed) else { return }
    loop.put(.answer(connection: connection, place: place, answer))
  }

  deinit {
    guard !isAnswered.load(ordering: .relaxed) else { return }
    loop.put(
      .answer(
        connection: connection, place: place, .text(500, "The request was left without an answer."))
    )
  }
}
