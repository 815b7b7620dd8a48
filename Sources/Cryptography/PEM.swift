import COpenSSL

/// The PEM armour of RFC 7468, read from and written to memory only.
enum PEM {
  /// The label of the only block; nil when there is none or more than one.
  static func onlyLabel(in text: RawSpan) -> String? {
    let opening = Array("-----BEGIN ".utf8)
    var label: String?
    var index = 0
    while index + opening.count <= text.byteCount {
      guard opening.indices.allSatisfy({ text.byte(index + $0) == opening[$0] }) else {
        index += 1
        continue
      }
      guard label == nil else { return nil }
      index += opening.count
      var name: [UInt8] = []
      while index < text.byteCount, text.byte(index) != UInt8(ascii: "-"), name.count < 64 {
        name.append(text.byte(index))
        index += 1
      }
      label = String(decoding: name, as: UTF8.self)
    }
    return label
  }

  /// A BIO that reads the bytes where they are; valid during the call.
  static func withReader<Result>(
    of bytes: RawSpan, _ body: (OpaquePointer) throws(CryptographyError) -> Result
  ) throws(CryptographyError) -> Result {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(CryptographyError) in
      guard let length = Int32(exactly: buffer.count), length > 0 else {
        throw .invalidParameter("PEM length")
      }
      let bio = try unsafe require(
        BIO_new_mem_buf(buffer.baseAddress, length), or: .libraryFailed("BIO_new_mem_buf"))
      defer { unsafe BIO_free(bio) }
      return try unsafe body(bio)
    }
  }

  /// What `write` puts into a BIO; the BIO's memory is wiped when it is freed.
  static func written(
    by write: (OpaquePointer) throws(CryptographyError) -> Void
  ) throws(CryptographyError) -> SecretBytes {
    let bio = try unsafe require(
      BIO_new(BIO_s_secmem()), or: .libraryFailed("BIO_new"))
    defer { unsafe BIO_free(bio) }
    try unsafe write(bio)
    var start: UnsafeMutableRawPointer?
    let length = unsafe BIO_ctrl(bio, BIO_CTRL_INFO, 0, &start)
    guard length > 0, let start = unsafe start else { throw .libraryFailed("BIO_ctrl") }
    return unsafe SecretBytes(
      copying: RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: length))
  }
}
