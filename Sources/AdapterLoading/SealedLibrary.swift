internal import CSandbox
package import Cryptography
internal import Glibc

/// A library's bytes in memory that nobody can change any more: what was checked is what is loaded.
///
/// The file is read once. A path that is checked and then opened again could be another file by then.
package struct SealedLibrary: ~Copyable {
  /// Of the sealed bytes.
  package let sha256: SHA256Digest
  package let size: Int
  /// Belongs to this value; close-on-exec.
  let descriptor: Int32

  package static var largest: Int { 256 << 20 }

  /// Copies the file into sealed memory, then hashes what is there.
  ///
  /// Throws when it is a link, not a regular file, writable by others, larger than ``largest``, or cannot be read.
  package init(path: String) throws(LoadError) {
    let file = try SealedLibrary.open(path)
    defer { close(file) }
    let memory = unsafe sandbox_memfd("destination-adapter")
    guard memory >= 0 else { throw .system(call: "memfd_create", code: errno) }
    do throws(LoadError) {
      let size = try SealedLibrary.copy(file, to: memory, path)
      guard sandbox_seal(memory) == 0, sandbox_is_sealed(memory) == 1 else {
        throw .system(call: "sealing the memory", code: errno)
      }
      sha256 = try SealedLibrary.hash(memory)
      self.size = size
      descriptor = memory
    } catch {
      close(memory)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Throws `otherBytes` unless these are the installed bytes; compared in constant time.
  package func check(against installed: SHA256Digest, path: String) throws(LoadError) {
    guard unsafe constantTimeEqual(sha256.bytes.span.bytes, installed.bytes.span.bytes) else {
      throw .otherBytes(path: path, found: sha256, installed: installed)
    }
  }

  /// Throws `notLoadable` unless the bytes keep the rules; none of them is run.
  package func check(_ rules: ELFRules, path: String) throws(LoadError) {
    do throws(ELFRefusal) {
      try withBytes { (bytes) throws(ELFRefusal) in try rules.check(bytes) }
    } catch {
      throw .notLoadable(path: path, error)
    }
  }

  /// What it says of itself without running; nil when it has no note.
  package func note(path: String) throws(LoadError) -> AdapterNote? {
    var note: AdapterNote?
    do throws(ELFRefusal) {
      try withBytes { (bytes) throws(ELFRefusal) in note = try AdapterNote(in: bytes) }
    } catch {
      throw .notLoadable(path: path, error)
    }
    return note
  }

  /// Throws unless its note, where it has one, says what the manifest says; gives the note.
  @discardableResult
  package func checkNote(
    against manifest: AdapterManifest, path: String
  ) throws(LoadError) -> AdapterNote? {
    let note = try note(path: path)
    if let difference = note?.difference(from: manifest) {
      throw .package(product: manifest.product, reason: difference)
    }
    return note
  }

  /// Gives the sealed bytes, mapped read-only; none when they cannot be mapped, which no rule lets pass.
  package func withBytes<Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    guard size > 0, let base = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0),
      unsafe base != MAP_FAILED
    else {
      return try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: nil, count: 0)))
    }
    defer { unsafe munmap(base, size) }
    try unsafe body(RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: size))
  }
}

// MARK: - Steps

extension SealedLibrary {
  private static func open(_ path: String) throws(LoadError) -> Int32 {
    let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if file < 0 && errno == ELOOP { throw .notARegularFile(path: path) }
    guard file >= 0 else { throw .cannotRead(path: path, code: errno) }
    do throws(LoadError) {
      try check(file, path)
      return file
    } catch {
      close(file)
      throw error
    }
  }

  private static func check(_ file: Int32, _ path: String) throws(LoadError) {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw .cannotRead(path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
    guard status.st_mode & 0o022 == 0 else { throw .writableByOthers(path: path) }
    guard status.st_size <= largest else {
      throw .tooLarge(path: path, bytes: Int(status.st_size), most: largest)
    }
  }

  /// How many bytes were copied.
  private static func copy(_ file: Int32, to memory: Int32, _ path: String) throws(LoadError) -> Int
  {
    var total = 0
    while total <= largest {
      let sent = sendfile(memory, file, nil, 1 << 20)
      if sent < 0 && errno == EINTR { continue }
      guard sent >= 0 else { throw .cannotRead(path: path, code: errno) }
      if sent == 0 { return total }
      total += sent
    }
    throw .tooLarge(path: path, bytes: total, most: largest)
  }

  /// Hashes all of the memory; used by the worker as well, on what it was given.
  static func hash(_ memory: Int32) throws(LoadError) -> SHA256Digest {
    var hasher = SHA256Hasher()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    while true {
      let got = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe pread(memory, bytes.baseAddress, bytes.count, off_t(offset))
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .system(call: "pread", code: errno) }
      if got == 0 { return hasher.finalize() }
      unsafe hasher.update(buffer.span.bytes.extracting(first: got))
      offset += got
    }
  }
}
