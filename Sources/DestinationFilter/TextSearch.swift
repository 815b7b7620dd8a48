internal import Glibc

/// Finds bytes in bytes in time linear in both, whatever a sender put into an event.
enum TextSearch {
  /// Up to this many bytes are compared at each place; longer ones by their own repetitions.
  private static let short = 32

  static func finds(_ part: UnsafeRawBufferPointer, in whole: UnsafeRawBufferPointer) -> Bool {
    guard unsafe !part.isEmpty else { return true }
    guard part.count <= whole.count else { return false }
    if part.count <= short { return unsafe tries(part, whole) }
    return unsafe follows(part, whole)
  }

  private static func tries(
    _ part: UnsafeRawBufferPointer, _ whole: UnsafeRawBufferPointer
  ) -> Bool {
    guard let text = whole.baseAddress, let wanted = part.baseAddress else {
      return false
    }
    let last = whole.count - part.count
    var place = 0
    while place <= last,
      let found = unsafe memchr(text + place, Int32(part[0]), last - place + 1)
    {
      place = unsafe UnsafeRawPointer(found) - text
      if unsafe memcmp(text + place, wanted, part.count) == 0 { return true }
      place += 1
    }
    return false
  }

  /// Knuth, Morris and Pratt (1977).
  private static func follows(
    _ part: UnsafeRawBufferPointer, _ whole: UnsafeRawBufferPointer
  ) -> Bool {
    var shorter = [Int](repeating: 0, count: part.count)
    var length = 0
    for index in 1..<part.count {
      while length > 0, unsafe part[index] != part[length] { length = shorter[length - 1] }
      if unsafe part[index] == part[length] { length += 1 }
      shorter[index] = length
    }
    length = 0
    for index in 0..<whole.count {
      while length > 0, unsafe whole[index] != part[length] { length = shorter[length - 1] }
      if unsafe whole[index] == part[length] { length += 1 }
      if length == part.count { return true }
    }
    return false
  }
}
