import Testing

@Suite struct NotesTests {
  @Test func `every suite that a note names is there`() throws {
    let declared = Set(
      try SourceFile.all(in: "Tests").flatMap(\.lines).flatMap { line in
        line.matches(of: #/\b(?:struct|enum|class) (\w+Tests)\b/#).map { String($0.output.1) }
      } + House.rooms.map { "\($0.name)Tests" })
    var named = 0
    for folder in ["Sources", "Plugins", "Examples"] {
      for note in try SourceFile.all(in: folder, kinds: ["md"]) {
        for (index, line) in note.lines.enumerated() {
          for suite in line.matches(of: #/`(\w+Tests)`/#).map({ String($0.output.1) }) {
            named += 1
            #expect(declared.contains(suite), "\(note.path):\(index + 1)")
          }
        }
      }
    }
    #expect(named > 0)
  }
}
