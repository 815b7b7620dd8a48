package import Foundation

/// One call of the contract, as a trial has it made.
package enum TrialStep: Codable, Sendable {
  /// Maps the library: its constructors run.
  case open
  /// Asks the entry for its table.
  case entry(major: UInt32, minor: UInt32)
  /// Holds table and descriptor against the contract and the manifest, as every load does.
  case describe
  /// Asks the adapter for an extension.
  case askExtension(String)
  case create
  /// `later` more bytes stand behind the fields of ABI 1.0.
  case configure(settings: Data, secrets: [String: Data], later: Int)
  case start
  case deliver(TrialBatch)
  /// Milliseconds; 0 for none, as in `stop`.
  case flush(deadline: UInt64)
  case cancel(token: UInt64)
  case stop(deadline: UInt64)
  case destroy
  /// Counts the open descriptors of the process.
  case countDescriptors
}

/// A step, the instance it is about, and where it runs.
struct TrialRequest: Codable, Sendable {
  let step: TrialStep
  let instance: Int
  /// On a thread made for this call alone.
  let hasOwnThread: Bool
}

/// A batch of a trial, and how its memory lies.
package struct TrialBatch: Codable, Sendable {
  package struct Event: Codable, Sendable, Equatable {
    package var json: Data
    package var id: String
    /// 1…6, as in the header.
    package var type: UInt32
    package var attempt: UInt32
    /// So many letters stand for the first ``mark`` of the JSON: a long event is not sent, but made where it is used.
    package var padding = 0

    package static let mark = "~PADDING~"

    package init(json: Data, id: String, type: UInt32, attempt: UInt32 = 1) {
      self.json = json
      self.id = id
      self.type = type
      self.attempt = attempt
    }
  }

  /// How a payload lies in memory.
  package enum Memory: String, Codable, Sendable {
    /// Writable; other bytes follow.
    case plain
    /// Read-only; other bytes follow.
    case readOnly
    /// Read-only, each payload up to the end of a page, and no page behind it; the results likewise.
    case guarded
  }

  package var events: [Event]
  package var memory = Memory.plain
  /// Bytes that every event is longer than in ABI 1.0; a multiple of 8.
  package var eventExtra = 0
  /// The same of a result; a multiple of 4.
  package var resultExtra = 0
  /// The same of the batch itself.
  package var batchExtra = 0
  /// Milliseconds; 0 for none.
  package var deadline: UInt64 = 0
  /// How often it is delivered, one time after the other; the answer is the last one's.
  package var repeats = 1
  /// How many threads deliver it at once, each from memory of its own.
  package var threads = 1

  package init(_ events: [Event]) { self.events = events }

  /// What stands behind a payload that is not guarded.
  package static let beyond = "~BEYOND~"
}
