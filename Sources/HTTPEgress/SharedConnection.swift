internal import Cryptography
internal import Foundation
internal import Glibc
internal import HTTP2
internal import Synchronization

/// A connection of HTTP/2, over which several threads send at once; any thread.
///
/// A thread of its own speaks for all of them, and it alone touches the socket and the session
/// (``SharedConnectionLoop``): so a ping is answered and a goodbye heard also while nobody sends.
final class SharedConnection: Sendable {
  /// What the threads that send leave for the one that speaks.
  struct Inbox {
    var calls: [SharedCall] = []
    var givenUp: [(call: SharedCall, timedOut: Bool)] = []
    /// Whether calls are taken.
    var isOpen = true
    var isToEnd = false
    var hasEnded = false
  }

  let inbox = Mutex(Inbox())
  let wakeUp = Signal()
  private let ended = DispatchSemaphore(value: 0)

  /// `keep` gets what the next connection to this host may go on from.
  init(
    _ connection: Connection, _ library: HTTP2Library, _ rules: EgressRules, _ tally: EgressTally,
    keep: @escaping @Sendable (TLSSession) -> Void
  ) throws(EgressFailure) {
    guard wakeUp.isThere else { throw .noMoreFiles }
    do throws(HTTP2Error) {
      let session = try HTTP2Session(library, rules.limits)
      let loop = Handover(SharedConnectionLoop(connection, session, rules, tally, keep))
      let thread = Thread { [self] in
        loop.take()?.run(for: self)
        inbox.withLock { $0.hasEnded = true }
        ended.signal()
      }
      thread.name = "http/2"
      thread.start()
    } catch { throw EgressFailure(.unavailable, "\(error)") }
  }

  /// Whether another request may be sent over it.
  var isOpen: Bool { inbox.withLock { $0.isOpen } }

  var hasEnded: Bool { inbox.withLock { $0.hasEnded } }

  /// Sends the request and waits for its answer.
  func send(
    _ request: CheckedRequest, _ patience: Patience
  ) throws(SharedFailure) -> EgressResponse {
    let call = SharedCall(request)
    guard call.done.isThere else { throw SharedFailure(.noMoreFiles, .over) }
    let isTaken = inbox.withLock { inbox in
      if inbox.isOpen { inbox.calls.append(call) }
      return inbox.isOpen
    }
    guard isTaken else { throw SharedFailure(.hungUp, .untouched) }
    wakeUp.send()
    do throws(EgressFailure) { try patience.wait(for: POLLIN, on: call.done.reading) } catch {
      give(up: call, timedOut: error.kind == .timedOut)
      throw SharedFailure(error, .over)
    }
    guard let outcome = call.outcome else { throw SharedFailure(.hungUp, .over) }
    return try outcome.get()
  }

  /// Takes no more requests and waits for the thread, not for what is under way; once.
  func end() {
    inbox.withLock { inbox in
      inbox.isOpen = false
      inbox.isToEnd = true
    }
    wakeUp.send()
    ended.wait()
  }

  private func give(up call: SharedCall, timedOut: Bool) {
    inbox.withLock { $0.givenUp.append((call, timedOut)) }
    wakeUp.send()
  }
}

/// Lets go of what it is given when that is taken: OpenSSL's are not to be freed by a thread that outlives the rest.
private final class Handover: Sendable {
  private let content: Mutex<SharedConnectionLoop?>

  init(_ loop: SharedConnectionLoop) { content = Mutex(loop) }

  func take() -> SharedConnectionLoop? {
    content.withLock { content in
      defer { content = nil }
      return content
    }
  }
}

extension EgressFailure {
  static let hungUp = EgressFailure(.unavailable, "the server hung up without an answer")
  static let noMoreFiles = EgressFailure(.unavailable, "no more files can be opened")

  static func answerTooLong(_ rules: EgressRules) -> EgressFailure {
    EgressFailure(.tooLarge, "the answer is longer than \(rules.longestResponseBody) bytes")
  }
}
