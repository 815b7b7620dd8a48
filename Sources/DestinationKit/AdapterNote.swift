/// What an adapter's library says of itself without running: a `destination_note` and its text, as literals.
///
/// The size of the name, that of what follows it, the type, the name, the ABI's major and the least minor, then the
/// product and the version with a NUL behind each. Declared by a global with `@section(".note.destadapter")` and
/// `@used`; `sealpost adapter note PRODUCT VERSION` prints it.
public typealias AdapterNote<let count: Int> = (
  UInt32, UInt32, UInt32, InlineArray<12, UInt8>, UInt32, UInt32, InlineArray<count, UInt8>
)
