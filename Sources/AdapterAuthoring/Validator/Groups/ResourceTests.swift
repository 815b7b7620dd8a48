internal import AdapterLoading

/// Memory and descriptors after much work.
enum ResourceTests {
  static let all: [ValidatorTest] = [
    .started("resources.memory", "100,000 events leave no memory behind.", memory),
    .started("resources.descriptors", "Deliveries leave no descriptor open.") { subject in
      try subject.deliver(TrialBatch(try subject.events(3)))
      let before = try subject.run(.countDescriptors).descriptors
      var batch = TrialBatch(try subject.events(3))
      batch.repeats = 100
      try subject.deliver(batch, within: .seconds(30))
      return try grown(subject, before, "100 deliveries")
    },
    .loaded("resources.starts", "Starting and stopping leaves no descriptor open.") { subject in
      try subject.begin()
      try subject.end()
      let before = try subject.run(.countDescriptors).descriptors
      for _ in 0..<20 {
        try subject.begin()
        try subject.deliver(TrialBatch(try subject.events(1)))
        try subject.end()
      }
      return try grown(subject, before, "20 starts")
    },
  ]

  private static func grown(_ subject: Subject, _ before: Int, _ work: String) throws -> Verdict {
    let after = try subject.run(.countDescriptors).descriptors
    return after <= before
      ? .pass
      : .fail(
        "\(after - before) more descriptors are open after \(work).",
        mend: "Close in stop what start opened, and in deliver what deliver opened.")
  }

  private static func memory(_ subject: Subject) throws -> Verdict {
    let events = try subject.events(500)
    guard !events.isEmpty else { return .skip("it takes no events.") }
    var batch = TrialBatch(events)
    let total = subject.asksForHTTP || subject.asksForConnections ? 20_000 : 100_000
    batch.repeats = max(1, total / 4 / events.count)
    var resident: [Int] = []
    for _ in 0..<4 {
      try subject.deliver(batch, within: .seconds(60))
      guard let usage = subject.trial.usage else {
        return .skip("the kernel does not tell the process's memory.")
      }
      resident.append(usage.residentKiB)
    }
    try subject.end()
    // The first quarter fills caches and the allocator's arenas.
    let growth = resident[3] - resident[0]
    return growth < 16 * 1024
      ? .pass
      : .fail(
        "\(growth / 1024) MiB more are resident after three quarters of the events than after the first.",
        mend: "Free in deliver what deliver allocates; keep nothing for each event.")
  }
}
