internal import AdapterLoading
internal import Cryptography
import Foundation
import Glibc

/// Libraries that are not installed, told by their ELF notes.
enum AdapterFiles {
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// A line for each library; one that cannot be loaded is told with the reason, and makes the answer no.
  static func list(_ paths: [String], _ invocation: Invocation) throws -> ExitCode {
    let found = try paths.flatMap(libraries).map(Found.init)
    invocation.print(
      Table(
        columns: [
          .init("product"), .init("version"), .init("abi"), .init("library", isFlexible: true),
          .init("verdict", isFlexible: true),
        ],
        rows: found.map { file in
          [
            .init(file.note?.product ?? "(no note)"), .init(file.note?.version ?? ""),
            .init(file.note.map { "\($0.abiMajor).\($0.abiMinorRequired)" } ?? ""),
            .init(file.path), .init(file.problem ?? "may be loaded"),
          ]
        }), json: .array(found.map(\.json)))
    return found.allSatisfy { $0.problem == nil } ? .done : .no
  }

  static func text(_ note: AdapterNote) -> String {
    "\(note.product) \(note.version), ABI \(note.abiMajor), minor \(note.abiMinorRequired) or later"
  }

  private static func libraries(_ path: String) throws -> [String] {
    guard !isFile(path) else { return [path] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        .filter { $0.hasSuffix(".so") }.map { "\(path)/\($0)" }
    } catch {
      throw LoadError.cannotRead(path: path, code: ENOENT)
    }
  }

  private struct Found {
    let path: String
    var note: AdapterNote?
    var problem: String?

    init(path: String) {
      self.path = path
      do throws(LoadError) {
        let library = try SealedLibrary(path: path)
        note = try library.note(path: path)
        try library.check(.standard, path: path)
      } catch {
        problem = "\(error)"
      }
    }

    var json: JSONText {
      .object([
        ("library", .string(path)), ("product", .optional(note?.product)),
        ("version", .optional(note?.version)),
        ("abi_major", note.map { .integer(Int($0.abiMajor)) } ?? .null),
        ("abi_minor_required", note.map { .integer(Int($0.abiMinorRequired)) } ?? .null),
        ("problem", .optional(problem)),
      ])
    }
  }
}
