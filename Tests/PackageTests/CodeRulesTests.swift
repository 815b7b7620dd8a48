import Foundation
import Testing

@Suite struct CodeRulesTests {
  @Test(arguments: House.eventPath)
  func `events are never parsed into objects`(module: String) throws {
    for file in try SourceFile.all(of: module) {
      #expect(file.places(of: "JSONSerialization").isEmpty)
    }
  }

  @Test(arguments: ["EventJSON", "Ingest"])
  func `the scanner and the sources know no document parser at all`(module: String) throws {
    for file in try SourceFile.all(of: module) {
      #expect(file.places(of: "JSONDecoder", "JSONEncoder").isEmpty)
    }
  }

  @Test func `only the adapter kit and the adapters have a public face`() throws {
    let hidden = House.rooms.map(\.name).filter { name in
      !name.hasPrefix("DestinationKit") && !House.plugins.contains(name)
    }
    for module in hidden {
      for file in try SourceFile.all(of: module) {
        #expect(!file.declaresPublic, "\(file.path)")
      }
    }
  }

  @Test func `an unchecked promise to the compiler names what protects it`() throws {
    for folder in ["Sources", "Plugins"] {
      for file in try SourceFile.all(in: folder) {
        for (index, line) in file.lines.enumerated() where line.isUncheckedPromise {
          let nearby = file.lines[max(0, index - 3)...index]
          #expect(nearby.contains { $0.contains("//") }, "\(file.path):\(index + 1)")
        }
      }
    }
  }

  @Test func `no cast is forced`() throws {
    for folder in ["Sources", "Plugins"] {
      for file in try SourceFile.all(in: folder) {
        #expect(file.lines.allSatisfy { !$0.contains(" as! ") }, "\(file.path)")
      }
    }
  }
}

extension SourceFile {
  fileprivate var declaresPublic: Bool {
    lines.contains { $0.firstMatch(of: #/^\s*(@\S+\s+)*(public|open)\s/#) != nil }
  }
}

extension String {
  fileprivate var isUncheckedPromise: Bool {
    let code = components(separatedBy: "//")[0]
    return code.contains("@unchecked Sendable") || code.contains("nonisolated(unsafe)")
  }
}
