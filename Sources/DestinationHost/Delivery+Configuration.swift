internal import AdapterLoading
internal import DeliveryQueue
internal import Foundation
internal import Synchronization
internal import Workspace

// Its configuration, and the worker that runs with it.
extension Delivery {
  /// Starts, changes or stops the worker, as far as what it runs with has changed.
  func take(_ destination: Destination?) {
    guard let destination, destination.enabled else {
      running = nil
      return stopWorker(nil)
    }
    schedule.limits = starter.limits(destination, description)
    do {
      let new = starter.running(destination)
      if let running, running.isSame(as: new) { return }
      stopWorker(new.isPaused ? "it is paused. See: sealpost queue resume \(id)" : nil)
      running = new
      if new.isPaused { return }
      let started = try starter.start(destination, brake)
      worker = started.worker
      egress = started.egress
      running?.servedTypes = started.description?.servedTypes ?? .max
      shared.withLock { $0.description = started.description ?? $0.description }
      schedule.limits = starter.limits(destination, started.description)
      lastProgress = .now
    } catch {
      control.fail(error)
    }
  }

  func stopWorker(_ reason: String?) {
    if let reason { control.report(.paused(id, reason)) }
    guard let worker else { return }
    if let problem = flush(worker) { control.report(.gaveUp(id, problem)) }
    worker.stop()
    restartsBefore += worker.restarts
    self.worker = nil
    countRequests()
  }

  /// What the worker that ended has had sent.
  func countRequests() {
    if let counts = egress?.counts {
      count { $0.requests = ($0.requests ?? RequestCounts()) + counts }
    }
    egress = nil
  }

  /// Nothing more is sent until the destination is configured anew.
  func rest(_ reason: String) {
    stopWorker(reason)
  }

  /// The host has to stop: what was under way stays in the queue, and nobody is to blame.
  func leave(_ worker: SupervisedWorker) {
    restartsBefore += worker.restarts
    worker.stop()
    self.worker = nil
    countRequests()
  }

  func giveUp(_ failure: WorkerFailure) {
    control.report(.gaveUp(id, "\(failure)"))
    if let worker { leave(worker) }
    if failure.isTheAdapters { starter.quarantine(id, reason: "\(failure)") }
  }

  func flush(_ worker: SupervisedWorker) -> String? {
    do throws(WorkerFailure) {
      return try worker.flush()
    } catch {
      return "\(error)"
    }
  }

  func finish() {
    let unread = mail.withLock { mail in
      mail.isOver = true
      return mail.configurations
    }
    for (_, done) in unread { done.signal() }
    stopWorker(nil)
    noteAttempts()
    do {
      try queue.close()
    } catch {
      control.report(.queueTrouble(id, "\(error)"))
    }
    count {
      $0.waiting = queue.state.waiting
      $0.lost = queue.state.lostEvents
      $0.workerRestarts = restartsBefore
    }
  }
}
