internal import AuditLog
package import Cryptography

extension Workspace {
  /// Changes how a destination's events are delivered; a running host takes it at once.
  package func setDelivery(
    of id: String, as actor: String? = nil, _ change: (inout DeliverySettings) -> Void
  ) throws(WorkspaceError) {
    try changeDestination(id, .destinationModified, as: actor) { (old) throws(WorkspaceError) in
      var new = old
      var delivery = old.delivery ?? DeliverySettings()
      change(&delivery)
      new.delivery = delivery == DeliverySettings() ? nil : delivery
      return Change(
        document: new,
        changes: AuditedValues.difference(
          (old.delivery?.values ?? []).map { ("delivery.\($0.name)", $0.value) },
          (new.delivery?.values ?? []).map { ("delivery.\($0.name)", $0.value) }))
    }
  }

  /// Records, before it is done, that the events which wait for a destination are thrown away.
  package func recordQueuePurge(
    of id: String, events: Int, as actor: String? = nil
  ) throws(WorkspaceError) {
    try record(
      .queuePurged, object: "queue/\(id)",
      changes: [AuditChange(setting: "events", old: "\(events)", new: "0")], as: actor)
  }

  /// The folder of a destination's queue; the one around it is made.
  package func queueFolder(of id: String) throws(WorkspaceError) -> String {
    guard Names.isDestinationID(id) else {
      throw .badDestinationID(String(id.prefix(64).filter { $0.isASCII }))
    }
    try Disk.makeFolder(layout.queues, existing: true)
    return "\(layout.queues)/\(id)"
  }

  /// The key that a destination's queue derives those of its segments from.
  package func queueKey(of id: String) throws(WorkspaceError) -> SecretBytes {
    try StorageKey.derived(layout, for: "sealpost queue 1\u{0}\(self.id)\u{0}\(id)")
  }

  /// The key under which messageIds are remembered.
  package func messageKey() throws(WorkspaceError) -> SecretBytes {
    try StorageKey.derived(layout, for: "sealpost message ids 1\u{0}\(self.id)")
  }

  /// The key under which messageIds are made for events that have none.
  package func madeMessageIDKey() throws(WorkspaceError) -> SecretBytes {
    try StorageKey.derived(layout, for: "sealpost made message ids 1\u{0}\(self.id)")
  }

  /// The folder of the notes how far each input was read.
  package func positionsFolder() throws(WorkspaceError) -> String {
    try Disk.makeFolder(layout.positions, existing: true)
    return layout.positions
  }
}
