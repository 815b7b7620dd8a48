import Privacy
import Testing

/// Every row of the decision table in the module's notes.
@Suite struct DestinationPolicyTests {
  private static let red = Matcher(name: "ssn", classification: .red)
  private static let yellow = Matcher(name: "email", classification: .yellow)
  private static let green = Matcher(name: "plan", classification: .green)

  struct Row: Sendable {
    var source: Control?
    var destination: Control?
    var encrypted = false
    var tokenized = false
    var eligible = true
    let decision: KeyDecision
  }

  private func decision(_ row: Row, _ matcher: Matcher) -> KeyDecision {
    DestinationPolicy(
      source: Controls(red: row.source, yellow: row.source),
      destination: Controls(red: row.destination, yellow: row.destination),
      encryptedFields: row.encrypted ? ["E-Mail"] : [],
      tokenizedFields: row.tokenized ? ["email"] : [], isEligible: row.eligible
    ).decision(for: matcher)
  }

  @Test(arguments: [
    Row(decision: KeyDecision(.remove, .redByDefault)),
    Row(source: .allow, decision: KeyDecision(.remove, .redByDefault)),
    Row(source: .encrypt, decision: KeyDecision(.remove, .redByDefault)),
    Row(source: .block, decision: KeyDecision(.remove, .sourceControl)),
    Row(destination: .allow, decision: KeyDecision(.pass, .allowed)),
    Row(destination: .tokenize, decision: KeyDecision(.tokenize, .destinationControl)),
    Row(destination: .encrypt, decision: KeyDecision(.encrypt, .destinationControl)),
    Row(destination: .block, decision: KeyDecision(.remove, .destinationControl)),
    Row(source: .encrypt, destination: .allow, decision: KeyDecision(.encrypt, .sourceControl)),
    Row(source: .block, destination: .allow, decision: KeyDecision(.remove, .sourceControl)),
    // A red matcher is no field of a destination's encryption, whatever the list says.
    Row(destination: .allow, encrypted: true, decision: KeyDecision(.pass, .allowed)),
    Row(destination: .allow, eligible: false, decision: KeyDecision(.remove, .notEligible)),
    Row(
      destination: .encrypt, eligible: false,
      decision: KeyDecision(.encrypt, .destinationControl)),
    Row(eligible: false, decision: KeyDecision(.remove, .redByDefault)),
  ])
  func `a red key goes by its row of the table`(row: Row) {
    #expect(decision(row, Self.red) == row.decision)
  }

  @Test(arguments: [
    Row(decision: KeyDecision(.pass, .allowed)),
    Row(source: .allow, destination: .allow, decision: KeyDecision(.pass, .allowed)),
    Row(source: .tokenize, decision: KeyDecision(.tokenize, .sourceControl)),
    Row(source: .block, decision: KeyDecision(.remove, .sourceControl)),
    Row(destination: .encrypt, decision: KeyDecision(.encrypt, .destinationControl)),
    Row(
      source: .tokenize, destination: .encrypt,
      decision: KeyDecision(.encrypt, .destinationControl)),
    // What a destination encrypts is encrypted though it be allowed; what is blocked is not even that.
    Row(encrypted: true, decision: KeyDecision(.encrypt, .encryptedField)),
    Row(
      source: .allow, destination: .allow, encrypted: true,
      decision: KeyDecision(.encrypt, .encryptedField)),
    Row(destination: .tokenize, encrypted: true, decision: KeyDecision(.encrypt, .encryptedField)),
    Row(destination: .block, encrypted: true, decision: KeyDecision(.remove, .destinationControl)),
    Row(source: .block, encrypted: true, decision: KeyDecision(.remove, .sourceControl)),
    Row(tokenized: true, decision: KeyDecision(.tokenize, .tokenizedField)),
    Row(destination: .allow, tokenized: true, decision: KeyDecision(.tokenize, .tokenizedField)),
    Row(encrypted: true, tokenized: true, decision: KeyDecision(.encrypt, .encryptedField)),
    Row(eligible: false, decision: KeyDecision(.remove, .notEligible)),
    Row(
      source: .allow, destination: .allow, eligible: false,
      decision: KeyDecision(.remove, .notEligible)),
    Row(encrypted: true, eligible: false, decision: KeyDecision(.encrypt, .encryptedField)),
    Row(tokenized: true, eligible: false, decision: KeyDecision(.tokenize, .tokenizedField)),
  ])
  func `a yellow key goes by its row of the table`(row: Row) {
    #expect(decision(row, Self.yellow) == row.decision)
  }

  @Test func `green passes, whatever is set`() {
    for control in Control.allCases {
      for eligible in [true, false] {
        let row = Row(
          source: control, destination: control, eligible: eligible,
          decision: KeyDecision(.pass, .green))
        #expect(decision(row, Self.green) == row.decision)
      }
    }
  }

  @Test func `nothing classified leaves a workspace in clear that is not eligible`() {
    let all: [Control?] = Control.allCases + [nil]
    for source in all {
      for destination in all {
        for matcher in [Self.red, Self.yellow] {
          let row = Row(
            source: source, destination: destination, eligible: false,
            decision: KeyDecision(.pass, .allowed))
          #expect(decision(row, matcher).action != .pass)
        }
      }
    }
  }

  @Test func `every exact key in force has a decision, and no other key`() throws {
    let settings = try PrivacySettings()
      .adding(Matcher(name: "mrn", classification: .yellow, synonyms: ["chart_no"]))
      .adding(Matcher(name: "near mrn", classification: .red, synonyms: ["mrns"], kind: .similar))
      .adding(Matcher(name: "digits", classification: .red, kind: .value("[0-9]{9}")))
    let decisions = DestinationPolicy(isEligible: true).decisions(settings)
    #expect(decisions["chartno"] == KeyDecision(.pass, .allowed))
    #expect(decisions["ssn"] == KeyDecision(.remove, .redByDefault))
    #expect(Set(decisions.keys) == settings.ownedKeys)
    #expect(decisions["mrns"] == nil && decisions["nearmrn"] == nil && decisions["digits"] == nil)
  }
}
