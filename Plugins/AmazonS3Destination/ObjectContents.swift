internal import DestinationKit

/// The events of a batch that go into one object.
struct ObjectContents {
  /// What the key says of when they were accepted: `date=2026-11-25/`, or nothing.
  let partition: String
  /// Their places in the batch.
  private(set) var events: [Int] = []
  /// Their JSON, a line feed behind each.
  private var lines: [UInt8] = []
  /// Of each event, where its line ends.
  private var ends: [Int] = []

  /// The contents of one object for each partition, in the order in which their first events came.
  static func sorted(
    _ batch: borrowing Batch, _ partition: Settings.Partition
  ) -> [ObjectContents] {
    var objects: [ObjectContents] = []
    batch.forEachEvent { event in
      let name = Self.name(event.receivedUnixNanoseconds, partition)
      let place =
        objects.lastIndex { $0.partition == name }
        ?? {
          objects.append(ObjectContents(partition: name))
          return objects.count - 1
        }()
      objects[place].events.append(event.index)
      event.withJSON { objects[place].append($0) }
    }
    return objects
  }

  private init(partition: String) { self.partition = partition }

  private mutating func append(_ json: RawSpan) {
    unsafe json.withUnsafeBytes { unsafe lines.append(contentsOf: $0) }
    lines.append(UInt8(ascii: "\n"))
    ends.append(lines.count)
  }

  /// The lines of some of its events, which are a run of them.
  func body(of part: ArraySlice<Int>) -> ArraySlice<UInt8> {
    let start = part.startIndex
    return lines[(start == 0 ? 0 : ends[start - 1])..<ends[part.endIndex - 1]]
  }

  /// As Hive, Athena, Spark and DuckDB read partitions.
  private static func name(_ received: Int64, _ partition: Settings.Partition) -> String {
    guard partition != .none else { return "" }
    let text = UTCTime(unixNanoseconds: received).text
    let day = "date=\(text.prefix(10))/"
    return partition == .day ? day : day + "hour=\(text.dropFirst(11).prefix(2))/"
  }

  /// Another at every attempt: an object is never written twice, so that two hosts cannot take each other's place.
  func key(_ settings: Settings, unixNanoseconds now: Int64) -> String {
    let random = String(UInt64.random(in: .min ... .max), radix: 16)
    let padding = String(repeating: "0", count: 16 - random.count)
    let time = UTCTime(unixNanoseconds: now).basicText
    return "\(settings.prefix)\(partition)\(time)-\(padding)\(random).ndjson"
  }
}
