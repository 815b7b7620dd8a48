import Testing

@Suite struct DescriptionTests {
  @Test func `no other package is needed`() throws {
    let package = try PackageDescription.this.get()
    #expect(package.dependencies.isEmpty)
    #expect(package.targets.flatMap(\.dependencies).allSatisfy { $0.name != nil })
  }

  @Test func `every module of the package stands in the table`() throws {
    let declared = try PackageDescription.this.get().targets
      .filter { $0.type != "test" && $0.path?.hasPrefix("Tests/Fixtures/") != true }.map(\.name)
    #expect(Set(declared) == Set(House.rooms.map(\.name)))
  }

  @Test func `the table of the description is this one, arrow by arrow`() throws {
    let text = try SourceFile("Package.swift").lines.joined(separator: "\n")
    let rows = text.matches(of: #/\(\s*"(\w+)",\s*\[([^\]]*)\]\s*\)/#)
    #expect(!rows.isEmpty)
    for row in rows {
      let name = String(row.output.1)
      let imports = row.output.2.matches(of: #/"(\w+)"/#).map { String($0.output.1) }
      #expect(House.rooms.first { $0.name == name }?.imports == Set(imports), "\(name)")
    }
  }

  /// Near and far, so that none is left as it was when the layout of one further down changes.
  @Test(arguments: House.rooms.map(\.name))
  func `a target is given what the table allows and all that rests on, and nothing else`(
    module: String
  ) throws {
    let target = try #require(
      try PackageDescription.this.get().targets.first { $0.name == module })
    #expect(Set(target.dependencies.compactMap(\.name)) == House.allBelow(module))
  }

  @Test(arguments: ["DestinationKit", "DestinationKitTesting"])
  func `who uses a library of the package is given all that it rests on`(library: String) throws {
    let products = try PackageDescription.this.get().products
    let product = try #require(products.first { $0.name == library })
    #expect(Set(product.targets) == House.allBelow(library).union([library]))
  }

  @Test func `arrows point only downwards`() throws {
    for (index, room) in House.rooms.enumerated() {
      let below = Set(House.rooms[(index + 1)...].map(\.name))
      #expect(room.imports.isSubset(of: below), "\(room.name)")
    }
  }

  @Test func `every module in Swift has its tests`() throws {
    let tests = Set(
      try PackageDescription.this.get().targets.filter { $0.type == "test" }.map(\.name))
    let withoutOwn =
      [
        "sealpost", "Benchmarks", "CSandbox", "CKafka", "CHTTP2", "CEpoll", "CFileRange",
        "CChecksum", "COpenSSL",
      ]
      + House.plugins
    for room in House.rooms where !withoutOwn.contains(room.name) {
      #expect(tests.contains("\(room.name)Tests"), "\(room.name)")
    }
  }

  @Test(arguments: House.plugins)
  func `an adapter is a product of its own`(plugin: String) throws {
    let products = try PackageDescription.this.get().products
    #expect(products.contains { $0.name == plugin && $0.targets == [plugin] })
  }
}
