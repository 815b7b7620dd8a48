/// One thing that an adapter did with a connection, and what came of it; for whoever watches.
package struct ConnectionUse: Sendable, Equatable {
  package let wish: ConnectionCall.Wish
  package let answer: ConnectionAnswer
  package let duration: Duration

  package init(_ wish: ConnectionCall.Wish, _ answer: ConnectionAnswer, took duration: Duration) {
    self.wish = wish
    self.answer = answer
    self.duration = duration
  }

  /// The connection's number; nil where none was opened.
  package var connection: UInt64? {
    switch wish {
    case .open: if case .opened(let number) = answer { number } else { nil }
    case .write(let number, _), .read(let number, _), .close(let number): number
    }
  }
}
