import COpenSSL
import Glibc

/// Bytes that must not outlive their use: one owner, one raw buffer, wiped before it is freed.
///
/// Never copied into an Array, String or Data by this module.
@safe package struct SecretBytes: ~Copyable, @unchecked Sendable {
  // Protection of the buffer: a value that cannot be copied has one owner, who alone may write.
  private let buffer: UnsafeMutableRawBufferPointer
  package private(set) var count: Int

  /// `count` zero bytes.
  package init(count: Int) {
    unsafe buffer = .allocate(byteCount: max(count, 1), alignment: 16)
    unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
    self.count = count
  }

  package init(copying bytes: RawSpan) {
    self.init(count: bytes.byteCount)
    unsafe bytes.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
  }

  /// Takes the bytes over and wipes the array they came in.
  package init(moving bytes: inout [UInt8]) {
    unsafe self.init(copying: bytes.span.bytes)
    unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    bytes = []
  }

  deinit {
    unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    unsafe buffer.deallocate()
  }

  /// The bytes, for the duration of the call.
  package borrowing func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)).extracting(first: count))
  }

  /// Forgets line feeds and carriage returns at the end, as a passphrase file has them.
  package mutating func dropTrailingNewlines() {
    while count > 0, unsafe buffer[count - 1] == 0x0A || buffer[count - 1] == 0x0D { count -= 1 }
  }

  mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
    unsafe body(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<count]))
  }
}

// MARK: - From a file

extension SecretBytes {
  /// The longest key or passphrase file that is read: 64 KiB.
  package static let maximumFileSize = 65_536

  /// Reads a key or passphrase file that nobody but its owner may open.
  ///
  /// Throws `openToOthers` when group or others have any permission, `notAFile`, `fileTooLarge`,
  /// or `fileFailed` with the system's reason. Blocks.
  package init(readingFile path: String) throws(CryptographyError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else {
      throw .fileFailed(path: path, operation: "open", code: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .fileFailed(path: path, operation: "stat", code: errno)
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFIFO else { throw .notAFile(path: path) }
    guard status.st_mode & 0o077 == 0 else {
      throw .openToOthers(path: path, mode: status.st_mode & 0o777)
    }
    try self.init(readingDescriptor: descriptor, named: path)
  }

  /// Reads an open descriptor to its end; blocks.
  ///
  /// `name` stands for it in an error.
  package init(readingDescriptor descriptor: Int32, named name: String) throws(CryptographyError) {
    self.init(count: Self.maximumFileSize + 1)
    var filled = 0
    while unsafe filled < buffer.count {
      let got = unsafe read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .fileFailed(path: name, operation: "read", code: errno) }
      if got == 0 { break }
      filled += got
    }
    guard filled <= Self.maximumFileSize else {
      throw .fileTooLarge(path: name, maximum: Self.maximumFileSize)
    }
    count = filled
  }
}
