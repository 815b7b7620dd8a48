package import Cryptography
internal import Glibc

/// Why an adapter is not loaded: what, about which file or product, why, and the mend.
package enum LoadError: Error, Equatable, Sendable {
  case cannotRead(path: String, code: Int32)
  case manifest(path: String, complaints: [String])
  case notARegularFile(path: String)
  case writableByOthers(path: String)
  case tooLarge(path: String, bytes: Int, most: Int)
  case notLoadable(path: String, ELFRefusal)
  case otherBytes(path: String, found: SHA256Digest, installed: SHA256Digest)
  /// The package does not hold what its signature, its manifest or the workspace asks for.
  case package(product: String, reason: String)
  case signature(path: String)
  case cannotWrite(path: String)
  /// Part of the sandbox does not hold, and the workspace requires it.
  case sandbox(product: String, missing: [String])
  /// The destination's settings are not what the adapter's schema asks for.
  case settings(product: String, destination: String, complaints: [String])
  /// A permission of the manifest cannot be given to this destination.
  case permission(product: String, path: String, reason: String)
  case system(call: String, code: Int32)
  /// The audit record could not be written, so nothing was loaded.
  case notAudited(String)
  /// The library loaded, but it or its adapter does not keep the contract; the worker's own words.
  case refusedByWorker(product: String, reason: String)
  /// `configure` or `start` of the adapter failed; `isPermanent` when the operator has to act.
  case adapterFailed(product: String, call: String, problem: String, isPermanent: Bool)
  case workerEnded(product: String, during: String, how: String)
  case workerTooSlow(product: String, during: String, after: Duration)
}

extension LoadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotRead(let path, let code):
      "adapter not loaded: \(path) cannot be read: \(text(code)). Check the path and its permissions."
    case .manifest(let path, let complaints):
      "adapter not loaded: \(path) is not a manifest: \(complaints.joined(separator: "; ")). Mend it and try again."
    case .notARegularFile(let path):
      "adapter not loaded: \(path) is not a regular file. Give the library itself, not a link to it."
    case .writableByOthers(let path):
      "adapter not loaded: \(path) can be written by its group or by others. Run: chmod go-w \(path)"
    case .tooLarge(let path, let bytes, let most):
      "adapter not loaded: \(path) has \(bytes) bytes, the limit is \(most). Strip its debug information."
    case .notLoadable(let path, let refusal):
      "adapter not loaded: \(path): \(refusal)"
    case .otherBytes(let path, let found, let installed):
      "adapter not loaded: \(path) has the SHA-256 \(found.hex.prefix(16))…, installed was \(installed.hex.prefix(16))…. "
        + "If the change is yours, install the adapter again."
    case .package(let product, let reason): "adapter refused: \"\(product)\": \(reason)"
    case .signature(let path):
      "adapter refused: \(path) is no signature of an adapter. Get the whole package again."
    case .cannotWrite(let path):
      "adapter not signed: \(path) cannot be written. Check its folder's permissions and the room on the disk."
    case .sandbox(let product, let missing):
      "adapter not loaded: \"\(product)\": its sandbox does not hold: \(missing.joined(separator: ", ")). "
        + "Run on a kernel that has it, or accept less: sealpost workspace set sandbox best-effort"
    case .settings(let product, let destination, let complaints):
      "adapter not started: \"\(product)\": the settings of \"\(destination)\" do not suit it: "
        + "\(complaints.joined(separator: "; ")). Mend them: sealpost destination set \(destination) K=V"
    case .permission(let product, let path, let reason):
      "adapter not loaded: \"\(product)\": it may not have \(path): \(reason)"
    case .system(let call, let code):
      "adapter not loaded: \(call) failed: \(text(code)). See that the system has memory and descriptors to spare."
    case .notAudited(let reason):
      "adapter not loaded: the load could not be written to the audit log: \(reason)"
    case .refusedByWorker(let product, let reason): "adapter not loaded: \"\(product)\": \(reason)"
    case .adapterFailed(let product, let call, let problem, _):
      "adapter not started: \"\(product)\": \(call): \(problem)"
    case .workerEnded(let product, let during, let how):
      "adapter not started: \"\(product)\": its process ended during \(during): \(how). Report it to the adapter's author."
    case .workerTooSlow(let product, let during, let after):
      "adapter not started: \"\(product)\": \(during) took longer than \(after.components.seconds) s; its process was killed. "
        + "Report it to the adapter's author."
    }
  }

  private func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

  /// Whether its code ran and failed.
  package var isTheAdapters: Bool {
    switch self {
    case .workerEnded, .workerTooSlow: true
    default: false
    }
  }

  /// Whether trying again may help without anybody changing something.
  package var mayPass: Bool {
    switch self {
    case .system, .workerEnded, .workerTooSlow: true
    case .adapterFailed(_, _, _, let isPermanent): !isPermanent
    default: false
    }
  }
}
