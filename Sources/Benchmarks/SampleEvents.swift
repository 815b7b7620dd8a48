import Foundation

/// Events of about 780 bytes, as an analytics library sends them, each a little different from the next.
struct SampleEvents {
  /// The events, each with its line end.
  let lines: [[UInt8]]
  /// All lines one after the other.
  var bytes: [UInt8] { lines.flatMap { $0 } }

  /// Makes `count` events; equal counts give equal events.
  init(count: Int) {
    var random = SplitMix(state: 2026)
    lines = (0..<count).map { Array(SampleEvents.line($0, &random).utf8) }
  }

  /// Writes that many events to a file, the same ones over and over.
  static func write(count: Int, to path: String) throws {
    let some = SampleEvents(count: min(count, 10_000)).lines
    try Data().write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    for start in stride(from: 0, to: count, by: some.count) {
      let lines = some.prefix(count - start)
      try file.write(contentsOf: Data(lines.flatMap { $0 }))
    }
    try file.close()
  }

  /// Writes that many events to a file, no two with the same messageId.
  static func writeDistinct(count: Int, to path: String) throws {
    let lines = SampleEvents(count: count).lines
    try Data(lines.flatMap { $0 }).write(to: URL(fileURLWithPath: path))
  }

  private static func line(_ index: Int, _ random: inout SplitMix) -> String {
    let user = 100_000 + random.below(900_000)
    let words = ["Flu shot", "Blood panel", "Follow-up", "Physical therapy", "Eye exam"]
    let visit = words[random.below(words.count)]
    let price = "\(20 + random.below(400)).\(10 + random.below(89))"
    return """
      {"type":"track","event":"Appointment Booked","userId":"user-\(user)",\
      "messageId":"msg-\(index)-\(random.next())","timestamp":"2026-11-20T08:\(10 + random.below(49)):12.345Z",\
      "context":{"ip":"192.0.2.\(random.below(255))","locale":"en-US","timezone":"America/Chicago",\
      "userAgent":"Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36",\
      "library":{"name":"analytics.js","version":"2.11.1"},\
      "page":{"path":"/book","title":"Book a visit","url":"https://clinic.example.com/book?step=\(random.below(5))"},\
      "traits":{"email":"patient.\(user)@example.com","plan":"standard"}},\
      "properties":{"visit":"\(visit)","name":"Patient Number \(user)","phone":"+1-312-555-01\(10 + random.below(89))",\
      "price":\(price),"currency":"USD","new_patient":\(random.below(2) == 0),"department":"Primary care",\
      "slots":[{"start":"09:30","minutes":30},{"start":"10:00","minutes":45}]},\
      "integrations":{"All":true}}

      """
  }
}

/// A small generator with a fixed seed, so that each run measures the same bytes (Steele and others, 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
