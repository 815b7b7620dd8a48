internal import Glibc

/// An adapter as it is handed over: a folder with `adapter.json` and the library that it names.
package struct AdapterFolder: Sendable {
  package let manifest: AdapterManifest
  /// The exact bytes of `adapter.json`.
  package let manifestBytes: [UInt8]
  package let libraryPath: String
  /// What stands in `adapter.json.sig`, not verified; nil when there is none.
  package let signature: AdapterSignature?

  /// Reads manifest and signature; the library is not touched.
  package init(folder: String) throws(LoadError) {
    try self.init(folder: folder, readsSignature: true)
  }

  init(folder: String, readsSignature: Bool) throws(LoadError) {
    let path = folder + "/adapter.json"
    manifestBytes = try AdapterFolder.read(path, most: AdapterManifest.longest)
    manifest = try AdapterManifest(json: manifestBytes, path: path)
    libraryPath = folder + "/" + manifest.library
    signature = readsSignature ? try AdapterFolder.signature(in: folder) : nil
  }

  private static func signature(in folder: String) throws(LoadError) -> AdapterSignature? {
    let path = "\(folder)/\(AdapterSignature.fileName)"
    let text: [UInt8]
    do throws(LoadError) {
      text = try read(path, most: AdapterSignature.longest)
    } catch {
      switch error {
      case .cannotRead(_, ENOENT): return nil
      case .manifest: throw .signature(path: path)
      default: throw error
      }
    }
    guard let signature = AdapterSignature(text: text) else { throw .signature(path: path) }
    return signature
  }

  private static func read(_ path: String, most: Int) throws(LoadError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(path: path, code: errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: most + 1)
    var count = 0
    while count < bytes.count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .cannotRead(path: path, code: errno) }
      if got == 0 { break }
      count += got
    }
    guard count <= most else {
      throw .manifest(path: path, complaints: ["it is longer than \(most) bytes"])
    }
    return Array(bytes.prefix(count))
  }
}
