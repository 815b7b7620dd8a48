internal import Glibc

/// What the kernel says of this process, under the names that every Prometheus client uses.
package enum ProcessMetrics {
  package static func families() -> [MetricFamily] {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    var families: [MetricFamily] = []
    if let words = words(of: "/proc/self/statm"), words.count > 1, let pages = Int(words[1]) {
      families.append(
        MetricFamily(
          .gauge, "process_resident_memory_bytes", "Resident memory of the host, without workers"
        ).with(.integer(pages * page)))
    }
    families.append(
      MetricFamily(.counter, "process_cpu_seconds_total", "User and system time of the host")
        .with(.number(cpuSeconds())))
    if let count = openDescriptors() {
      families.append(
        MetricFamily(.gauge, "process_open_fds", "Open descriptors of the host")
          .with(.integer(count)))
    }
    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      families.append(
        MetricFamily(.gauge, "process_max_fds", "The most descriptors that it may open")
          .with(.number(limit.rlim_cur == rlim_t.max ? .infinity : Double(limit.rlim_cur))))
    }
    return families
  }

  private static func cpuSeconds() -> Double {
    var usage = rusage()
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return [usage.ru_utime, usage.ru_stime]
      .reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
  }

  private static func openDescriptors() -> Int? {
    guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
    defer { unsafe closedir(folder) }
    var count = 0
    while unsafe readdir(folder) != nil { count += 1 }
    // `.`, `..` and the folder's own.
    return count - 3
  }

  private static func words(of path: String) -> [Substring]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let got = unsafe read(descriptor, &bytes, bytes.count)
    guard got > 0 else { return nil }
    return String(decoding: bytes[..<got], as: UTF8.self).split(separator: " ")
  }
}
