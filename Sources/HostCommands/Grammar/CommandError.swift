/// Why a command was not done: `what, where: why. mend.`, and the exit code it ends with.
struct CommandError: Error, Equatable {
  let code: ExitCode
  let what: String
  let place: String?
  let why: String
  /// What the reader may do about it; whole sentences, or `See: …`.
  let mend: String

  init(_ code: ExitCode, _ what: String, in place: String? = nil, _ why: String, _ mend: String) {
    self.code = code
    self.what = what
    self.place = place
    self.why = why
    self.mend = mend
  }

  static func usage(
    _ what: String, _ place: String?, _ why: String, _ mend: String
  ) -> CommandError {
    CommandError(.wrongUsage, what, in: place, why, mend)
  }
}

extension CommandError: CustomStringConvertible {
  var description: String { "\(what)\(place.map { ", \($0)" } ?? ""): \(why). \(mend)" }
}
