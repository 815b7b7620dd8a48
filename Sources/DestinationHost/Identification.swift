internal import Cryptography
internal import EventJSON
internal import Workspace

/// One sealing thread's work with messageIds: those that came are remembered, those that did not are made.
final class Identification {
  /// Nil when duplicates are let through.
  private let digester: MessageDigester?
  private var ids: MessageIDs

  init(_ workspace: Workspace, dropsDuplicates: Bool) throws {
    digester = dropsDuplicates ? try MessageDigester(key: workspace.messageKey()) : nil
    ids = try MessageIDs(key: workspace.madeMessageIDKey())
  }

  /// What an event's own id is remembered by; nil when it is not.
  func digest(_ identifier: FieldValue, _ event: RawSpan) -> MessageDigest? {
    digester?.digest(identifier, event)
  }

  /// An id for a line without one.
  ///
  /// - Parameter input: nil for an input that is never read again.
  func make(for line: RawSpan, number: Int, in input: [UInt8]?) -> [UInt8] {
    input.map { ids.of(line, number: number, in: $0) } ?? ids.next()
  }
}
