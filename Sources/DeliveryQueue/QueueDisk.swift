/// Every call that a queue makes of the file system, so that tests can let each of them fail.
///
/// Each throws `diskFull` or `fileFailed` with the path that it is given. Any thread.
package protocol QueueDisk: Sendable {
  /// Makes a folder, mode 0700, durably; one that is there is right.
  func makeFolder(_ path: String) throws(QueueError)
  /// The names in a folder, sorted.
  func names(in folder: String) throws(QueueError) -> [String]
  /// An open descriptor; follows no link.
  func open(_ path: String, _ use: FileUse) throws(QueueError) -> Int32
  func close(_ file: Int32)
  func size(of file: Int32, _ path: String) throws(QueueError) -> Int
  /// Writes all of the bytes at that offset; after a failure any part of them may be there.
  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, _ path: String) throws(QueueError)
  /// Asks the disk to begin with what was written there, so that a later ``sync(_:_:)`` waits for less; only a hint.
  func startWriting(_ range: Range<Int>, of file: Int32)
  /// Asks for room for what will be written there, the file's size as it is; only a hint, and much of the disk is left to others.
  func reserve(_ range: Range<Int>, of file: Int32)
  /// Gives back room that lies behind the file's end.
  func releaseRoom(of file: Int32, _ path: String) throws(QueueError)
  /// Fills `bytes` with `count` bytes from `offset` on, fewer only at the end of the file.
  func read(
    _ count: Int, of file: Int32, at offset: Int, into bytes: inout [UInt8], _ path: String
  ) throws(QueueError)
  func truncate(_ file: Int32, to size: Int, _ path: String) throws(QueueError)
  /// Returns when the file's bytes are on the disk.
  func sync(_ file: Int32, _ path: String) throws(QueueError)
  /// Returns when the folder's names are on the disk.
  func syncFolder(_ path: String) throws(QueueError)
  func rename(_ old: String, to new: String) throws(QueueError)
  /// Removes a file; one that is not there is right.
  func remove(_ path: String) throws(QueueError)
}

extension QueueDisk {
  package func startWriting(_ range: Range<Int>, of file: Int32) {}
  package func reserve(_ range: Range<Int>, of file: Int32) {}
  package func releaseRoom(of file: Int32, _ path: String) throws(QueueError) {}
}

/// What a file is opened for.
package enum FileUse: Sendable {
  case read
  /// It must not be there yet.
  case create
  /// Made when it is not there.
  case update
}
