/// How many frames the other side may still send before it has to be of use.
///
/// Most attacks on HTTP/2 are frames that cost their sender nothing and come to nothing: pings, settings, empty data,
/// a header that is continued for ever. Whatever their name, they use this up; requests and the bytes of bodies, in
/// either direction, add to it.
struct FrameAllowance {
  private var left = 1000

  /// Enough for any honest server between two requests.
  private static let most = 10_000

  /// False when it is used up.
  mutating func takeFrame() -> Bool {
    left -= 1
    return left >= 0
  }

  /// A request is answered with a few frames.
  mutating func addRequest() { add(200) }

  /// A frame of data pays for itself, and bytes for the frames that open the window again.
  mutating func addBytes(_ count: Int) { add(count == 0 ? 0 : 1 + count >> 10) }

  private mutating func add(_ count: Int) { left = min(left + count, Self.most) }
}
