internal import EventJSON

/// Evaluates several statements on one event after the other, whose bytes are walked once for all of them.
///
/// Nothing is built of the event: a value is a place in its bytes until a statement asks for more. An evaluator keeps
/// its storage; use one per thread.
package struct FilterEvaluator: ~Copyable {
  private let programs: [FilterProgram]
  /// Where each program's paths begin among those of all.
  private let firstPaths: [Int]
  private var scanner: PathScanner

  package init(_ statements: [FilterStatement]) {
    programs = statements.map(\.program)
    var first = 0
    firstPaths = programs.map { program in
      defer { first += program.paths.count }
      return first
    }
    scanner = PathScanner(PathTable(programs.flatMap(\.paths)))
  }

  /// Finds what the statements ask for; the questions that follow are about this event.
  @inline(__always)
  package mutating func read(_ event: RawSpan) { scanner.scan(event) }

  /// Whether a statement, by its place, is true of the event that was read last.
  package func matches(_ statement: Int, _ event: RawSpan) -> Bool {
    Evaluation(
      nodes: programs[statement].nodes, firstPath: firstPaths[statement]
    ).isTrue(programs[statement].root, event, scanner)
  }
}

/// One statement on one event.
private struct Evaluation {
  let nodes: [FilterProgram.Node]
  let firstPath: Int

  /// Anything but `true` counts as false, `null` among it.
  func isTrue(_ node: Int, _ event: RawSpan, _ found: borrowing PathScanner) -> Bool {
    switch nodes[node] {
    case .all(let parts):
      for part in parts where !isTrue(part, event, found) { return false }
      return true
    case .any(let parts):
      for part in parts where isTrue(part, event, found) { return true }
      return false
    case .not(let part): return !isTrue(part, event, found)
    case .equal(let a, let b):
      return FilterValue.equal(value(a, event, found), value(b, event, found), event)
    case .unequal(let a, let b):
      return !FilterValue.equal(value(a, event, found), value(b, event, found), event)
    case .ordered(let comparison, let a, let b):
      guard case .number(let a) = value(a, event, found),
        case .number(let b) = value(b, event, found)
      else { return false }
      return holds(comparison, FilterNumber.order(a, b))
    case .member(let element, let list):
      guard case .list(let list) = value(list, event, found) else { return false }
      let element = value(element, event, found)
      return list.values(event).contains { FilterValue.equal(element, $0, event) }
    case .glob(let text, let glob):
      guard case .string(let text) = value(text, event, found) else { return false }
      return unsafe text.read(event) { unsafe glob.matches($0) }
    case .constant, .path, .call:
      guard case .bool(true) = value(node, event, found) else { return false }
      return true
    }
  }

  private func holds(_ comparison: FilterProgram.Comparison, _ order: Int) -> Bool {
    switch comparison {
    case .above: order > 0
    case .atLeast: order >= 0
    case .below: order < 0
    case .atMost: order <= 0
    }
  }

  func value(_ node: Int, _ event: RawSpan, _ found: borrowing PathScanner) -> FilterValue {
    switch nodes[node] {
    case .constant(let value): return value
    case .path(let path): return FilterValue(found.value(at: firstPath + path), event)
    case .call(let function, let arguments):
      let first = value(arguments[0], event, found)
      guard arguments.count == 2 else { return function.apply(to: first, event) }
      return .bool(function.holds(first, value(arguments[1], event, found), event))
    default: return .bool(isTrue(node, event, found))
    }
  }
}
