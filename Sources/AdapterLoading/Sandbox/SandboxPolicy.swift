/// What a worker is to be held to; sent to it as its first message.
struct SandboxPolicy: Equatable {
  var mode: SandboxMode
  var files: [FileGrant]
  /// Bytes on top of what the worker has before it loads the adapter.
  var memoryLimit: Int
  /// What of the kernel is used; more than the worker's kernel has is not asked for.
  var kernel: KernelSupport
}

/// One place of the file system that is opened to an adapter.
struct FileGrant: Equatable {
  enum Access: UInt32 {
    /// To read the file, or everything in the directory.
    case read = 1
    /// To read and write the file, which is made when it is not there; or everything in the directory.
    case write
    /// To make, rename and remove files in the file's directory, but to read none of them.
    case rotate
  }

  let path: String
  let access: Access
}

// MARK: - Wire

extension SandboxPolicy {
  func write(to writer: inout WireWriter) {
    writer.text(mode.rawValue)
    writer.number(UInt64(memoryLimit))
    writer.number(UInt32(kernel.landlock))
    writer.number(UInt32(kernel.seccomp ? 1 : 0))
    writer.number(UInt32(files.count))
    for grant in files {
      writer.number(grant.access.rawValue)
      writer.text(grant.path)
    }
  }

  init?(_ payload: [UInt8]) {
    var reader = WireReader(payload)
    guard let mode = reader.text(longest: 32).flatMap(SandboxMode.init),
      let memory = reader.number(UInt64.self), let landlock = reader.number(UInt32.self),
      let seccomp = reader.number(UInt32.self), let count = reader.number(UInt32.self),
      count <= 256
    else { return nil }
    var files: [FileGrant] = []
    for _ in 0..<count {
      guard let access = reader.number(UInt32.self).flatMap(FileGrant.Access.init),
        let path = reader.text(longest: 4096)
      else { return nil }
      files.append(FileGrant(path: path, access: access))
    }
    guard reader.isAtEnd else { return nil }
    self.init(
      mode: mode, files: files, memoryLimit: Int(clamping: memory),
      kernel: KernelSupport(landlock: Int(landlock), seccomp: seccomp == 1))
  }
}
