import CDestinationAdapter
import DestinationKit
import Foundation
import Testing

@safe @Suite struct ExportTests {
  private let table = unsafe export(TestAdapter.self, hostMajor: 1)!

  @Test(arguments: [0, 2, UInt32.max])
  func `a host of another major version gets no table`(major: UInt32) {
    #expect(unsafe export(TestAdapter.self, hostMajor: major) == nil)
  }

  @Test func `every call gets the same table`() {
    let again = unsafe export(TestAdapter.self, hostMajor: 1)
    #expect(unsafe again == table)
  }

  @Test func `two adapters have two tables`() {
    let other = unsafe export(PlainAdapter.self, hostMajor: 1)
    #expect(unsafe other != table)
    #expect(unsafe string(other!.pointee.descriptor.pointee.product) == "org.example.plain")
  }

  @Test func `the table carries the numbers of the header`() {
    let table = unsafe table.pointee
    #expect(unsafe table.magic == DESTINATION_ADAPTER_MAGIC)
    #expect(unsafe table.struct_size == DESTINATION_ADAPTER_SIZE_1_0)
    #expect(unsafe table.abi_major == 1)
    #expect(unsafe table.abi_minor == 1)
    #expect(unsafe table.abi_minor_required == 0)
    #expect(unsafe table.reserved == 0)
    #expect(unsafe table.`extension`(nil, destination_span()) == nil)
  }

  @Test func `the descriptor says what the description says`() {
    let descriptor = unsafe table.pointee.descriptor.pointee
    #expect(unsafe descriptor.struct_size == DESTINATION_DESCRIPTOR_SIZE_1_0)
    #expect(unsafe descriptor.event_types == DESTINATION_SERVES_TRACK | DESTINATION_SERVES_PAGE)
    #expect(unsafe string(descriptor.product) == "org.example.test")
    #expect(unsafe string(descriptor.version) == "2.1.0")
    #expect(unsafe string(descriptor.display_name) == "Test \"ü\"")
    #expect(unsafe descriptor.max_concurrency == 4)
    #expect(unsafe descriptor.max_batch_events == 100)
    #expect(unsafe descriptor.max_batch_bytes == 1_000)
    #expect(unsafe descriptor.max_string_length == 255)
    #expect(unsafe descriptor.required_host_features == DESTINATION_HOST_METRICS)
    #expect(unsafe descriptor.reserved == 0)
  }

  @Test func `the settings are a JSON Schema`() throws {
    let schema = unsafe string(table.pointee.descriptor.pointee.settings_schema)
    let expected = """
      {"type":"object","additionalProperties":false,"required":["path","token"],"properties":{
      "path":{"type":"string","description":"A file."},
      "mode":{"type":"string","description":"How.","default":"a","enum":["a","b"]},
      "size":{"type":"integer","description":"How much.","default":1,"minimum":0,"maximum":9},
      "on":{"type":"boolean","description":"Whether.","default":true},
      "names":{"type":"array","description":"Which.","items":{"type":"string"}},
      "token":{"type":"string","description":"A secret.","x-secret":true}}}
      """
    #expect(try object(schema) == object(expected))
  }

  @Test func `no settings means no schema, and no limit means 0`() {
    let plain = unsafe export(PlainAdapter.self, hostMajor: 1)!
    let descriptor = unsafe plain.pointee.descriptor.pointee
    #expect(unsafe descriptor.settings_schema.length == 0)
    #expect(unsafe descriptor.event_types == DESTINATION_SERVES_ALL)
    #expect(unsafe descriptor.max_concurrency == 1)
    #expect(unsafe descriptor.max_batch_events == 1)
    #expect(unsafe descriptor.max_batch_bytes == 0)
    #expect(unsafe descriptor.max_string_length == 0)
  }

  private func object(_ json: String) throws -> NSDictionary {
    try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary)
  }
}

/// The least that an adapter can be.
final class PlainAdapter: DestinationAdapter {
  static let description = AdapterDescription(
    product: "org.example.plain", version: "1.0.0", displayName: "Plain", maximumConcurrency: 0,
    maximumBatchEvents: 0)

  init(settings: NoSettings, host: AdapterHost) {}

  func deliver(_ batch: borrowing Batch) -> Outcomes { .all(.delivered) }
}
