internal import CDestinationAdapter

extension ServiceFailure {
  /// Writes why into the adapter's buffer, as far as it fits; gives the status to return.
  func tell(_ text: String, _ problem: UnsafeMutablePointer<destination_text>?) -> Int32 {
    if let problem = unsafe problem {
      let bytes = Array(text.utf8)
      unsafe problem.pointee.length = bytes.count
      if let target = unsafe problem.pointee.data {
        let count = unsafe min(bytes.count, problem.pointee.capacity)
        unsafe bytes.withUnsafeBufferPointer { source in
          if let start = source.baseAddress { unsafe target.update(from: start, count: count) }
        }
      }
    }
    return status
  }

  private var status: Int32 {
    switch self {
    case .invalid: DESTINATION_INVALID
    case .refused: DESTINATION_REFUSED
    case .unavailable: DESTINATION_UNAVAILABLE
    case .timedOut: DESTINATION_TIMED_OUT
    case .cancelled: DESTINATION_CANCELLED
    case .tooLarge: DESTINATION_TOO_LARGE
    case .notFound: DESTINATION_NOT_FOUND
    }
  }
}
