internal import CEpoll
internal import Glibc

/// A descriptor that is closed with its owner.
struct Descriptor: ~Copyable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { if number >= 0 { close(number) } }
}

/// The kernel's list of what a loop waits for (epoll(7)); the raw calls of this module that Glibc does not have.
@safe struct Epoll: ~Copyable {
  struct Interest: OptionSet {
    let rawValue: UInt32
    static let read = Interest(rawValue: EPOLLIN.rawValue)
    static let write = Interest(rawValue: EPOLLOUT.rawValue)
    /// Of the loops that wait for the same descriptor one is woken.
    static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
    /// Told without being asked for.
    static let gone = Interest(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
  }

  private let descriptor: Descriptor
  private var events = unsafe [epoll_event](repeating: epoll_event(), count: 256)

  init() throws(ListenerError) {
    descriptor = Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
    guard descriptor.number >= 0 else { throw .noLoop(code: errno) }
  }

  func add(_ watched: Int32, _ interest: Interest, token: UInt64) -> Bool {
    control(Int32(EPOLL_CTL_ADD), watched, interest, token)
  }

  func change(_ watched: Int32, _ interest: Interest, token: UInt64) {
    _ = control(Int32(EPOLL_CTL_MOD), watched, interest, token)
  }

  func remove(_ watched: Int32) { _ = control(Int32(EPOLL_CTL_DEL), watched, [], 0) }

  private func control(
    _ operation: Int32, _ watched: Int32, _ interest: Interest, _ token: UInt64
  ) -> Bool {
    var event = unsafe epoll_event()
    unsafe event.events = interest.rawValue
    unsafe event.data.u64 = token
    return unsafe epoll_ctl(descriptor.number, operation, watched, &event) == 0
  }

  /// Waits, at most that long; how many events there are: read them with ``event(_:)``.
  mutating func wait(milliseconds: Int32) -> Int {
    max(0, Int(unsafe epoll_wait(descriptor.number, &events, Int32(events.count), milliseconds)))
  }

  func event(_ index: Int) -> (token: UInt64, interest: Interest) {
    let event = unsafe events[index]
    return unsafe (event.data.u64, Interest(rawValue: event.events))
  }
}

/// Wakes a loop from another thread (eventfd(2)).
struct WakeUp: ~Copyable {
  let descriptor: Descriptor

  init() throws(ListenerError) {
    descriptor = Descriptor(eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC)))
    guard descriptor.number >= 0 else { throw .noLoop(code: errno) }
  }

  func ring() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor.number, &one, 8)
  }

  func silence() {
    var count: UInt64 = 0
    _ = unsafe read(descriptor.number, &count, 8)
  }
}
