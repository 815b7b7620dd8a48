internal import AdapterLoading
internal import Cryptography
internal import Workspace

/// What a destination's worker runs with: when it is the same, the worker need not be started again.
struct RunningConfiguration {
  let adapter: String
  let libraryDigest: SHA256Digest?
  let settings: [UInt8]
  let secrets: [String: String]
  let workspaceSettings: [String]
  /// Why it may not run; nil when it may.
  let refusal: String?
  let isPaused: Bool
  /// What the adapter serves, once it runs.
  var servedTypes = UInt32.max

  func isSame(as other: RunningConfiguration) -> Bool {
    adapter == other.adapter && libraryDigest == other.libraryDigest && settings == other.settings
      && secrets == other.secrets && workspaceSettings == other.workspaceSettings
      && refusal == other.refusal && isPaused == other.isPaused
  }
}
