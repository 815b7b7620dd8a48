/// Values that cannot be copied, one behind the other; room for a number of them that is set when it is made.
///
/// An array cannot hold them, and an object around each would cost a retain, a release and a check of access at each use.
@safe struct FixedArray<Element: ~Copyable>: ~Copyable {
  private let room: UnsafeMutableBufferPointer<Element>
  private(set) var count = 0

  init(capacity: Int) { unsafe room = .allocate(capacity: capacity) }

  deinit {
    _ = unsafe room.extracting(0..<count).deinitialize()
    unsafe room.deallocate()
  }

  var indices: Range<Int> { 0..<count }

  mutating func append(_ element: consuming Element) {
    precondition(unsafe count < room.count, "no room for another element")
    unsafe room.baseAddress!.advanced(by: count).initialize(to: element)
    count += 1
  }

  subscript(index: Int) -> Element {
    @inline(__always) _read {
      precondition(index >= 0 && index < count, "no element has this index")
      yield unsafe room[index]
    }
    @inline(__always) _modify {
      precondition(index >= 0 && index < count, "no element has this index")
      yield unsafe &room[index]
    }
  }
}
