internal import Workspace

/// The last so many of the letters that go by, without their events: a list needs little memory, however many there are.
struct LastLetters {
  struct Entry {
    let letter: DeadLetter
    let state: BoxedLetters.State
  }

  private let most: Int
  private var dead: [Entry] = []
  private var waiting: [Entry] = []
  /// How many went by.
  private(set) var count = 0

  init(_ most: Int) { self.most = most }

  mutating func add(_ letter: DeadLetter, _ state: BoxedLetters.State) {
    count += 1
    var letter = letter
    letter.event = []
    let entry = Entry(letter: letter, state: state)
    if state == .dead { keep(entry, in: &dead) } else { keep(entry, in: &waiting) }
  }

  /// Each place gives its own in the order in which they came.
  private func keep(_ entry: Entry, in entries: inout [Entry]) {
    entries.append(entry)
    if entries.count / 2 >= most { entries.removeFirst(entries.count - most) }
  }

  /// By the time at which they became letters.
  var oldestFirst: [Entry] {
    let sorted = (dead + waiting).enumerated().sorted {
      ($0.element.letter.buriedUnixNanoseconds, $0.offset)
        < ($1.element.letter.buriedUnixNanoseconds, $1.offset)
    }
    return sorted.suffix(most).map(\.element)
  }
}
