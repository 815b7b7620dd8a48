import Glibc

/// The environment's variables; one that is empty counts as absent.
struct Environment: Sendable {
  private let read: @Sendable (String) -> String?

  static let ofThisProcess = Environment { name in
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// For tests.
  static func fixed(_ variables: [String: String]) -> Environment {
    Environment { variables[$0] }
  }

  private init(read: @escaping @Sendable (String) -> String?) { self.read = read }

  subscript(_ name: String) -> String? {
    guard let value = read(name), !value.isEmpty else { return nil }
    return value
  }
}
