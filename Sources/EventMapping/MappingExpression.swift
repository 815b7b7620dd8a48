internal import EventJSON

/// One value of a table, ready to be made for an event.
indirect enum MappingExpression: Sendable {
  /// JSON as it was written.
  case constant([UInt8], ValueKind)
  /// The value at the path of that number; the second where there is none or null.
  case path(Int, otherwise: MappingExpression?)
  case template([TemplatePiece])
  /// Keys with their quotes and colon.
  case object([(key: [UInt8], value: MappingExpression)])
  case array([MappingExpression])
  case condition(MappingCondition)
  case time(MappingExpression, TimeForm)
  case merge([MappingExpression])
  /// Without the members of those names, as JSON writes them between the quotes.
  case omit([[UInt8]], from: MappingExpression)
  case each(Int, ElementMapping)
}

/// A part of a template.
enum TemplatePiece: Sendable {
  /// Content of a JSON string.
  case text([UInt8])
  case path(Int)
}

/// Which of two values it is.
struct MappingCondition: Sendable {
  let subject: MappingExpression
  /// Asked is whether the subject is blank, not whether it is there.
  let asksBlank: Bool
  let then: MappingExpression?
  let otherwise: MappingExpression?
}

/// What becomes of each element of a list.
struct ElementMapping: Sendable {
  let expression: MappingExpression
  /// From the element.
  let paths: PathTable
}

/// How a time is written.
enum TimeForm: String, CaseIterable, Sendable {
  case seconds, milliseconds, microseconds
}
