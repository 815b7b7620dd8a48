import Testing

@testable import HostCommands

struct TableTests {
  private let table = Table(
    columns: [.init("id"), .init("what it is", isFlexible: true), .init("n", isNumber: true)],
    rows: [
      ["webhook-1", "a destination with a long description of itself", "7"],
      ["é", "日本", "1200"],
    ])
  private let plain = Painter(isOn: false)

  @Test func `off a terminal nothing is wrapped`() {
    #expect(
      table.text(width: nil, painter: plain) == """
        id         what it is                                          n
        webhook-1  a destination with a long description of itself     7
        é          日本                                             1200

        """)
  }

  @Test func `on a narrow terminal the flexible column is wrapped and the id is whole`() {
    let text = table.text(width: 40, painter: plain)
    #expect(
      text == """
        id         what it is                  n
        webhook-1  a destination with a        7
                   long description of
                   itself
        é          日本                     1200

        """)
  }

  @Test(arguments: [1, 20, 39, 40, 41, 80, 500])
  func `no line is wider than the terminal unless the ids are`(width: Int) {
    for line in table.text(width: width, painter: plain).split(separator: "\n") {
      #expect(Printable.columns(of: String(line)) <= max(width, 29))
    }
  }

  @Test func `colour changes nothing but the escape sequences`() {
    let coloured = table.text(width: 40, painter: Painter(isOn: true))
    #expect(coloured.contains("\u{1B}[1m"))
    let stripped = coloured.replacing(/\u{1B}\[[0-9]+m/, with: "")
    #expect(stripped == table.text(width: 40, painter: plain))
  }

  @Test func `control characters of a cell are shown, not sent`() {
    let table = Table(columns: [.init("x")], rows: [["\u{1B}]0;title\u{7}\n\u{202E}z"]])
    #expect(
      table.text(width: nil, painter: plain) == "x\n\\u{1b}]0;title\\u{7}\\u{a}\\u{202e}z\n")
  }

  @Test func `a table without rows has its titles`() {
    let table = Table(columns: [.init("a"), .init("b")])
    #expect(table.text(width: 80, painter: plain) == "a  b\n")
  }
}
