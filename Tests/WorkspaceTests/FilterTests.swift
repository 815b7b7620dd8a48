import DestinationFilter
import AuditLog
import Testing
import Workspace

@Suite struct FilterTests {
  @Test func `filters stand in their order, each change is in the log`() throws {
    let test = try TestWorkspace.withDestination()
    let w = test.workspace
    try w.setFilter(filter("a"), of: "files")
    try w.setFilter(filter("b"), of: "files")
    try w.setFilter(filter("c"), of: "files", at: 1)
    try w.setFilter(filter("a", .remove(["traits.x"])), of: "files")
    #expect(try w.destination("files").filters?.map(\.name) == ["c", "a", "b"])
    try w.removeFilter("a", of: "files")
    #expect(try test.reopened().destination("files").filters?.map(\.name) == ["c", "b"])
    let last = try #require(try test.records(of: "destination/files").last)
    #expect(last.type == .destinationFilterModified)
    let change = try #require(last.entry.changes.first { $0.setting == "filters.a" })
    #expect(change.old == "2. remove traits.x if event = 'x'")
    #expect(change.new.isEmpty)
  }

  @Test
  func
    `a destination without filters is as it was, one with them is refused by those who know none`()
    throws
  {
    let test = try TestWorkspace.withDestination()
    #expect(try test.text("destinations/files.json").contains(#""format" : 1"#))
    try test.workspace.setFilter(filter("a"), of: "files")
    #expect(try test.text("destinations/files.json").contains(#""format" : 2"#))
    try test.workspace.removeFilter("a", of: "files")
    #expect(try test.text("destinations/files.json").contains(#""format" : 1"#))
    #expect(try !test.text("destinations/files.json").contains("filters"))
  }

  @Test func `what is no filter is refused with the reason`() throws {
    let test = try TestWorkspace.withDestination()
    var bad = filter("a")
    bad.condition = "event = "
    #expect(
      errorText { try test.workspace.setFilter(bad, of: "files") }
        == "filter \"a\" of destination \"files\": its statement, column 9: the statement ends where a "
        + "value is missing. Complete it.")
    #expect(
      errorText { try test.workspace.setFilter(filter("A B"), of: "files") }.contains(
        "a name has 1"))
    #expect(
      errorText { try test.workspace.removeFilter("zz", of: "files") }
        == "filter \"zz\" of destination \"files\": there is none of that name. "
        + "See: sealpost destination filter show files")
    for number in 0..<Workspace.maximumFilters {
      try test.workspace.setFilter(filter("f\(number)"), of: "files")
    }
    #expect(
      errorText { try test.workspace.setFilter(filter("more"), of: "files") }.contains(
        "it has 32 filters"))
  }

  @Test(arguments: [
    (#""action" : "drop""#, #""action" : "encrypt""#), (#""name" : "a""#, #""name" : 1"#),
    (#""if" : "event = 'x'""#, #""if" : null"#), (#""action" : "drop""#, #""action" : "sample""#),
  ])
  func `a filter that this program cannot read keeps its destination from running`(
    old: String, new: String
  ) throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.setFilter(filter("a"), of: "files")
    try test.edit("destinations/files.json", old, new)
    let workspace = try test.reopened()
    #expect(workspace.destinations().isEmpty)
    #expect(errorText { _ = try workspace.destination("files") }.contains("document refused"))
  }

  @Test func `every action survives the document`() throws {
    let test = try TestWorkspace.withDestination()
    let actions: [FilterAction] = [
      .drop, .sample(percent: 12.5, by: .user), .only([#"properties.a\ b"#]), .remove(["traits.x"]),
    ]
    for (index, action) in actions.enumerated() {
      try test.workspace.setFilter(filter("f\(index)", action), of: "files")
    }
    #expect(try test.reopened().destination("files").filters?.map(\.action) == actions)
  }

  private func filter(_ name: String, _ action: FilterAction = .drop) -> EventFilter {
    EventFilter(name: name, condition: "event = 'x'", action: action)
  }
}
