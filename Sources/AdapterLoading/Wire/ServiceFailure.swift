/// Why a service of the host's did not do what an adapter asked for, as `destination_adapter.h` has it.
package enum ServiceFailure: UInt32, Sendable, CaseIterable {
  case invalid = 1
  case refused, unavailable, timedOut, cancelled, tooLarge, notFound
}
