internal import DestinationKit
internal import Glibc

/// A call on the file that failed, with its errno.
///
/// Says which call and why, never the path.
struct FileFailure: OutcomeError {
  let call: String
  let code: Int32

  /// Of the call that failed just now.
  static func last(_ call: String) -> FileFailure {
    FileFailure(call: call, code: errno)
  }

  /// A disk can get room and rights can be mended, so the events wait.
  var outcome: Outcome {
    .retry(wholeDestination: true, code: code, detail: "\(call): \(reason)")
  }

  /// For the operator, when the file cannot be opened.
  var problem: AdapterProblem {
    switch code {
    case EAGAIN:
      .unavailable("start, about \"path\": another process writes this file. Give each its own.")
    case ENOENT, ENOTDIR:
      .setting("path", "its folder is not there.", mend: "Make the folder.")
    case EACCES, EPERM, EROFS, EISDIR, ELOOP, ENAMETOOLONG, ENXIO, ENODEV:
      .setting("path", "\(call): \(reason).", mend: "Name a file that this user may write.")
    default:
      .unavailable("start, about \"path\": \(call): \(reason). It is tried again.")
    }
  }

  private var reason: String { unsafe String(cString: strerror(code)) }
}
