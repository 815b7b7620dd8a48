import Cryptography
import FieldEncryption
import Foundation
import Testing
import Workbench

@testable import HostCommands

/// `decrypt` on large inputs and on a terminal, on the executable.
@Suite(.enabled(if: Sealpost.isBuilt && Sealpost.hasPython, "sealpost or python3 is absent"))
struct DecryptStreamTests {
  private let folder: Scratch
  private let sealpost: Sealpost
  private static let isNightly = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] == "1"

  init() throws {
    folder = try Scratch()
    sealpost = Sealpost(folder: folder)
    // One JWE over and over: its content key is unwrapped once, so the bytes are what takes the time.
    let key = try PrivateKeyFile.make(bits: 2048, at: folder.file("k"), passphraseFile: nil)
    var sealer = try FieldSealer(key: key, format: .jwe, maximumStringLength: .max)
    var value: [UInt8] = []
    let plain = Array(#""ana@example.org""#.utf8)
    try unsafe sealer.seal(json: plain.span.bytes, appendingTo: &value)
    try folder.write("value", String(decoding: value, as: UTF8.self))
  }

  /// Feeds `decrypt` that many MiB of events through a pipe; gives its largest resident memory in MiB and its code.
  private static let feeder = """
    import os, subprocess, sys
    program, size, csv = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "csv"
    value = open("value").read()
    line = value.strip('"') + ",clear,1.50\\n" if csv else '{"email":%s,"n":1.50,"x":"%s"}\\n' % (value, "x" * 600)
    block = (line * (1 + (1 << 20) // len(line))).encode()
    words = [program, "decrypt", "--key", "k", "--quiet"] + (["--csv"] if csv else [])
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    for _ in range(size): child.stdin.write(block)
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    print(usage.ru_maxrss // 1024, os.waitstatus_to_exitcode(status))
    """

  private func peak(_ mebibytes: Int, _ form: String) throws -> Int {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", Self.feeder, Sealpost.executable, "\(mebibytes)", form,
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    try #require(numbers.count == 2 && numbers[1] == 0, "\(text)")
    return numbers[0]
  }

  @Test(arguments: [("lines", 10 * 1024), ("csv", 1024)])
  func `the memory of a long input is that of a short one`(form: String, nightly: Int) throws {
    let short = try peak(2, form)
    let long = try peak(Self.isNightly ? nightly : 16, form)
    #expect(long <= short + 8, "\(short) MiB, then \(long) MiB")
  }

  @Test func `a terminal sees how far it is, a file does not`() throws {
    let value = try folder.text("value")
    let line = #"{"email":\#(value),"x":"\#(String(repeating: "x", count: 600))"}"# + "\n"
    try folder.write("in.ndjson", String(repeating: line, count: 3000))
    let script = #""$0" decrypt --key k in.ndjson > out.ndjson"#
    let shown = try sealpost.onTerminal(["-c", script, Sealpost.executable], program: "/bin/sh")
    #expect(shown.code == 0)
    #expect(shown.output.contains("MiB read, "))
    #expect(shown.output.contains("3,000 lines read, 3,000 values decrypted"))
    let quiet = try sealpost("decrypt", "--key", "k", "in.ndjson")
    #expect(!quiet.errors.contains("MiB"))
    #expect(
      quiet.output
        == String(repeating: line.replacing(value, with: #""ana@example.org""#), count: 3000))
  }

  @Test func `only the fields that are named are opened`() throws {
    let value = try folder.text("value")
    let line = #"{"E-Mail":\#(value),"phone":\#(value),"a":{"email":[\#(value)]}}"# + "\n"
    let outcome = try sealpost("decrypt", "--key", "k", "--fields", "email,mrn", input: line)
    #expect(outcome.code == 0)
    #expect(
      outcome.output
        == #"{"E-Mail":"ana@example.org","phone":\#(value),"a":{"email":["ana@example.org"]}}"#
        + "\n")
    #expect(outcome.errors == "1 line read, 2 values decrypted\n")
  }

  @Test func `an output that takes no more is an error`() throws {
    let value = try folder.text("value")
    try folder.write("in", "[\(value)]\n")
    let outcome = try Sealpost.run(
      "/bin/sh", ["-c", #""$0" decrypt --key k in > /dev/full"#, Sealpost.executable],
      in: folder.path)
    #expect(outcome.code == 74)
    #expect(outcome.errors.contains("No space left on device"))
  }
}
