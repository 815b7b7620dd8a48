internal import AdapterLoading

/// Loading, and what the entry answers.
enum LoadTests {
  static let all: [ValidatorTest] = [
    ValidatorTest(
      "load.constructors",
      "The library maps in the sandbox, and nothing runs in a constructor that could fail."
    ) { bench in
      _ = try step(.open, try bench.bareTrial())
      return .pass
    },
    ValidatorTest("load.entry", "The entry gives a table to a host of ABI 1.0.") { bench in
      let answer = try entry(try bench.bareTrial(), 1, 0)
      return answer.isThere
        ? .pass
        : .fail(
          "destination_adapter_entry(1, 0) gave NULL.", mend: "Serve major 1; only others get NULL."
        )
    },
    ValidatorTest("load.entry-again", "Every call of the entry gives the same table.") { bench in
      let trial = try bench.bareTrial()
      _ = try entry(trial, 1, 0)
      let again = try step(.entry(major: 1, minor: 0), trial)
      return again.isSameTable && again.isThere
        ? .pass
        : .fail(
          "a second call gave another table.", mend: "Return the address of one static table.")
    },
    ValidatorTest(
      "load.other-major", "The entry answers NULL to a major version that it does not serve."
    ) { bench in
      let answer = try entry(try bench.bareTrial(), 2, 0)
      return answer.isThere
        ? .fail(
          "destination_adapter_entry(2, 0) gave a table.",
          mend: "Return NULL unless host_abi_major == DESTINATION_ABI_MAJOR.")
        : .pass
    },
    ValidatorTest("load.later-minor", "A host of a later minor version gets the table, too.") {
      bench in
      let answer = try entry(try bench.bareTrial(), 1, 9)
      return answer.isThere
        ? .pass
        : .fail(
          "destination_adapter_entry(1, 9) gave NULL.",
          mend: "Look at the major alone: a later minor only adds.")
    },
    ValidatorTest(
      "abi.table",
      "Table and descriptor are laid out as ABI 1.0 has them, and say what adapter.json says."
    ) { bench in
      let trial = try bench.bareTrial()
      _ = try step(.open, trial)
      let answer = try answer(.describe, trial)
      return answer.breach.map { .fail($0, mend: "") } ?? .pass
    },
  ]

  private static func entry(
    _ trial: AdapterTrial, _ major: UInt32, _ minor: UInt32
  ) throws -> TrialAnswer {
    _ = try step(.open, trial)
    return try step(.entry(major: major, minor: minor), trial)
  }

  /// A breach of the contract is the test's verdict.
  private static func step(_ step: TrialStep, _ trial: AdapterTrial) throws -> TrialAnswer {
    let answer = try answer(step, trial)
    if let breach = answer.breach { throw Verdict.fail(breach, mend: "") }
    return answer
  }

  private static func answer(_ step: TrialStep, _ trial: AdapterTrial) throws -> TrialAnswer {
    do throws(TrialFailure) {
      return try trial.run(step, within: .seconds(10))
    } catch {
      throw Verdict(error, during: step.word)
    }
  }
}
