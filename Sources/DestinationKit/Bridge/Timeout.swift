extension Duration? {
  /// As the header has it: nil is 0, until the deadline of the call; anything else is at least 1.
  var milliseconds: UInt32 {
    guard let self else { return 0 }
    let milliseconds = self.components.seconds.multipliedReportingOverflow(by: 1000)
    let rest = self.components.attoseconds / 1_000_000_000_000_000
    return max(1, UInt32(clamping: milliseconds.overflow ? .max : milliseconds.0 + rest))
  }
}
