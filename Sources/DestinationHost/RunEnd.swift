internal import AdapterLoading
internal import DeliveryQueue
internal import Foundation

/// The end of a run: the queues run empty, or a stop cuts that short.
///
/// ```
/// stop asked ─▶ what can be sent at once is sent ─(deadline)─▶ calls asked to come back ─(grace)─▶ workers killed
/// ```
///
/// What was under way stays in its queue, and may be delivered twice.
struct RunEnd {
  let live: LiveConfiguration
  let run: HostRun
  let control: RunControl

  /// Returns when every delivery has ended.
  func wait() {
    let ended = DispatchSemaphore(value: 0)
    let watching = HostThread("stop") {
      drain(until: ended)
      if control.shouldStop { stop() }
    }
    live.end(.settled(patience: run.untilIdle ? nil : run.linger))
    ended.signal()
    watching.join()
  }

  private func drain(until ended: DispatchSemaphore) {
    while !control.shouldStop, ended.wait(timeout: .now() + 0.05) == .timedOut {
      control.report(.draining(waiting: live.all.reduce(0) { $0 + $1.queue.state.waiting }))
    }
  }

  private func stop() {
    let deadline = Moment.now.advanced(by: run.stopDeadline)
    live.tell(.stop(by: deadline))
    guard !isOver(by: deadline) else { return }
    live.brake { $0.press() }
    guard !isOver(by: deadline.advanced(by: run.grace)) else { return }
    live.brake { $0.pull() }
  }

  private func isOver(by moment: Moment) -> Bool {
    while !live.isOver, moment > .now { Thread.sleep(forTimeInterval: 0.02) }
    return live.isOver
  }
}
