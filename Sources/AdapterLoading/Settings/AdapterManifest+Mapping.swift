internal import EventMapping

extension AdapterManifest {
  /// Whether the adapter sends what a mapping makes of the events.
  package var hasMapping: Bool { mapping != nil }

  /// Everything that is wrong with a mapping that an operator gives, each with its place and the mend.
  package func complaints(aboutMapping text: [UInt8]) -> [String] {
    guard hasMapping else {
      return [
        "\"\(product)\" has no mapping: it sends events as it gets them. Take the setting away."
      ]
    }
    do throws(MappingError) {
      return complaints(about: try EventMapping(text).kinds)
    } catch {
      return error.problems.map(\.description)
    }
  }

  /// The mapping that counts: the manifest's, with the tables of the given text in place of its own.
  package func mapping(overriddenBy text: [UInt8]?) -> [UInt8]? {
    guard let mapping else { return nil }
    return text.map { EventMapping.text(Array(mapping.utf8), overriddenBy: $0) }
      ?? Array(mapping.utf8)
  }

  /// Where the mapping that counts makes another value of an event's, and the names on the way to that; none where there
  /// is no mapping, or none that can be read.
  package func remadeValues(
    overriddenBy text: [UInt8]?
  ) -> [(place: String, keys: [String])] {
    mapping(overriddenBy: text).map(EventMapping.remadeValues)?.map { ($0.place, $0.keys) } ?? []
  }

  /// A destination's settings as the adapter gets them: with the mapping that counts, where it has one.
  package func adapterSettings(_ settings: [UInt8]) -> [UInt8] {
    guard hasMapping else { return settings }
    let given = MappingSetting.text(inSettings: settings)
    return MappingSetting.settings(settings, with: mapping(overriddenBy: given))
  }

  /// Everything that is wrong with the manifest's own mapping.
  func complaintsAboutOwnMapping() -> [String] {
    guard let mapping else { return [] }
    do throws(MappingError) {
      let kinds = try EventMapping(Array(mapping.utf8)).kinds
      let missing = eventTypes.filter { !kinds.contains($0) }.map {
        "it has no table for \($0), which \"event_types\" names"
      }
      return (complaints(about: kinds) + missing).map { "\"mapping\": \($0)" }
    } catch {
      return error.problems.map { problem in
        let place = ["mapping", problem.path].filter { !$0.isEmpty }.joined(separator: ".")
        return "\"\(place)\": \(problem.what). \(problem.mend)"
      }
    }
  }

  private func complaints(about kinds: [String]) -> [String] {
    kinds.filter { !eventTypes.contains($0) }.map {
      "\($0): the adapter serves no such events. Take the table away."
    }
  }
}
