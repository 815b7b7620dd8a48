/// What still fits into a batch.
struct BatchRoom {
  private(set) var events: Int
  private(set) var bytes: Int
  private var isEmpty = true

  init(_ limits: DeliveryLimits, _ allowance: Int) {
    events = min(allowance, limits.maximumBatchEvents > 0 ? limits.maximumBatchEvents : .max)
    let most = limits.maximumBatchBytes > 0 ? limits.maximumBatchBytes : .max
    bytes = min(most, 2 * limits.usualBatchBytes)
  }

  /// The first always does, however long it is.
  func fits(_ length: Int) -> Bool { events > 0 && (isEmpty || length < bytes) }

  mutating func take(_ length: Int) {
    events -= 1
    bytes -= length + 1
    isEmpty = false
  }
}
