internal import Foundation

/// What a program asked of the file system, call by call, as `strace` saw it.
package struct CallTrace {
  /// One call that changed something or asked for it to be on the disk; paths are absolute.
  enum Call: Equatable {
    /// With `truncates`, what it held is gone.
    case make(path: String, file: Int, truncates: Bool)
    case open(path: String, file: Int)
    /// `offset` nil: where the file's last write ended, or at its end when it was opened to append.
    case write(file: Int, path: String, bytes: [UInt8], offset: Int?)
    case cut(file: Int, path: String, size: Int)
    case sync(file: Int, path: String)
    case rename(old: String, new: String)
    case remove(path: String)
    case makeFolder(path: String)
    case removeFolder(path: String)
  }

  package static let isPossible = (try? Judge.run(["strace", "-o", "/dev/null", "true"])) != nil

  private static let calls = [
    "open", "openat", "creat", "write", "pwrite64", "writev", "pwritev", "pwritev2", "truncate",
    "ftruncate", "fsync",
    "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat",
    "rmdir", "link",
    "linkat", "copy_file_range", "sendfile",
  ]

  /// Those that succeeded, in their order.
  let calls: [Call]

  /// What to put before a program's words so that it writes its trace there.
  package static func words(tracingTo path: String) -> [String] {
    [
      "strace", "-f", "-y", "-xx", "-s", "16777216", "-o", path, "-e",
      "trace=" + calls.joined(separator: ","),
    ]
  }

  struct Unreadable: Error, CustomStringConvertible {
    let line: String
    var description: String { "a line of a trace is not understood: \(line.prefix(200))" }
  }

  package init(_ text: String) throws {
    var unfinished: [Substring: String] = [:]
    var calls: [Call] = []
    for line in text.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { throw Unreadable(line: String(line)) }
      let thread = line[..<space]
      var rest = String(line[space...].drop { $0 == " " })
      if rest.hasPrefix("<... "), let end = rest.firstRange(of: " resumed>") {
        rest = (unfinished.removeValue(forKey: thread) ?? "") + rest[end.upperBound...]
      }
      if rest.hasSuffix(" <unfinished ...>") {
        unfinished[thread] = String(rest.dropLast(" <unfinished ...>".count))
      } else if let call = try Self.call(rest) {
        calls.append(call)
      }
    }
    self.calls = calls
  }
}

// MARK: - One line

extension CallTrace {
  /// Nil for one that failed, or that changes nothing.
  private static func call(_ line: String) throws -> Call? {
    guard let open = line.firstIndex(of: "("),
      let close = line.range(of: ") = ", options: .backwards)
    else {
      return nil
    }
    let name = String(line[..<open])
    let arguments = Arguments(line[line.index(after: open)..<close.lowerBound])
    let result = Arguments(line[close.upperBound...])
    guard let number = result.number(0), number >= 0 else { return nil }
    switch name {
    case "open", "openat": return opened(arguments, result, name == "open" ? 1 : 2)
    case "write", "pwrite64":
      guard let file = arguments.number(0), let path = arguments.path(0) else { return nil }
      return .write(
        file: file, path: path, bytes: Array(arguments.bytes(1).prefix(number)),
        offset: name == "write" ? nil : arguments.number(3))
    case "ftruncate":
      guard let file = arguments.number(0), let path = arguments.path(0),
        let size = arguments.number(1)
      else {
        break
      }
      return .cut(file: file, path: path, size: size)
    case "fsync", "fdatasync":
      guard let file = arguments.number(0), let path = arguments.path(0) else { break }
      return .sync(file: file, path: path)
    case "rename":
      return .rename(
        old: try arguments.path(named: 0, line), new: try arguments.path(named: 1, line))
    case "renameat", "renameat2":
      return .rename(old: arguments.text(at: 0, 1), new: arguments.text(at: 2, 3))
    case "unlink": return .remove(path: try arguments.path(named: 0, line))
    case "unlinkat":
      let path = arguments.text(at: 0, 1)
      return arguments.has("AT_REMOVEDIR") ? .removeFolder(path: path) : .remove(path: path)
    case "mkdir": return .makeFolder(path: try arguments.path(named: 0, line))
    case "mkdirat": return .makeFolder(path: arguments.text(at: 0, 1))
    case "rmdir": return .removeFolder(path: try arguments.path(named: 0, line))
    default: break
    }
    throw Unreadable(line: line)
  }

  private static func opened(_ arguments: Arguments, _ result: Arguments, _ flags: Int) -> Call? {
    guard let file = result.number(0), let path = result.path(0) else { return nil }
    guard arguments.has("O_CREAT") || arguments.has("O_TRUNC") else {
      return .open(path: path, file: file)
    }
    return .make(path: path, file: file, truncates: arguments.has("O_TRUNC"))
  }

  /// The arguments of a call; every text in them is in hexadecimal, so that commas part them.
  private struct Arguments {
    private let parts: [Substring]

    init(_ text: Substring) {
      parts = text.split(separator: ",").map { Substring($0.drop { $0 == " " }) }
    }

    func has(_ word: String) -> Bool {
      parts.contains { $0.split(separator: "|").contains { $0 == word } }
    }

    /// `3`, or the number before `3</path>`.
    func number(_ index: Int) -> Int? {
      guard index < parts.count else { return nil }
      return Int(parts[index].prefix { $0.isNumber || $0 == "-" })
    }

    /// The path in `3</path>`; nil for what is none, a socket or a pipe.
    func path(_ index: Int) -> String? {
      guard index < parts.count, let start = parts[index].firstIndex(of: "<"),
        let end = parts[index].lastIndex(of: ">")
      else { return nil }
      let path = String(decoding: Self.unhexed(parts[index][start..<end]), as: UTF8.self)
      return path.hasPrefix("/") ? path : nil
    }

    func bytes(_ index: Int) -> [UInt8] { index < parts.count ? Self.unhexed(parts[index]) : [] }
    private func text(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

    /// An absolute path: what another is taken from, these calls do not say.
    func path(named index: Int, _ line: String) throws -> String {
      let path = text(index)
      guard path.hasPrefix("/") else { throw Unreadable(line: line) }
      return path
    }

    /// A path that is taken from a folder that is open.
    func text(at folder: Int, _ index: Int) -> String {
      let name = text(index)
      return name.hasPrefix("/") ? name : (path(folder) ?? "") + "/" + name
    }

    /// Of `"\x2f\x74"` and `<\x2f\x74`.
    private static func unhexed(_ text: Substring) -> [UInt8] {
      var bytes: [UInt8] = []
      var high: UInt8?
      for digit in text.utf8 {
        guard let value = Self.value(digit) else {
          high = nil
          continue
        }
        if let first = high {
          bytes.append(first << 4 | value)
          high = nil
        } else {
          high = value
        }
      }
      return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }
  }
}
