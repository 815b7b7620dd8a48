internal import Foundation

/// What memory this process has had in use.
enum ResidentMemory {
  /// The most at any time, in KiB (`VmHWM`, proc(5)); 0 where the kernel does not say.
  ///
  /// Not `ru_maxrss`: that one begins with the figure of whoever started this process.
  static var most: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
}
