internal import Glibc

/// The number for the next rotated file: one above the highest of `<path>.1`, `<path>.2` … that are there.
///
/// Numbers only grow, so a full file keeps its name for ever and the highest number is the newest.
func nextNumber(ofFilesBeside path: String) throws(FileFailure) -> UInt64 {
  let (folder, name) = split(path)
  guard let listing = unsafe opendir(folder) else { throw .last("opendir") }
  defer { unsafe closedir(listing) }
  var highest: UInt64 = 0
  while let entry = unsafe readdir(listing) {
    let found = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      unsafe tuple.withMemoryRebound(
        to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)
      ) {
        unsafe String(cString: $0)
      }
    }
    highest = max(highest, number(of: found, after: name) ?? 0)
  }
  guard highest < UInt64.max else { throw FileFailure(call: "rename", code: EOVERFLOW) }
  return highest + 1
}

/// Makes a new or renamed file's name durable.
///
/// In a sandbox that opens only the file itself, the host made the file and its name durable.
func syncFolder(of path: String) throws(FileFailure) {
  let folder = unsafe open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  if folder < 0 && errno == EACCES { return }
  guard folder >= 0 else { throw .last("open") }
  defer { close(folder) }
  guard fsync(folder) == 0 else { throw .last("fsync") }
}

private func split(_ path: String) -> (folder: String, name: Substring) {
  guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
  let folder = slash == path.startIndex ? "/" : String(path[..<slash])
  return (folder, path[path.index(after: slash)...])
}

private func number(of file: String, after name: Substring) -> UInt64? {
  guard file.hasPrefix(name + ".") else { return nil }
  let digits = file.dropFirst(name.count + 1)
  guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  return UInt64(digits)
}
