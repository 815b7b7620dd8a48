/// How much of the sandbox an operator insists on.
package enum SandboxMode: String, Codable, Sendable, CaseIterable {
  /// An adapter is loaded only when every part of the sandbox holds.
  case required
  /// What the kernel has is used; what is missing is named.
  case bestEffort = "best-effort"
  /// No Landlock and no seccomp: for finding out whether the sandbox is what breaks an adapter.
  case off
}

/// What really held when an adapter was loaded, told by its worker before the adapter's bytes were mapped.
package struct SandboxLevel: Sendable, Equatable {
  /// The kernel's version of Landlock, 0 when its rules do not hold.
  package var landlock: Int
  package var seccomp: Bool
  /// Bytes that the worker may add to what it has before it loads the adapter; 0 = no limit.
  package var memoryLimit: Int
  /// For each part that does not hold, why.
  package var missing: [String]

  /// Whether every part holds.
  package var isFull: Bool { landlock > 0 && seccomp && memoryLimit > 0 && missing.isEmpty }

  /// `full`, `partial`, or `none`.
  package var name: String {
    if isFull { return "full" }
    return landlock > 0 || seccomp ? "partial" : "none"
  }
}

extension SandboxLevel: CustomStringConvertible {
  package var description: String {
    var parts: [String] = []
    if landlock > 0 { parts.append("Landlock \(landlock)") }
    if seccomp { parts.append("seccomp") }
    if memoryLimit > 0 { parts.append("memory \(memoryLimit >> 20) MiB") }
    var text = "\(name): \((parts + ["own process", "empty environment"]).joined(separator: ", "))"
    if !missing.isEmpty { text += "; missing: \(missing.joined(separator: ", "))" }
    return text
  }
}

// MARK: - Wire

extension SandboxLevel {
  func write(to writer: inout WireWriter) {
    writer.number(UInt32(landlock))
    writer.number(UInt32(seccomp ? 1 : 0))
    writer.number(UInt64(memoryLimit))
    writer.number(UInt32(missing.count))
    for text in missing { writer.text(text) }
  }

  init?(_ reader: inout WireReader) {
    guard let landlock = reader.number(UInt32.self), let seccomp = reader.number(UInt32.self),
      let memory = reader.number(UInt64.self), let count = reader.number(UInt32.self),
      count <= 16
    else { return nil }
    var missing: [String] = []
    for _ in 0..<count {
      guard let text = reader.text(longest: 1024) else { return nil }
      missing.append(text)
    }
    self.init(
      landlock: Int(landlock), seccomp: seccomp == 1, memoryLimit: Int(clamping: memory),
      missing: missing)
  }
}
