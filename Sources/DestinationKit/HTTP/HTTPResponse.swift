/// What a server answered.
public struct HTTPResponse: Sendable, Equatable {
  /// 200 to 599.
  public let status: Int

  /// In the order they came; a name may come twice.
  public let headers: [HTTPHeader]

  /// At most 1 MiB.
  public let body: [UInt8]

  /// An answer, for tests.
  public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of that header, given in lower case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name == name }?.value
  }
}
