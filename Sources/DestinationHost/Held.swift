/// Holds a value that cannot be copied, where a table needs something that can.
///
/// A call through it is one access to a class, however much the value's method does: so what is done for each event is
/// written as methods of such values, and costs no check of its own for each of their properties.
final class Held<Value: ~Copyable> {
  var value: Value

  init(_ value: consuming Value) { self.value = value }
}
