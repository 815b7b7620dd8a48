import Testing

@testable import HostCommands

struct SuggestionTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("list", "list", 0), ("list", "lits", 1),
    ("verify", "vefiry", 2), ("verify", "verfy", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ("Enable", "enable", 0),
  ])
  func `the distance counts slips, a swap being one`(left: String, right: String, slips: Int) {
    #expect(Suggestion.distance(left, right) == slips)
    #expect(Suggestion.distance(right, left) == slips)
  }

  @Test(arguments: [
    ("workspce", "workspace"), ("wrokspace", "workspace"), ("destinations", "destination"),
    ("product", "products"), ("dest", "destination"), ("decrytp", "decrypt"),
  ])
  func `a misspelt or begun word finds its own`(typed: String, meant: String) {
    let words = ["workspace", "products", "adapter", "destination", "decrypt", "run"]
    #expect(Suggestion.nearest(to: typed, among: words) == meant)
  }

  @Test(arguments: ["xyzzy", "q", String(repeating: "w", count: 10_000)])
  func `nothing is offered for a word that is far from all`(typed: String) {
    #expect(Suggestion.nearest(to: typed, among: ["workspace", "products"]) == nil)
  }

  @Test func `nothing is offered where there is nothing to offer`() {
    #expect(Suggestion.nearest(to: "x", among: []) == nil)
  }
}
