import DestinationFilter
import Testing

@Suite struct SyntaxTests {
  @Test(arguments: [
    ("", 1, "the statement ends where a value is missing"),
    ("event =", 8, "the statement ends where a value is missing"),
    ("event == 'a'", 7, "`==` is no operator"),
    ("event = 'a' && x", 13, "`&` is no operator"),
    ("event = 'a' || x", 13, "`|` is no operator"),
    ("event = 'a", 9, "the string that begins here does not end"),
    ("event = 'a' AND x", 13, "this word is written in lower case"),
    ("event = 'a' x", 13, "an operator is missing before this"),
    ("(event = 'a'", 1, "this bracket is not closed"),
    ("event = 'a')", 12, "an operator is missing before this"),
    ("x in ['a'", 6, "this bracket is not closed"),
    ("x in ['a',]", 11, "a list holds strings, numbers, true, false, null and lists"),
    ("x in [event]", 7, "a list holds strings, numbers, true, false, null and lists"),
    ("x in 'abc'", 6, "what stands behind `in` must be a list, this is a string"),
    ("x = 1 = 2", 7, "comparisons do not follow each other"),
    ("x > 'a'", 5, "each side of `>` must be a number, this is a string"),
    ("'a'", 1, "the statement must be a bool, this is a string"),
    ("length(x)", 1, "the statement must be a bool, this is a number"),
    ("x and 'é' and true", 7, "each side of `and` must be a bool, this is a string"),
    ("'é' and x", 1, "each side of `and` must be a bool, this is a string"),
    ("x = 'é' or 1", 12, "each side of `or` must be a bool, this is a number"),
    ("!1", 2, "what stands behind `!` must be a bool, this is a number"),
    ("contain(x, 'a')", 1, "there is no function of this name"),
    ("a.b(x)", 1, "there is no function of this name"),
    (#"boo\l(x)"#, 1, "there is no function of this name"),
    ("contains(x)", 1, "`contains` takes 2 and is given 1"),
    ("length() = 1", 1, "`length` takes 1 and is given 0"),
    ("contains(1, 'a')", 10, "what `contains` takes must be a string, this is a number"),
    ("match(x, '[a')", 10, "this is no pattern"),
    (#"match(x, 'a\')"#, 10, "the string that begins here does not end"),
    (#"match(x, 'a\\')"#, 10, "this is no pattern"),
    ("properties..a = 1", 12, "a field's name is missing between or behind the dots"),
    ("properties. = 1", 12, "a field's name is missing between or behind the dots"),
    (".a = 1", 1, "a path does not begin with a dot"),
    (#"a\"#, 2, "nothing follows the backslash"),
    ("a = #", 5, "this character begins nothing"),
    ("a = é", 5, "this character begins nothing"),
  ])
  func `a fault is told with its column`(statement: String, column: Int, reason: String) {
    let error = #expect(throws: FilterError.self) { try FilterStatement(statement) }
    #expect(error?.column == column)
    #expect(error?.reason == reason)
    #expect(error?.mend.isEmpty == false)
  }

  @Test func `an error reads as one line and repeats no text of the statement`() {
    let error = #expect(throws: FilterError.self) { try FilterStatement("x = 'secret") }
    #expect(
      error?.description
        == "column 5: the string that begins here does not end. Close its quote.")
  }

  @Test(arguments: [
    "true", "x", "!!x", "a-b_c.1 = 1", "2fa = true", "x=-1.5e+3", "x in []",
    #"\and = 1"#, #"x = 'it\'s' or x = "a\"b""#, "x\n=\t'a'\r\n", "typeof(x) in ['list','bool']",
    "contains (x, 'a')", "x = [['a'], null]", #"\é.\😀 = 1"#, "properties.and = 1", "x = -0",
  ])
  func `everything that the grammar allows is taken`(statement: String) throws {
    _ = try FilterStatement(statement)
  }

  @Test func `and binds more than or, and a comparison more than both`() throws {
    #expect(try evaluate("true or false and false", "{}"))
    #expect(try !evaluate("(true or false) and false", "{}"))
    #expect(try evaluate("!x and y = 1", #"{"y":1}"#))
  }
}
