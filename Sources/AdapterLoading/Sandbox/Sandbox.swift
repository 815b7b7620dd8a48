internal import CSandbox
internal import Glibc

/// Holds the calling process, a worker, to its policy; single-threaded, before any byte of an adapter is mapped.
///
/// Order: files are made and limits set while that is still allowed, then Landlock, then the filter of system calls.
enum Sandbox {
  /// Binds the process for ever; what holds then.
  static func apply(_ policy: SandboxPolicy) throws(SandboxFailure) -> SandboxLevel {
    for grant in policy.files where grant.access == .write { try makeFile(grant.path) }
    try limitMemory(policy.memoryLimit)
    var level = SandboxLevel(
      landlock: 0, seccomp: false, memoryLimit: policy.memoryLimit, missing: [])
    guard policy.mode != .off else {
      level.missing = ["Landlock and seccomp: turned off"]
      return level
    }
    let kernel = policy.kernel.common(with: .here)
    if kernel.landlock > 0 {
      try restrictFiles(policy.files, kernel.landlock)
      level.landlock = kernel.landlock
    } else {
      level.missing.append(noLandlock)
    }
    if let machine = SeccompMachine.here, kernel.seccomp {
      let process = UInt32(getpid())
      try bind(SeccompRules.beforeLoading(process: process, on: machine))
      level.seccomp = true
    } else {
      level.missing.append(noSeccomp)
    }
    return level
  }

  /// After the adapter is mapped: no page becomes executable any more, in any thread.
  static func forbidNewCode() throws(SandboxFailure) {
    guard let machine = SeccompMachine.here else { return }
    try bind(SeccompRules.afterLoading(on: machine))
  }

  static let noLandlock = "Landlock: this kernel has none (Linux 5.13 and later)"
  static let noSeccomp = "seccomp: no filter for this kernel or machine"
  static var hasSeccomp: Bool { sandbox_has_seccomp() == 1 }

  private static func bind(_ program: SeccompProgram) throws(SandboxFailure) {
    let instructions = program.instructions
    let result = unsafe instructions.withUnsafeBufferPointer {
      unsafe sandbox_filter($0.baseAddress, UInt16($0.count))
    }
    guard result == 0 else { throw .last("seccomp") }
  }
}

// MARK: - Files

extension Sandbox {
  private static func restrictFiles(
    _ grants: [FileGrant], _ version: Int
  ) throws(SandboxFailure) {
    let rules = try Landlock(version: version)
    for folder in LoadedLibraries.folders { try rules.allow(folder, .reading) }
    for path in readable { try rules.allow(path, .reading) }
    try rules.allow("/dev/null", [.readFile, .writeFile])
    for grant in grants {
      let (path, access): (String, FileAccess) =
        switch grant.access {
        case .read: (grant.path, .reading)
        case .write: (grant.path, .writing)
        case .rotate: (FileGrant.folder(of: grant.path), .rotating)
        }
      try rules.allow(path, access, followsLinks: false)
    }
    try rules.restrict()
  }

  /// What the C and Swift libraries read in any process: the linker's cache, time zones, random numbers.
  private static let readable = [
    "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/dev/urandom", "/dev/random",
  ]

  /// A rule needs a file to stand on; one that was there is left as it is.
  private static func makeFile(_ path: String) throws(SandboxFailure) {
    let made = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    // Its folder may be missing, or closed to this user: the adapter finds that out and says it in its own words.
    guard made >= 0 else { return }
    close(made)
    // The adapter may not open the folder to make the new name durable.
    let folder = unsafe open(FileGrant.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw .last("fsync of the folder of \(path)") }
  }
}

extension FileGrant {
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

// MARK: - Memory

extension Sandbox {
  /// Data by the limit, addresses by twice the limit, on top of what the process has; few descriptors and threads.
  private static func limitMemory(_ limit: Int) throws(SandboxFailure) {
    guard limit > 0 else { return }
    guard sandbox_limit_arenas(2) == 0 else { throw .last("mallopt") }
    let used = try usage()
    try set(RLIMIT_DATA, used.data + limit, "setrlimit(RLIMIT_DATA)")
    try set(RLIMIT_AS, used.addresses + 2 * limit, "setrlimit(RLIMIT_AS)")
    try set(RLIMIT_NOFILE, 256, "setrlimit(RLIMIT_NOFILE)")
    // Of all tasks of this user: many small threads would take every number that the system has. Not for root.
    try set(__rlimit_resource(6), 4096, "setrlimit(RLIMIT_NPROC)")
  }

  private static func set(
    _ resource: __rlimit_resource, _ value: Int, _ step: String
  ) throws(SandboxFailure) {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
      throw .last(step)
    }
    let most = min(rlim_t(value), limit.rlim_max)
    limit = rlimit(rlim_cur: most, rlim_max: most)
    guard unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
      throw .last(step)
    }
  }

  /// Bytes of addresses and of data, from `/proc/self/statm`: size, resident, shared, text, library, data; in pages.
  private static func usage() throws(SandboxFailure) -> (addresses: Int, data: Int) {
    let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .last("open of /proc/self/statm") }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(file, &text, text.count)
    guard count > 0 else { throw .last("read of /proc/self/statm") }
    let numbers = text[..<count].split(separator: UInt8(ascii: " ")).map {
      Int(String(decoding: $0, as: UTF8.self)) ?? 0
    }
    guard numbers.count >= 6 else {
      throw SandboxFailure(step: "reading /proc/self/statm", code: EINVAL)
    }
    let page = sysconf(Int32(_SC_PAGESIZE))
    return (numbers[0] * page, numbers[5] * page)
  }
}
