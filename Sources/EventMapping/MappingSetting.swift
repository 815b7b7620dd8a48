internal import EventJSON

/// The member `mapping` of a destination's settings, and of an adapter's manifest.
package enum MappingSetting {
  package static let name = "mapping"

  /// The text of a manifest's mapping, as its author wrote it; nil where there is none.
  package static func text(inManifest json: [UInt8]) -> [UInt8]? {
    guard let tree = try? JSONTree(json), let value = tree[name] else { return nil }
    return Array(json[value.range])
  }

  /// A manifest with its mapping written as it stands in another form of the same manifest.
  package static func manifest(_ json: [UInt8], keepingTextOf original: [UInt8]) -> [UInt8] {
    guard let text = text(inManifest: original), let tree = try? JSONTree(json),
      let value = tree[name]
    else { return json }
    return Array(json[..<value.range.lowerBound] + text + json[value.range.upperBound...])
  }

  /// What an operator gave in the place of it; nil where nothing is, or no text.
  package static func text(inSettings json: [UInt8]) -> [UInt8]? {
    (try? JSONTree(json))?[name]?.string.map { Array($0.utf8) }
  }

  /// The settings with that mapping as a text, in the place of what stands there; or without one.
  package static func settings(_ json: [UInt8], with mapping: [UInt8]?) -> [UInt8] {
    guard let tree = try? JSONTree(json), let members = tree.members else { return json }
    var parts = members.filter { $0.key != name }.map { member in
      quoted(Array(member.key.utf8)) + Array(":".utf8) + json[member.value.range]
    }
    if let mapping { parts.append(quoted(Array(name.utf8)) + Array(":".utf8) + quoted(mapping)) }
    return Array("{".utf8) + parts.joined(separator: ",".utf8) + Array("}".utf8)
  }

  private static func quoted(_ text: [UInt8]) -> [UInt8] {
    var content: [UInt8] = Array("\"".utf8)
    unsafe JSONString.escape(text.span.bytes, appendingTo: &content)
    return content + Array("\"".utf8)
  }
}
