internal import Foundation
internal import Glibc
internal import Workspace

extension RunControl {
  /// Does what needs room on the disk; while there is none, again and again, and so it holds whoever is behind it.
  ///
  /// It is told once, and as the reason why sources are held. Throws what `body` throws when that is something else, or
  /// when the run is to end: then nothing of it may be relied on.
  func withRoom(
    for destination: String, isEnding: () -> Bool = { false }, _ body: () throws -> Void
  ) throws {
    var isTold = false
    while true {
      do {
        try body()
        if isTold { hold(nil, destination) }
        return
      } catch let error as WorkspaceError where error.isDiskFull && !shouldStop && !isEnding() {
        if !isTold { report(.queueTrouble(destination, "\(error)")) }
        isTold = true
        hold("destination \"\(destination)\": \(error)", destination)
        Thread.sleep(forTimeInterval: 0.05)
      }
    }
  }
}

extension WorkspaceError {
  fileprivate var isDiskFull: Bool {
    guard case .fileFailed(_, _, let code) = self else { return false }
    return code == ENOSPC || code == EDQUOT
  }
}
