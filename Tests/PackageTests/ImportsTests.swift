import Testing

@Suite struct ImportsTests {
  @Test(arguments: House.rooms.map(\.name))
  func `a file imports what the table allows and nothing else`(module: String) throws {
    let room = try #require(House.rooms.first { $0.name == module })
    let allowed = room.imports.union(House.toolchain)
    for file in try SourceFile.all(of: module) {
      for (name, line) in file.imports where !allowed.contains(name) {
        Issue.record("\(file.path):\(line) imports \(name)")
      }
    }
  }

  @Test(arguments: House.rooms.map(\.name))
  func `no arrow is drawn that no file needs`(module: String) throws {
    let room = try #require(House.rooms.first { $0.name == module })
    let imported = Set(try SourceFile.all(of: module).flatMap(\.imports).map(\.module))
    #expect(room.imports.subtracting(imported).isEmpty)
  }

  @Test func `host and adapter kit meet only in the C header and in what an event is`() throws {
    let host = House.rooms.map(\.name).filter { name in
      !(House.plugins + House.ofBothSides).contains(name) && !name.hasPrefix("DestinationKit")
    }
    let kit = House.plugins + ["DestinationKit", "DestinationKitTesting"]
    #expect(try importers(of: kit, among: host).isEmpty)
    #expect(try importers(of: host.filter { $0 != "CDestinationAdapter" }, among: kit).isEmpty)
  }

  @Test(arguments: [
    ("COpenSSL", ["Cryptography"]),
    ("CSandbox", ["AdapterLoading"]),
    ("CKafka", ["KafkaClient"]),
    ("CHTTP2", ["HTTP2"]),
    ("CEpoll", ["HTTPListener"]),
    ("CFileRange", ["DeliveryQueue"]),
    ("CChecksum", ["DeliveryQueue"]),
    ("CDestinationAdapter", ["AdapterLoading", "DestinationKit", "DestinationKitTesting"]),
  ])
  func `a C module has its importers and no others`(module: String, importers: [String]) throws {
    let found = try self.importers(of: [module], among: House.rooms.map(\.name))
    #expect(found.subtracting(importers).isEmpty)
  }

  @Test func `libraries are loaded in two places: adapters, and what the system has`() throws {
    let loaders = ["AdapterLoading", "SystemLibrary"]
    for room in House.rooms where !loaders.contains(room.name) {
      for file in try SourceFile.all(of: room.name, kinds: ["swift", "c", "h"]) {
        #expect(file.places(of: "dlopen", "dlmopen", "dlsym").isEmpty)
      }
    }
    #expect(
      try importers(of: ["SystemLibrary"], among: House.rooms.map(\.name))
        == ["Gzip", "HTTP2", "KafkaClient"])
  }

  @Test func `import statements of every spelling are seen`() throws {
    let file = try SourceFile("Tests/PackageTests/ImportsTests.swift")
    #expect(file.imports.map(\.module) == ["Testing"])
    #expect(
      try SourceFile.all(of: "Cryptography").flatMap(\.imports).contains { $0.module == "COpenSSL" }
    )
  }

  private func importers(of modules: [String], among rooms: [String]) throws -> Set<String> {
    Set(
      try rooms.filter { room in
        try SourceFile.all(of: room).flatMap(\.imports).contains { modules.contains($0.module) }
      })
  }
}
