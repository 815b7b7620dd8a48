import Foundation
import Testing

@testable import HostCommands

struct TextFormTests {
  @Test func `JSON keeps the order of its members and is indented`() {
    let json: JSONText = [
      "b": [1, true, .null], "a": ["x": "y"], "none": [], "empty": .object([]),
    ]
    #expect(
      json.document == """
        {
          "b": [
            1,
            true,
            null
          ],
          "a": {
            "x": "y"
          },
          "none": [],
          "empty": {}
        }

        """)
  }

  @Test(arguments: ["", "plain", "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1F}\u{7F}\u{9B}", "é日😀", "\r\n"])
  func `another reader gets the string back`(text: String) throws {
    let document = Data(JSONText.array([.string(text)]).document.utf8)
    #expect(try JSONDecoder().decode([String].self, from: document) == [text])
  }

  @Test func `a number that JSON cannot hold is null`() {
    #expect(JSONText.number(.infinity).document == "null\n")
    #expect(JSONText.number(1.5).document == "1.5\n")
  }

  @Test func `CSV quotes what has to be quoted and disarms formulas`() {
    let text = CSV.text(
      ["a", "b"], [["x, y", "say \"hi\""], ["=1+1", "-2"], ["two\nlines", ""]])
    #expect(
      text == "a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\r\n'=1+1,'-2\r\n\"two\nlines\",\r\n")
  }

  @Test func `words are wrapped at spaces and cut when too long`() {
    #expect(Wrapping.lines(of: "one two three", width: 8) == ["one two", "three"])
    #expect(Wrapping.lines(of: "abcdefghijkl", width: 8) == ["abcdefgh", "ijkl"])
    #expect(Wrapping.lines(of: "", width: 8) == [""])
    #expect(Wrapping.lines(of: "abcdefgh", width: 8) == ["abcdefgh"])
  }

  @Test func `an error reads what, where, why and mend`() {
    let error = CommandError(.configuration, "setting \"x\"", in: "w.json", "it is no", "Do y.")
    #expect(error.description == "setting \"x\", w.json: it is no. Do y.")
  }
}
