internal import AdapterLoading

/// One test of the validator: a rule of the contract, and how it is looked at.
package struct ValidatorTest: Sendable {
  /// `group.what`, in lower case.
  package let name: String
  /// The rule, one sentence: what is expected of every adapter.
  package let expected: String
  let run: @Sendable (Bench) throws -> Verdict

  package var group: String { String(name.prefix { $0 != "." }) }

  init(_ name: String, _ expected: String, _ run: @escaping @Sendable (Bench) throws -> Verdict) {
    self.name = name
    self.expected = expected
    self.run = run
  }

  /// A test of an adapter that was loaded, in a process of the test's own.
  static func loaded(
    _ name: String, _ expected: String, _ run: @escaping @Sendable (Subject) throws -> Verdict
  ) -> ValidatorTest {
    ValidatorTest(name, expected) { bench in
      let subject = try bench.subject()
      try subject.load()
      return try run(subject)
    }
  }

  /// A test of an adapter that was started with settings that suit its schema.
  static func started(
    _ name: String, _ expected: String, _ run: @escaping @Sendable (Subject) throws -> Verdict
  ) -> ValidatorTest {
    ValidatorTest(name, expected) { bench in
      let subject = try bench.subject()
      try subject.load()
      try subject.begin()
      return try run(subject)
    }
  }

  /// Every test there is, in the order in which they run.
  package static let all: [ValidatorTest] =
    StaticTests.all + LoadTests.all + DescriptorTests.all + LifecycleTests.all
    + SettingsTests.all + DeliverTests.all + RemoteTests.all + TimeTests.all + ThreadTests.all
    + ResourceTests.all + OrderTests.all
}

/// One test's result.
package struct TestReport: Sendable {
  package let name: String
  package let group: String
  package let expected: String
  package let verdict: Verdict
  package let milliseconds: Double
}
