package import Cryptography
internal import Glibc

/// Why a queue does not take or give events; never anything of an event.
package enum QueueError: Error, Equatable, Sendable {
  /// It holds as much as it may: the source is to wait.
  case full(folder: String, maximumBytes: Int)
  /// The disk has no room; nothing of the block was kept, and it may be offered again.
  case diskFull(path: String)
  case fileFailed(path: String, operation: String, code: Int32)
  /// One block of events is longer than a record may be.
  case blockTooLong(bytes: Int, maximum: Int)
  case cryptography(CryptographyError)
}

extension QueueError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .full(let folder, let maximum):
      "queue \"\(folder)\": full: it holds its \(maximum) bytes. It takes events again when some are "
        + "delivered; give it more room with `queue_megabytes`."
    case .diskFull(let path):
      "queue file \"\(path)\": no space is left on the disk. Free some; nothing accepted was lost."
    case .fileFailed(let path, let operation, let code):
      "queue file \"\(path)\": \(operation) failed: \(unsafe String(cString: strerror(code))). "
        + "Check the disk and the permissions of the workspace."
    case .blockTooLong(let bytes, let maximum):
      "events refused: a block of \(bytes) bytes is longer than a queue's record (\(maximum)). "
        + "Send smaller blocks."
    case .cryptography(let error): "\(error)"
    }
  }

  /// Whether it is this process that may not or cannot, and nothing is known of the file.
  var isTheProcess: Bool {
    guard case .fileFailed(_, _, let code) = self else { return false }
    return [EACCES, EPERM, EROFS, EMFILE, ENFILE, ENOMEM].contains(code)
  }
}
