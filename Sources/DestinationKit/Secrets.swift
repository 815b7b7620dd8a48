internal import CDestinationAdapter
internal import Glibc

extension AdapterHost {
  /// Calls `body` with a secret, and wipes the copy afterwards.
  ///
  /// `name` is that of a setting of kind ``Setting/Kind/secret``. Throws ``AdapterProblem`` where the operator has not
  /// given it, or `adapter.json` does not name it.
  public func withSecret<R>(_ name: String, _ body: (RawSpan) throws -> R) throws -> R {
    var capacity = 256
    for _ in 0..<4 {
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
      defer { unsafe wipeAndFree(buffer) }
      let (status, length) = unsafe readSecret(name, into: buffer)
      if status == DESTINATION_OK, length <= capacity {
        return try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<length]).bytes)
      }
      guard status == DESTINATION_TOO_LARGE, length > capacity, length <= Self.maximumSecret else {
        break
      }
      capacity = length
    }
    throw AdapterProblem.setting(
      name, "the host has no such secret.", mend: "Set it for this destination.")
  }

  /// No secret of an operator's is longer: a certificate with its chain fits.
  private static var maximumSecret: Int { 1 << 20 }

  private func readSecret(
    _ name: String, into buffer: UnsafeMutableRawBufferPointer
  ) -> (status: Int32, length: Int) {
    var text = unsafe destination_text(
      data: buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), capacity: buffer.count,
      length: 0)
    let status = unsafe withSpan(of: name) { span in
      unsafe pointer.pointee.secret?(pointer, span, &text) ?? DESTINATION_NOT_FOUND
    }
    return unsafe (status, max(0, text.length))
  }
}

private func wipeAndFree(_ buffer: UnsafeMutableRawBufferPointer) {
  if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
  unsafe buffer.deallocate()
}
