import Foundation
import Glibc
import Synchronization

/// Signals to the thread that waits for input, again and again; a reader that does not notice is freed after 5 s.
final class Interruptions: Sendable {
  private struct State {
    var reader: pthread_t?
    var questions = 0
    var count = 0
    var isOver = false
  }

  private let state = Mutex(State())

  /// - Parameter writer: the far end of the reader's pipe, closed at last so that no reader waits for ever.
  init(then writer: FileHandle) {
    var action = sigaction()
    // The handler does nothing; a `read` that waits is taken up again after it, a `poll` is not.
    unsafe action.__sigaction_handler.sa_handler = { _ in }
    action.sa_flags = SA_RESTART
    unsafe sigaction(SIGURG, &action, nil)
    let thread = Thread { [self] in
      for _ in 0..<250 where interrupt() { usleep(20_000) }
      try? writer.close()
    }
    thread.start()
  }

  /// What the reader asks: no while it has not been interrupted yet.
  func shouldStop() -> Bool {
    state.withLock { state in
      state.questions += 1
      // What was there has been read by now, so that the reader is about to wait.
      if state.questions == 2 { state.reader = pthread_self() }
      return state.count > 0
    }
  }

  /// To be called by the thread that read, when it does no more.
  func end() { state.withLock { $0.isOver = true } }

  /// False when there is no more to interrupt.
  private func interrupt() -> Bool {
    state.withLock { state in
      guard !state.isOver else { return false }
      if let reader = state.reader {
        state.count += 1
        pthread_kill(reader, SIGURG)
      }
      return true
    }
  }
}
