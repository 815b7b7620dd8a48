import DestinationFilter
import Testing

@Suite struct ValueTests {
  @Test(arguments: [
    ("lowercase('ÀB') = 'àb'", true), ("uppercase('aß') = 'ASS'", true),
    ("snakecase('a b  c') = 'a_b__c'", true), ("kebabcase('a b') = 'a-b'", true),
    ("titlecase('two wOrds') = 'Two WOrds'", true), ("length('アa') = 4", true),
    ("length(['a', 'b']) = 2", true), ("typeof('a') = 'string'", true),
    ("typeof(1) = 'number'", true), ("typeof([]) = 'list'", true), ("typeof(true) = 'bool'", true),
    ("typeof(o) = 'object'", true), ("o = o", false), ("o != o", true), ("[] = []", true),
    ("bool(0) = false", true), ("bool('true')", true), ("bool('yes') = null", true),
    ("string(1.50) = '1.5'", true), ("string(5.0) = '5'", true), ("string(null) = null", true),
    ("number('1e3') = 1000", true), ("number('x') = null", true), ("number(true) = 1", true),
    ("number(' 1') = null", true), ("contains('abc', '')", true), ("1 = '1'", false),
    ("1 != '1'", true), ("true = 1", false), ("n > '5'", false), ("n > 4", true), ("-0 = 0", true),
    ("big = 9007199254740993", true), ("big = 9007199254740992", false),
    ("big > 9007199254740992.0", true), ("huge > 9223372036854775807", true),
    ("9223372036854775807 < 9223372036854775808.0", true), ("1e400 = 1e500", true),
    ("string(1e400) = null", true), ("-1e400 = far", true), ("string(far) = null", true),
    ("typeof(far) = 'number'", true), ("string(1e-400) = '0'", true), ("bool(1e-400)", false),
    ("'a' in list", true), ("2 in list", true), ("['x'] in list", true), ("null in list", true),
    ("'2' in list", false), ("list = ['a', 2, ['x'], null]", true), ("length(list) = 4", true),
    ("list.a = null", true), ("n.a = null", true), ("length(o) = 0", true), ("n", false),
    ("escaped = 'a\"é😀'", true), ("length(escaped) = 8", true), ("contains(escaped, 'é')", true),
    ("match(n, '*')", false), ("match('a', pattern)", true), ("match('a', bad)", false),
    (#"\key = 1"#, true),
  ])
  func `a value is what the reference says`(statement: String, result: Bool) throws {
    let statement = statement == "n > '5'" ? "n > five" : statement
    let event = #"""
      {"o":{"a":1},"n":5,"five":"5","big":9007199254740993,"huge":1e30,"far":-1e399,"list":["a",2.0,["x"],null],
       "escaped":"a\"\u00e9\ud83d\ude00","pattern":"[a-c]","bad":"[","k\u0065y":1}
      """#
    #expect(try evaluate(statement, event) == result)
  }

  @Test func `of a key that is given twice the last counts, with all that stands below`() throws {
    let event = #"{"a":{"b":1,"c":2},"a":{"c":3,"c":4},"d":{"x":1},"d":null}"#
    #expect(try evaluate("a.b = null and a.c = 4 and d = null and d.x = null", event))
  }

  @Test func `what stands in a list is no field, nor is a key of another depth`() throws {
    let event = #"{"x":{"a":[{"b":1}],"y":{"b":2}},"b":3,"a":{"b":[[]]},"z":{"a":{"b":5}}}"#
    #expect(
      try evaluate("x.a.b = null and a.b = [[]] and x.b = null and z.b = null and b = 3", event))
  }

  @Test func `a lone surrogate stands as it is written`() throws {
    #expect(try evaluate(#"x = '\ud800' and length(x) = 6"#, #"{"x":"\ud800"}"#))
  }

  @Test func `several statements share one walk and keep apart`() throws {
    var evaluator = FilterEvaluator([
      try FilterStatement("a = 1"), try FilterStatement("b = 2 and a = 1"),
      try FilterStatement("a = 2"),
    ])
    for (event, results) in [
      (#"{"a":1,"b":2}"#, [true, true, false]), (#"{"a":2}"#, [false, false, true]),
      ("not JSON", [false, false, false]), ("", [false, false, false]),
      ("[1]", [false, false, false]),
    ] {
      let bytes = Array(event.utf8)
      let span = unsafe bytes.span.bytes
      evaluator.read(span)
      #expect((0..<3).map { evaluator.matches($0, span) } == results)
    }
  }
}
