internal import AdapterLoading

/// Calls from threads of every kind.
enum ThreadTests {
  static let all: [ValidatorTest] = [
    .loaded("threads.control", "Every call may come on another thread than the last.") { subject in
      try subject.create()
      for _ in 0..<2 {
        try subject.configureAndStart(hasOwnThread: true)
        for _ in 0..<3 {
          try subject.deliver(TrialBatch(try subject.events(2)), hasOwnThread: true)
        }
        try subject.run(.flush(deadline: 5000), hasOwnThread: true)
        try subject.run(.stop(deadline: 5000), hasOwnThread: true)
      }
      try subject.run(.destroy, hasOwnThread: true)
      return .pass
    },
    .started("threads.concurrent", "max_concurrency deliveries may run at once.") { subject in
      let most = try subject.description.maximumConcurrency
      guard most > 1 else { return .skip("max_concurrency is 1.") }
      var batch = TrialBatch(try subject.events(20))
      batch.threads = min(most, 8)
      batch.repeats = 25
      try subject.deliver(batch)
      try subject.end()
      return .pass
    },
    .started("threads.left", "After stop and destroy no thread of its own is left.") { subject in
      try subject.deliver(TrialBatch(try subject.events(5)))
      try subject.end()
      guard let before = try idle(subject), let after = subject.trial.usage?.threads else {
        return .skip("the kernel does not tell the process's threads.")
      }
      return after <= before
        ? .pass
        : .warn(
          "\(after - before) more threads than before create.",
          mend: "End and join them in stop: they may call nothing once destroy has returned.")
    },
  ]

  /// The threads of a worker that was loaded, with an instance made and never started.
  private static func idle(_ subject: Subject) throws -> Int? {
    let other = try subject.bench.subject()
    try other.load()
    try other.create()
    return other.trial.usage?.threads
  }
}
