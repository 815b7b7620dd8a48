/// What a library says of itself in its note `.note.destadapter`, read without running its code; see `destination_adapter.h`.
package struct AdapterNote: Sendable, Equatable {
  package let product: String
  package let version: String
  package let abiMajor: UInt32
  /// The least minor of a host that it can live with.
  package let abiMinorRequired: UInt32

  private static let name = Array("destadapter\0".utf8)
  private static let type: UInt32 = 1
  /// Most bytes of the part behind the name.
  private static let longest: UInt32 = 512

  /// Looks through the note segments; nil when there is none of ours.
  ///
  /// Throws `damaged` for one that cannot be read, and for a second one.
  init?(in file: RawSpan) throws(ELFRefusal) {
    let image = try ELFImage(file)
    var found: AdapterNote?
    for segment in image.segments where segment.kind == .note {
      guard let range = segment.fileRange(in: file.byteCount) else {
        throw .truncated("note segment")
      }
      var place = range.lowerBound
      while place < range.upperBound {
        guard let note = ELFNote(file, at: place, before: range.upperBound) else {
          throw .damaged("a note of it (PT_NOTE) runs over the end of its segment")
        }
        place = note.end
        guard note.type == Self.type, note.name == Self.name else { continue }
        guard found == nil else { throw .damaged("it has two notes .note.destadapter") }
        found = try AdapterNote(note, file)
      }
    }
    guard let found else { return nil }
    self = found
  }

  private init(_ note: ELFNote, _ file: RawSpan) throws(ELFRefusal) {
    guard note.descriptionSize <= Self.longest,
      let major = file.number(at: note.description, as: UInt32.self),
      let minor = file.number(at: note.description + 4, as: UInt32.self), note.descriptionSize >= 8,
      let product = file.string(at: note.description + 8, before: note.end),
      let version = file.string(
        at: note.description + 9 + UInt64(product.utf8.count), before: note.end)
    else { throw .damaged("its note .note.destadapter is not as destination_adapter.h has it") }
    self.product = product.withoutControls
    self.version = version.withoutControls
    abiMajor = major
    abiMinorRequired = minor
  }
}

extension AdapterNote {
  /// The first field that the manifest says otherwise, with both values and the mend; nil when they agree.
  package func difference(from manifest: AdapterManifest) -> String? {
    let pairs = [
      ("product", product, manifest.product), ("version", version, manifest.version),
      ("abi.major", "\(abiMajor)", "\(manifest.abi.major)"),
    ]
    for (field, note, document) in pairs where note != document {
      return
        "its note .note.destadapter says \(field) \"\(note)\", adapter.json says \"\(document)\". "
        + "Make them equal and build it again."
    }
    return nil
  }
}

/// One note of a note segment (System V ABI, "Note Section"): sizes, type, name, description, each on a multiple of 4.
private struct ELFNote {
  let type: UInt32
  let name: [UInt8]
  let description: UInt64
  let descriptionSize: UInt32
  /// Where the next one begins.
  let end: UInt64

  init?(_ file: RawSpan, at place: UInt64, before limit: UInt64) {
    guard let nameSize = file.number(at: place, as: UInt32.self),
      let descriptionSize = file.number(at: place + 4, as: UInt32.self),
      let type = file.number(at: place + 8, as: UInt32.self)
    else { return nil }
    // At most three 32-bit numbers on top of an offset in a file: no overflow.
    let description = place + 12 + Self.rounded(nameSize)
    end = description + Self.rounded(descriptionSize)
    guard description + UInt64(descriptionSize) <= limit else { return nil }
    // Only our own name's length is ever looked at.
    name = nameSize == 12 ? file.copy(at: place + 12, length: 12) ?? [] : []
    self.type = type
    self.description = description
    self.descriptionSize = descriptionSize
  }

  private static func rounded(_ size: UInt32) -> UInt64 { (UInt64(size) + 3) / 4 * 4 }
}
