import CDestinationAdapter
import Synchronization

/// A host that writes down what it is told.
///
/// Its `destination_host` lives as long as this object.
@safe final class TestHost: Sendable {
  struct Line: Equatable, Sendable {
    let level: UInt32
    let text: String
  }

  struct Detail: Equatable, Sendable {
    let call: UInt64
    let index: UInt32
    let text: String
  }

  struct Record: Sendable {
    var lines: [Line] = []
    var details: [Detail] = []
    var secrets: [String: [UInt8]] = [:]
    var cancelled: Set<UInt64> = []
    var now: UInt64 = 1_000
    /// Asks for a larger buffer however large it is.
    var liesAboutSecrets = false
  }

  let record = Mutex(Record())
  let http = Mutex(TestHTTP.Script())

  /// Written in `init` only; the functions behind it take the lock above.
  nonisolated(unsafe) let pointer: UnsafeMutablePointer<destination_host>

  init(
    structSize: UInt32 = DESTINATION_HOST_SIZE_1_0, major: UInt32 = 1, isEmpty: Bool = false,
    offersHTTP: Bool = false
  ) {
    unsafe pointer = .allocate(capacity: 1)
    unsafe pointer.initialize(to: destination_host())
    unsafe pointer.pointee.struct_size = structSize
    unsafe pointer.pointee.abi_major = major
    unsafe pointer.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    if !isEmpty { fill() }
    if offersHTTP {
      unsafe pointer.pointee.`extension` = { _, id in
        unsafe string(id) == DESTINATION_EXTENSION_HTTP_1
          ? UnsafeRawPointer(TestHTTP.table()) : nil
      }
    }
  }

  deinit {
    unsafe pointer.deallocate()
  }

  var lines: [Line] { record.withLock { $0.lines } }
  var details: [Detail] { record.withLock { $0.details } }

  private func fill() {
    unsafe pointer.pointee.log = { host, level, text in
      let line = unsafe Line(level: level, text: string(text))
      unsafe TestHost.of(host).record.withLock { $0.lines.append(line) }
    }
    unsafe pointer.pointee.detail = { host, call, index, text in
      let detail = unsafe Detail(call: call, index: index, text: string(text))
      unsafe TestHost.of(host).record.withLock { $0.details.append(detail) }
    }
    unsafe pointer.pointee.unix_ns = { _ in 1_700_000_000_000_000_000 }
    unsafe pointer.pointee.mono_ns = { host in
      unsafe TestHost.of(host).record.withLock { $0.now }
    }
    unsafe pointer.pointee.cancelled = { host, call in
      unsafe TestHost.of(host).record.withLock { $0.cancelled.contains(call) ? 1 : 0 }
    }
    unsafe pointer.pointee.secret = { host, name, out in
      let name = unsafe string(name)
      let record = unsafe TestHost.of(host).record.withLock { $0 }
      return unsafe TestHost.hand(out: record.secrets[name], record.liesAboutSecrets, to: out)
    }
    unsafe pointer.pointee.`extension` = { _, _ in nil }
  }

  private static func hand(
    out secret: [UInt8]?, _ lies: Bool, to out: UnsafeMutablePointer<destination_text>?
  ) -> Int32 {
    guard let secret, let out = unsafe out else { return DESTINATION_NOT_FOUND }
    let capacity = unsafe out.pointee.capacity
    unsafe out.pointee.length = lies ? capacity + 1 : secret.count
    guard !lies, secret.count <= capacity else { return DESTINATION_TOO_LARGE }
    for (index, byte) in secret.enumerated() { unsafe out.pointee.data[index] = byte }
    return DESTINATION_OK
  }

  static func of(_ host: UnsafePointer<destination_host>?) -> TestHost {
    unsafe Unmanaged<TestHost>.fromOpaque(host!.pointee.context).takeUnretainedValue()
  }
}

/// A copy of the text.
func string(_ span: destination_span) -> String {
  unsafe String(decoding: UnsafeBufferPointer(start: span.data, count: span.length), as: UTF8.self)
}
