internal import Glibc

// What the reader does with a block's buffer.
extension LineBlock {
  mutating func replaceStart(_ start: [UInt8]) {
    for (index, byte) in start.enumerated() { bytes[index] = byte }
    count = start.count
  }

  mutating func removeFirst(_ length: Int) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[length..<count]))
    }
    count -= length
  }

  func copy(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

  /// Reads once behind ``count``; returns what `read` does.
  mutating func read(from descriptor: Int32) -> Int {
    let got = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
    }
    count += max(0, got)
    return got
  }

  /// Where the last line feed stands.
  var lastLineEnd: Int? { bytes[..<count].lastIndex(of: 0x0A) }

  /// How many lines the buffer holds, and which of them are too long.
  func lineLengths(firstNumber: Int) -> (count: Int, oversize: [OversizeLine]) {
    var start = 0
    var lines = 0
    var oversize: [OversizeLine] = []
    while start < count {
      let end = lineEnd(from: start) ?? count
      if end - start > LineBlock.limit {
        oversize.append(OversizeLine(lineNumber: firstNumber + lines, length: end - start))
      }
      lines += 1
      start = end + 1
    }
    return (lines, oversize)
  }
}
