/// The file of a segment that is done with, kept to be written over by the next: the disk has given it its blocks, and the
/// kernel its pages.
struct SpareSegment: Sendable {
  static let suffix = ".spare"

  let path: String
  let size: Int

  /// A name of its own, so that one may be renamed while another becomes a segment.
  init(of segment: QueueSegment) {
    path = segment.path.dropLast(QueueSegment.suffix.count) + Self.suffix
    size = segment.size
  }

  /// Makes it the segment of that path, whose first bytes these are; returns when both are on the disk, in this order: no
  /// segment's name ever leads to another's header.
  ///
  /// - Returns: its descriptor. When it throws, the file is gone.
  func become(
    _ segment: String, in folder: String, startingWith bytes: [UInt8], _ disk: any QueueDisk
  ) throws(QueueError) -> Int32 {
    var present = path
    do throws(QueueError) {
      let file = try disk.open(path, .update)
      do throws(QueueError) {
        try disk.write(bytes, to: file, at: 0, path)
        try disk.sync(file, path)
        try disk.rename(path, to: segment)
        present = segment
        try disk.syncFolder(folder)
        return file
      } catch {
        disk.close(file)
        throw error
      }
    } catch {
      try? disk.remove(present)
      throw error
    }
  }
}
