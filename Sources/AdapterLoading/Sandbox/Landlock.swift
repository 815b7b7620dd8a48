internal import CSandbox
internal import Glibc

/// Rules for files in the kernel's Landlock: everything is denied but what is opened here.
///
/// Source: landlock(7), linux/landlock.h. A kernel that is too old for an access neither denies nor knows it, so an
/// access is asked for only from the version that has it. Never opened: `/` and `/proc`, where the host's memory and
/// environment stand.
struct Landlock: ~Copyable {
  private let rules: OwnedDescriptor
  private let handled: FileAccess

  /// The kernel's version; nil without Landlock.
  static var version: Int? {
    let version = sandbox_landlock_version()
    return version > 0 ? Int(version) : nil
  }

  init(version: Int) throws(SandboxFailure) {
    handled = FileAccess.all(version: version)
    // From version 4 no TCP (bind 1, connect 2); from version 6 no abstract sockets (1) and no signals (2) outwards.
    let number = sandbox_landlock_rules(
      Int32(version), handled.rawValue, version >= 4 ? 3 : 0, version >= 6 ? 3 : 0)
    guard number >= 0 else { throw .last("landlock_create_ruleset") }
    rules = OwnedDescriptor(number)
  }

  /// Opens a path and what stands beneath it; a path that this process cannot open itself stays closed.
  ///
  /// - Parameter followsLinks: whether symbolic links on the way are followed; else a path with one stays closed.
  func allow(
    _ path: String, _ access: FileAccess, followsLinks: Bool = true
  ) throws(SandboxFailure) {
    let number = unsafe followsLinks ? sandbox_path(path) : sandbox_real_path(path)
    guard number >= 0 else { return }
    let file = OwnedDescriptor(number)
    var status = stat()
    guard unsafe fstat(file.number, &status) == 0 else { throw .last("fstat of \(path)") }
    // The kernel refuses rights of directories for a file.
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    let rights = access.intersection(handled).intersection(isFolder ? handled : .ofFiles)
    guard sandbox_landlock_allow(rules.number, file.number, rights.rawValue) == 0 else {
      throw .last("landlock_add_rule for \(path)")
    }
  }

  /// From here on the rules bind this thread and all it makes.
  consuming func restrict() throws(SandboxFailure) {
    guard sandbox_landlock_restrict(rules.number) == 0 else {
      throw .last("landlock_restrict_self")
    }
  }
}

/// The rights of Landlock over files: `LANDLOCK_ACCESS_FS_…`.
struct FileAccess: OptionSet {
  let rawValue: UInt64

  static let execute = FileAccess(rawValue: 1 << 0)
  static let writeFile = FileAccess(rawValue: 1 << 1)
  static let readFile = FileAccess(rawValue: 1 << 2)
  static let readFolder = FileAccess(rawValue: 1 << 3)
  static let removeFile = FileAccess(rawValue: 1 << 5)
  static let makeFolder = FileAccess(rawValue: 1 << 7)
  static let makeFile = FileAccess(rawValue: 1 << 8)
  /// From version 3.
  static let truncate = FileAccess(rawValue: 1 << 14)
  /// From version 5.
  static let controlDevice = FileAccess(rawValue: 1 << 15)

  static let ofFiles: FileAccess = [.execute, .writeFile, .readFile, .truncate, .controlDevice]
  static let reading: FileAccess = [.readFile, .readFolder]
  static let writing: FileAccess = [
    .reading, .writeFile, .truncate, .makeFile, .makeFolder, .removeFile,
  ]
  static let rotating: FileAccess = [.readFolder, .writeFile, .truncate, .makeFile, .removeFile]

  /// Everything that a kernel of this version can deny.
  static func all(version: Int) -> FileAccess {
    // 13 rights in version 1, then one more each in 2 (moves between directories), 3 and 5.
    let count = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13
    return FileAccess(rawValue: 1 << UInt64(count) - 1)
  }
}

/// A step of the sandbox that the kernel refused.
struct SandboxFailure: Error, Equatable {
  let step: String
  let code: Int32

  static func last(_ step: String) -> SandboxFailure { SandboxFailure(step: step, code: errno) }

  var text: String { "\(step): \(unsafe String(cString: strerror(code)))" }
}
