/// Users of whom an event is to be sent again: until then their later events wait behind it, and nobody else's do.
struct HeldUsers {
  private struct Line {
    var head: PendingEvent
    var followers: [PendingEvent] = []
  }

  private var lines: [UInt64: Line] = [:]
  /// When each head is due, the soonest first: a binary heap.
  private var due: [(at: Moment, user: UInt64)] = []
  /// Of all events that are held.
  private(set) var bytes = 0
  private(set) var count = 0

  var isEmpty: Bool { lines.isEmpty }
  var nextDue: Moment? { due.first?.at }

  func holds(_ user: UInt64) -> Bool { lines[user] != nil }

  /// Holds a user because of this event, which is due at `moment`; behind the first when it is held already.
  mutating func hold(_ event: PendingEvent, until moment: Moment) {
    note(event)
    if lines[event.user] == nil {
      lines[event.user] = Line(head: event)
      push(moment, event.user)
    } else {
      lines[event.user]?.followers.append(event)
    }
  }

  /// Lets an event wait behind its user's.
  mutating func follow(_ event: PendingEvent) {
    note(event)
    lines[event.user]?.followers.append(event)
  }

  /// The heads that are due by `now`, as many as there is room for; their users stay held until ``release(_:)`` or
  /// ``again(_:at:)``.
  mutating func takeDue(at now: Moment, into room: inout BatchRoom) -> [PendingEvent] {
    var heads: [PendingEvent] = []
    while let first = due.first, first.at <= now {
      if let head = lines[first.user]?.head {
        guard room.fits(head.json.count) else { break }
        room.take(head.json.count)
        heads.append(head)
      }
      pop()
    }
    return heads
  }

  /// A head that was sent again and failed again.
  mutating func again(_ head: PendingEvent, at moment: Moment) {
    lines[head.user]?.head = head
    push(moment, head.user)
  }

  /// A head that is done with: its user is free, and what waited behind it comes out, in order.
  mutating func release(_ head: PendingEvent) -> [PendingEvent] {
    guard let line = lines.removeValue(forKey: head.user) else { return [] }
    forget(line.head)
    for follower in line.followers { forget(follower) }
    return line.followers
  }

  private mutating func note(_ event: PendingEvent) {
    bytes += event.json.count
    count += 1
  }

  private mutating func forget(_ event: PendingEvent) {
    bytes -= event.json.count
    count -= 1
  }

  private mutating func push(_ moment: Moment, _ user: UInt64) {
    due.append((moment, user))
    var child = due.count - 1
    while child > 0, due[child].at < due[(child - 1) / 2].at {
      due.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() {
    due.swapAt(0, due.count - 1)
    due.removeLast()
    var parent = 0
    while true {
      let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < due.count }
      guard let least = children.min(by: { due[$0].at < due[$1].at }),
        due[least].at < due[parent].at
      else { return }
      due.swapAt(parent, least)
      parent = least
    }
  }
}
