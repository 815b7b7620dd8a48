internal import AuditLog
package import DestinationFilter

// MARK: - The filters of one destination; a host that runs takes them at once

extension Workspace {
  /// The most filters that one destination may have.
  package static let maximumFilters = 32

  /// Adds a filter behind the others, or replaces the one of its name where that stands.
  ///
  /// - Parameter position: from 1; where the filter shall stand; nil: as said above.
  /// - Throws: `badFilter` with the statement's column, `tooManyFilters`.
  package func setFilter(
    _ filter: EventFilter, of id: String, at position: Int? = nil, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeDestination(id, .destinationFilterModified, as: actor) {
      (old) throws(WorkspaceError) in
      try Self.check(filter, of: id)
      var filters = old.filters ?? []
      let present = filters.firstIndex { $0.name == filter.name }
      if let present { filters.remove(at: present) }
      guard filters.count < Self.maximumFilters else {
        throw .tooManyFilters(destination: id, maximum: Self.maximumFilters)
      }
      let place = position.map { min(max(0, $0 - 1), filters.count) } ?? present ?? filters.count
      filters.insert(filter, at: place)
      return Self.changed(old, to: filters)
    }
  }

  /// Throws `noSuchFilter`.
  package func removeFilter(
    _ name: String, of id: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeDestination(id, .destinationFilterModified, as: actor) {
      (old) throws(WorkspaceError) in
      let filters = old.filters ?? []
      guard filters.contains(where: { $0.name == name }) else {
        throw .noSuchFilter(Self.shown(name), destination: id)
      }
      return Self.changed(old, to: filters.filter { $0.name != name })
    }
  }

  private static func check(_ filter: EventFilter, of id: String) throws(WorkspaceError) {
    guard Names.isDestinationID(filter.name) else {
      throw .badFilter(
        shown(filter.name), destination: id,
        reason: "a name has 1 to 64 of a-z, 0-9 and hyphens, no hyphen first. Choose another.")
    }
    do throws(FilterFault) {
      _ = try CompiledFilter(filter)
    } catch {
      throw .badFilter(filter.name, destination: id, reason: "\(error)")
    }
  }

  private static func changed(_ old: Destination, to filters: [EventFilter]) -> Change<Destination>
  {
    var new = old
    new.filters = filters.isEmpty ? nil : filters
    // What a program without filters may read it may send.
    new.format = filters.isEmpty ? 1 : 2
    return Change(
      document: new, changes: AuditedValues.difference(told(old.filters), told(new.filters)))
  }

  private static func told(_ filters: [EventFilter]?) -> [(String, String)] {
    (filters ?? []).enumerated().map { index, filter in
      ("filters.\(filter.name)", "\(index + 1). \(filter.action.text) if \(filter.condition)")
    }
  }

  private static func shown(_ name: String) -> String {
    String(name.prefix(64).filter { $0.isASCII })
  }
}

extension Destination {
  /// The filters, ready to run.
  ///
  /// Throws `badFilter` for one that turned bad: then nothing may be sent.
  package func compiledFilters() throws(WorkspaceError) -> [CompiledFilter] {
    try (filters ?? []).map { (filter) throws(WorkspaceError) in
      do throws(FilterFault) {
        return try CompiledFilter(filter)
      } catch {
        throw .badFilter(filter.name, destination: id, reason: "\(error)")
      }
    }
  }
}
