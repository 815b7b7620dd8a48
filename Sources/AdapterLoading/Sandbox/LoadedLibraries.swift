internal import CSandbox

/// The folders that this process's own libraries came from: what an adapter needs besides is found there as well.
enum LoadedLibraries {
  static var folders: [String] {
    var folders = Folders()
    unsafe withUnsafeMutablePointer(to: &folders) { folders in
      unsafe sandbox_each_library(
        { path, context in
          guard let path = unsafe path, let context = unsafe context else { return }
          unsafe context.assumingMemoryBound(to: Folders.self).pointee.add(String(cString: path))
        }, folders)
    }
    return folders.all
  }

  private struct Folders {
    private(set) var all: [String] = []

    /// Never the root, beneath which everything stands.
    ///
    /// The executable itself and the kernel's own part have no path.
    mutating func add(_ library: String) {
      guard library.hasPrefix("/") else { return }
      let folder = FileGrant.folder(of: library)
      if folder != "/", !all.contains(folder) { all.append(folder) }
    }
  }
}
