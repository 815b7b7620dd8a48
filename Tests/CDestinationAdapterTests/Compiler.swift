import Foundation
import Testing

/// A C or C++ compiler of this machine.
struct Compiler: Sendable, CustomTestStringConvertible {
  let command: String
  let standard: String

  var testDescription: String { "\(command) -std=\(standard)" }

  static let all = [
    ("gcc", "c11"), ("gcc", "c17"), ("clang", "c11"), ("clang", "c17"),
    ("g++", "c++17"), ("g++", "c++20"), ("clang++", "c++17"), ("clang++", "c++20"),
  ].map { Compiler(command: $0.0, standard: $0.1) }

  static let clang = Compiler(command: "clang", standard: "c11")

  /// Whether this machine has it.
  static func isPresent(_ command: String) -> Bool { path(of: command) != nil }

  /// What the compiler says to a source text, with every warning an error; nothing = it is content.
  func check(_ source: String, headers: URL = Header.folder, options: [String] = []) throws
    -> String
  {
    let language = isPlusPlus ? "c++" : "c"
    let process = Process()
    process.executableURL = Compiler.path(of: command)
    process.arguments =
      ["-std=\(standard)", "-Wall", "-Wextra", "-pedantic", "-Wpadded", "-Werror"] + options
      + ["-fsyntax-only", "-I", headers.path, "-x", language, "-"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(source.utf8))
    try input.fileHandleForWriting.close()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: said, as: UTF8.self)
    return process.terminationStatus == 0 ? text : "exit \(process.terminationStatus): \(text)"
  }

  var isPlusPlus: Bool { standard.hasPrefix("c++") }

  struct Failed: Error {
    let text: String
  }

  /// What the program prints that the source text is.
  func run(_ source: String, options: [String] = []) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sealpost-program-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (file, program) = (folder.path + "/main.c", folder.path + "/main")
    try source.write(toFile: file, atomically: true, encoding: .utf8)
    let compiler = try #require(Compiler.path(of: command))
    _ = try Self.output(
      of: compiler,
      ["-std=\(standard)"] + options + ["-I", Header.folder.path, file, "-o", program])
    return try Self.output(of: URL(fileURLWithPath: program), [])
  }

  private static func output(of program: URL, _ words: [String]) throws -> String {
    let process = Process()
    process.executableURL = program
    process.arguments = words
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: said, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw Failed(text: text) }
    return text
  }

  private static func path(of command: String) -> URL? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { URL(fileURLWithPath: String($0)).appendingPathComponent(command) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
