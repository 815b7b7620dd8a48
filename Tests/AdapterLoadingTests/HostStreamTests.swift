import Foundation
import Glibc
import Testing

@testable import AdapterLoading

/// What a worker gets for the host's standard output and standard error.
@Suite(
  .enabled(
    if: FileManager.default.fileExists(atPath: "/dev/ptmx"), "no terminal can be made here"))
struct HostStreamTests {
  /// A terminal: the end that a program has, and the other, where somebody types and reads.
  private struct Terminal: ~Copyable {
    let program: OwnedDescriptor
    let person: OwnedDescriptor

    init() throws {
      person = OwnedDescriptor(unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY))
      // ioctl_tty(2): TIOCSPTLCK takes the lock from the other end, TIOCGPTN gives its number.
      var (lock, number): (Int32, UInt32) = (0, 0)
      #expect(unsafe ioctl(person.number, 0x4004_5431, &lock) == 0)
      #expect(unsafe ioctl(person.number, 0x8004_5430, &number) == 0)
      program = OwnedDescriptor(unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY))
      #expect(isatty(program.number) == 1)
    }
  }

  private func write(_ text: String, to descriptor: Int32) -> Int {
    let bytes = Array(text.utf8)
    return unsafe Glibc.write(descriptor, bytes, bytes.count)
  }

  private func read(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  @Test func `a terminal that is granted can be written to, and what is typed is not read`() throws
  {
    let terminal = try Terminal()
    let other = try OwnedDescriptor.pair(SOCK_SEQPACKET)
    let end = try HostStream.end(terminal.program.number, true, other.worker)
    #expect(fcntl(end.number, F_GETFL) & O_ACCMODE == O_WRONLY)
    #expect(write("shown", to: end.number) == 5)
    #expect(read(terminal.person.number) == "shown")
    #expect(write("typed\n", to: terminal.person.number) == 6)
    #expect(read(end.number).isEmpty && errno == EBADF)
  }

  @Test func `a stream that is not granted is the host's to read`() throws {
    let terminal = try Terminal()
    let other = try OwnedDescriptor.pair(SOCK_SEQPACKET)
    let end = try HostStream.end(terminal.program.number, false, other.worker)
    #expect(write("for the log", to: end.number) == 11)
    #expect(read(other.host.number) == "for the log")
  }

  @Test func `a pipe or a file that is granted is the very same`() throws {
    let other = try OwnedDescriptor.pair(SOCK_SEQPACKET)
    let pipe = Pipe()
    let end = try HostStream.end(
      pipe.fileHandleForWriting.fileDescriptor, true, other.worker)
    #expect(write("piped", to: end.number) == 5)
    #expect(read(pipe.fileHandleForReading.fileDescriptor) == "piped")
  }

  @Test func `in the long run so many lines a second are passed on, the others counted`() throws {
    let ends = try OwnedDescriptor.pair(SOCK_SEQPACKET)
    let writer = ends.worker.number
    let reader = LogReader(OwnedDescriptor(dup(ends.host.number)), isPlain: true)
    let start = ContinuousClock.now
    var (told, dropped) = (0, 0)
    for _ in 0..<40 {
      for _ in 0..<50 { #expect(write("line", to: writer) == 4) }
      reader.drain { notice in
        switch notice {
        case .log: told += 1
        case .logDropped(let lines): dropped += lines
        default: Issue.record("\(notice)")
        }
      }
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    #expect(told + dropped == 2000)
    #expect(told >= 100)
    #expect(Double(told) <= 100 + 20 * seconds + 1)
  }
}
