/// The entries of the adapters that this project ships.
///
/// Nobody certifies them: there is no vendor between the operator and the data, so there is nobody to sign a
/// BAA with; the condition says what that leaves to the operator.
enum OwnAdapters {
  static let entries = [
    ProductEntry(
      id: "org.sealpost.ndjson-file", name: "NDJSON file", vendor: "Sealpost",
      category: "Local output", eligible: true,
      condition:
        "writes to the operator's own machine: no vendor takes part and no BAA is involved; "
        + "the operator's safeguards for the disk, its copies and its backups apply",
      asOf: "2026-11-23", source: "Sealpost, adapters shipped with the project", adapter: true),
    ProductEntry(
      id: "org.sealpost.console", name: "Console", vendor: "Sealpost",
      category: "Local output", eligible: true,
      condition: "writes to the operator's own terminal or log: terminals, their scroll-back and "
        + "log collectors keep what is shown; no vendor takes part and no BAA is involved",
      asOf: "2026-11-23", source: "Sealpost, adapters shipped with the project", adapter: true),
  ]
}
