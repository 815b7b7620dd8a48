/// The names that a library exports, from its section `.dynsym`; for its author's eyes, no rule of loading rests on it.
enum ELFExports {
  private static let mostSections = 4096
  private static let mostSymbols = 1_000_000
  private static let dynamicSymbols: UInt32 = 11

  /// Nil where it has no section headers, or they cannot be read.
  static func names(in file: RawSpan) -> [String]? {
    guard let table = file.number(at: 0x28, as: UInt64.self),
      let size = file.number(at: 0x3A, as: UInt16.self),
      let count = file.number(at: 0x3C, as: UInt16.self), size >= 64, count <= mostSections
    else { return nil }
    for index in 0..<UInt64(count) {
      let place = table &+ index * UInt64(size)
      guard let kind = file.number(at: place &+ 4, as: UInt32.self) else { return nil }
      if kind == dynamicSymbols {
        return names(in: file, section: place) { table &+ UInt64($0) * UInt64(size) }
      }
    }
    return nil
  }

  private static func names(
    in file: RawSpan, section: UInt64, _ other: (UInt32) -> UInt64
  ) -> [String]? {
    guard let start = file.number(at: section &+ 24, as: UInt64.self),
      let length = file.number(at: section &+ 32, as: UInt64.self),
      let link = file.number(at: section &+ 40, as: UInt32.self), length / 24 <= mostSymbols,
      let strings = file.number(at: other(link) &+ 24, as: UInt64.self)
    else { return nil }
    var names: [String] = []
    for index in 0..<length / 24 {
      let symbol = start &+ index * 24
      guard let name = file.number(at: symbol, as: UInt32.self),
        let info = file.number(at: symbol &+ 4, as: UInt8.self),
        let section = file.number(at: symbol &+ 6, as: UInt16.self)
      else { return nil }
      // Global or weak, and defined here.
      guard info >> 4 == 1 || info >> 4 == 2, section != 0 else { continue }
      names.append(file.string(at: strings &+ UInt64(name), before: .max) ?? "")
    }
    return names
  }
}

extension SealedLibrary {
  /// The names that it exports; nil where they cannot be read.
  package var exports: [String]? {
    var names: [String]?
    withBytes { names = ELFExports.names(in: $0) }
    return names
  }
}
