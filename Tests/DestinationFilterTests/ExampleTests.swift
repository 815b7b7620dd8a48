import DestinationFilter
import Testing

/// The published examples with their results, and the published rules for null.
@Suite struct ExampleTests {
  private static let event = """
    {"event":"Button Clicked","type":"track","context":{"library":{"name":"analytics.js",\
    "version":"1.0"}},"properties":{"features":["discounts","dark-mode"],"product 1":{"price":9.5}}}
    """

  @Test(arguments: [
    ("event = 'Button Clicked'", true), ("event = 'Screen Tapped'", false),
    ("context.path.path = '/login'", false), ("type = 'identify' or type = 'track'", true),
    ("event = 'Button Clicked' and type = 'track'", true),
    ("match( context.library.version, '1.*' )", true),
    ("match( context.library.version, '2.*' )", false),
    ("type = 'track' and ( event = 'Click' or match( event, 'Button *' ) )", true),
    ("!contains( context.library.name, 'js' )", false),
    ("'dark-mode' in properties.features", true), ("'blink' in properties.features", false),
    ("!( type in ['track', 'identify'] )", false), (#"properties.product\ 1.price = 9.5"#, true),
  ])
  func `an example has its result`(statement: String, result: Bool) throws {
    #expect(try evaluate(statement, Self.event) == result)
  }

  @Test(arguments: [
    ("match('abcd','a??d')", true), ("match('abc','ab')", false),
    (#"match('ab*d','ab\*d')"#, true), ("match('abcd','ab[A-Z]d')", false),
    ("match('abcd','a*d')", true), ("match('abcd','ab[a-z]d')", true),
    ("match('Abcd','abcd')", false), ("match('', '*')", true), ("match('', '?')", false),
    ("match('a]', 'a]')", true), (#"match('a]', 'a[\]]')"#, true), ("match('-', '[a-]')", true),
    ("match('é', '?')", true), ("match('😀x', '?x')", true), ("match('ж', '[а-я]')", true),
    ("match('a', '[]')", false), ("match('b', '[z-a]')", false), ("match('^', '[^a]')", true),
    ("match('abcabd', '*ab?')", true), ("match('aXbXc', '*X*X*')", true),
    ("match('aXb', '*X*X*')", false),
  ])
  func `a pattern fits the whole string or not`(statement: String, result: Bool) throws {
    #expect(try evaluate(statement, "{}") == result)
  }

  @Test(arguments: [
    ("contains(null, 'a')", false), ("contains(nothing, 'a')", false), ("length(null) = 0", true),
    ("length(nothing) = 0", true), ("lowercase(null) = null", true), ("lowercase(x) = null", true),
    ("typeof(null) = 'null'", true), ("typeof(x) = 'null'", true), ("match(null, '*')", false),
    ("x = null", true), ("x != null", false), ("null and true", false), ("null or true", true),
    ("!null", true), ("!x", true), ("x or y", false), ("x > 1", false), ("1 in null", false),
    ("null in [null]", true), ("x = y", true),
  ])
  func `null is handled as the reference has it`(statement: String, result: Bool) throws {
    #expect(try evaluate(statement, #"{"present":1}"#) == result)
  }
}

/// Whether a statement is true of one event.
func evaluate(_ statement: String, _ event: String) throws -> Bool {
  var evaluator = FilterEvaluator([try FilterStatement(statement)])
  let bytes = Array(event.utf8)
  let span = unsafe bytes.span.bytes
  evaluator.read(span)
  return evaluator.matches(0, span)
}
