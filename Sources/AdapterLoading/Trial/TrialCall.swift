internal import CDestinationAdapter
internal import Foundation
internal import Glibc

/// One call of an instance, made as a trial wants it.
struct TrialCall {
  let instance: AdapterInstance
  let step: TrialStep
  let firstToken: UInt64

  /// How many call tokens it takes.
  var tokens: Int {
    if case .deliver(let batch) = step { batch.repeats * batch.threads } else { 0 }
  }

  /// Requests for HTTP may come from whichever thread makes the call.
  func answer() -> TrialAnswer {
    let services = instance.services
    services.acceptEveryThread()
    switch step {
    case .configure(let settings, let secrets, let later):
      services.take(secrets: secrets.mapValues { Array($0) })
      return answer(
        instance.configure(settings: Array(settings), destinationID: "trial", later: later))
    case .start: return answer(services.requesting { instance.start() })
    case .deliver(let batch): return deliver(batch)
    case .flush(let limit):
      return answer(services.requesting { instance.flush(deadline: deadline(limit)) })
    case .cancel(let token): instance.cancel(token)
    case .stop(let limit): services.requesting { instance.stop(deadline: deadline(limit)) }
    default: break
    }
    return TrialAnswer()
  }

  private func answer(_ status: AdapterInstance.Status) -> TrialAnswer {
    TrialAnswer(status: status.code, problem: status.problem)
  }

  private func deadline(_ milliseconds: UInt64) -> UInt64 {
    milliseconds == 0
      ? 0 : UInt64(HostServices.now(CLOCK_MONOTONIC)) &+ milliseconds &* 1_000_000
  }
}

// MARK: - Delivering

extension TrialCall {
  private func deliver(_ batch: TrialBatch) -> TrialAnswer {
    let memories = (0..<batch.threads).compactMap { _ in TrialMemory(batch) }
    guard memories.count == batch.threads else {
      return TrialAnswer(breach: "there is no memory for the batch.")
    }
    var answer = TrialAnswer()
    for turn in 0..<batch.repeats {
      let token = firstToken + UInt64(turn * batch.threads)
      let details = instance.services.requesting { deliver(batch, memories, token) }
      guard turn == batch.repeats - 1 else { continue }
      for (number, memory) in memories.enumerated() {
        for index in batch.events.indices {
          answer.results.append(
            TrialAnswer.Result(memory.result(at: index), detail: number == 0 ? details[index] : nil)
          )
        }
        answer.spoiled += memory.spoiled
      }
    }
    return answer
  }

  /// On this thread, or on several at once; the details are those of the first call.
  private func deliver(
    _ batch: TrialBatch, _ memories: [TrialMemory], _ token: UInt64
  ) -> [Int: String] {
    let limit = deadline(batch.deadline)
    instance.services.begin(token: token, events: batch.events.count, deadline: limit)
    let call: (Int) -> Void = { number in
      unsafe memories[number].call(token: token + UInt64(number), deadline: limit) {
        batch, results in
        unsafe instance.deliver(&batch.pointee, results)
      }
    }
    if memories.count == 1 { call(0) } else { OwnThread.run(memories.count, call) }
    return instance.services.end()
  }
}

extension TrialAnswer.Result {
  fileprivate init(_ result: destination_result, detail: String?) {
    self.init(
      outcome: result.outcome, remoteCode: result.remote_code,
      retryAfterMilliseconds: result.retry_after_ms, flags: result.flags, detail: detail)
  }
}

/// Threads made for one call each; whoever starts them waits for their end.
enum OwnThread {
  static func run(_ body: @escaping () -> TrialAnswer) -> TrialAnswer {
    var answer = TrialAnswer()
    run(1) { _ in answer = body() }
    return answer
  }

  static func run(_ count: Int, _ body: @escaping (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
      // Not copied: the caller waits, and each number is one thread's.
      let work = ThreadWork { body(number) }
      group.enter()
      let thread = Thread {
        work.body()
        group.leave()
      }
      thread.start()
    }
    group.wait()
  }
}

// The thread that made it waits until the one that runs it is done.
private struct ThreadWork: @unchecked Sendable {
  let body: () -> Void

  init(_ body: @escaping () -> Void) { self.body = body }
}
