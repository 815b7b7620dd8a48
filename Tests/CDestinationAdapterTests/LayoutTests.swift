import CDestinationAdapter
import Testing

@Suite struct LayoutTests {
  @Test func `Swift sees every field where the header asserts it`() throws {
    let asserted = try Header.assertedOffsets()
    #expect(asserted.count > 80)
    #expect(LayoutTests.offsets.mapValues { $0 ?? -1 } == asserted)
  }

  @Test func `Swift sees the sizes that each version has`() {
    let sizes = unsafe [
      (MemoryLayout<destination_span>.stride, DESTINATION_SPAN_SIZE),
      (MemoryLayout<destination_text>.stride, DESTINATION_TEXT_SIZE),
      (MemoryLayout<destination_event>.stride, DESTINATION_EVENT_SIZE_1_0),
      (MemoryLayout<destination_result>.stride, DESTINATION_RESULT_SIZE_1_0),
      (MemoryLayout<destination_batch>.stride, DESTINATION_BATCH_SIZE_1_0),
      (MemoryLayout<destination_host>.stride, DESTINATION_HOST_SIZE_1_0),
      (MemoryLayout<destination_descriptor>.stride, DESTINATION_DESCRIPTOR_SIZE_1_0),
      (MemoryLayout<destination_configuration>.stride, DESTINATION_CONFIGURATION_SIZE_1_0),
      (MemoryLayout<destination_adapter>.stride, DESTINATION_ADAPTER_SIZE_1_0),
      (MemoryLayout<destination_http_request>.stride, DESTINATION_HTTP_REQUEST_SIZE_1_0),
      (MemoryLayout<destination_http_response>.stride, DESTINATION_HTTP_RESPONSE_SIZE_1_0),
      (MemoryLayout<destination_http>.stride, DESTINATION_HTTP_SIZE_1_0),
      (MemoryLayout<destination_metrics>.stride, DESTINATION_METRICS_SIZE_1_0),
      (
        MemoryLayout<destination_connection_target>.stride, DESTINATION_CONNECTION_TARGET_SIZE_1_1
      ),
      (MemoryLayout<destination_connection_use>.stride, DESTINATION_CONNECTION_USE_SIZE_1_1),
      (MemoryLayout<destination_connections>.stride, DESTINATION_CONNECTIONS_SIZE_1_1),
    ]
    for (seen, asserted) in sizes {
      #expect(seen == Int(asserted))
    }
  }

  @Test func `the magic reads DESTADPT and is no plausible size`() {
    let bytes = unsafe withUnsafeBytes(of: DESTINATION_ADAPTER_MAGIC.littleEndian) {
      unsafe Array($0)
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "DESTADPT")
    #expect(DESTINATION_ADAPTER_MAGIC > UInt64(UInt32.max))
  }

  @Test func `constants have the types of the fields they go into`() {
    #expect(type(of: DESTINATION_OK) == Int32.self)
    #expect(type(of: DESTINATION_OUTCOME_RETRY) == UInt32.self)
    #expect(type(of: DESTINATION_SERVES_ALL) == UInt32.self)
    #expect(type(of: DESTINATION_HOST_HTTP) == UInt64.self)
    #expect(DESTINATION_EXTENSION_HTTP_1 == "host.http/1")
    #expect(DESTINATION_EXTENSION_METRICS_1 == "host.metrics/1")
    #expect(DESTINATION_EXTENSION_CONNECTION_1 == "host.connection/1")
  }

  @Test func `the bit of a kind is its number`() {
    let kinds: [(kind: UInt32, bit: UInt32)] = [
      (DESTINATION_EVENT_IDENTIFY, DESTINATION_SERVES_IDENTIFY),
      (DESTINATION_EVENT_TRACK, DESTINATION_SERVES_TRACK),
      (DESTINATION_EVENT_PAGE, DESTINATION_SERVES_PAGE),
      (DESTINATION_EVENT_SCREEN, DESTINATION_SERVES_SCREEN),
      (DESTINATION_EVENT_GROUP, DESTINATION_SERVES_GROUP),
      (DESTINATION_EVENT_ALIAS, DESTINATION_SERVES_ALIAS),
    ]
    #expect(kinds.allSatisfy { 1 << $0.kind == $0.bit })
    #expect(kinds.reduce(0) { $0 | $1.bit } == DESTINATION_SERVES_ALL)
  }

  private static let offsets: [String: Int?] = unsafe [
    "destination_span.data": MemoryLayout<destination_span>.offset(of: \.data),
    "destination_span.length": MemoryLayout<destination_span>.offset(of: \.length),
    "destination_text.data": MemoryLayout<destination_text>.offset(of: \.data),
    "destination_text.capacity": MemoryLayout<destination_text>.offset(of: \.capacity),
    "destination_text.length": MemoryLayout<destination_text>.offset(of: \.length),
    "destination_event.json": MemoryLayout<destination_event>.offset(of: \.json),
    "destination_event.id": MemoryLayout<destination_event>.offset(of: \.id),
    "destination_event.received_unix_ns": MemoryLayout<destination_event>.offset(
      of: \.received_unix_ns),
    "destination_event.type": MemoryLayout<destination_event>.offset(of: \.type),
    "destination_event.attempt": MemoryLayout<destination_event>.offset(of: \.attempt),
    "destination_event.flags": MemoryLayout<destination_event>.offset(of: \.flags),
    "destination_result.outcome": MemoryLayout<destination_result>.offset(of: \.outcome),
    "destination_result.remote_code": MemoryLayout<destination_result>.offset(of: \.remote_code),
    "destination_result.retry_after_ms": MemoryLayout<destination_result>.offset(
      of: \.retry_after_ms),
    "destination_result.flags": MemoryLayout<destination_result>.offset(of: \.flags),
    "destination_batch.struct_size": MemoryLayout<destination_batch>.offset(of: \.struct_size),
    "destination_batch.event_stride": MemoryLayout<destination_batch>.offset(of: \.event_stride),
    "destination_batch.event_count": MemoryLayout<destination_batch>.offset(of: \.event_count),
    "destination_batch.result_stride": MemoryLayout<destination_batch>.offset(of: \.result_stride),
    "destination_batch.events": MemoryLayout<destination_batch>.offset(of: \.events),
    "destination_batch.ndjson": MemoryLayout<destination_batch>.offset(of: \.ndjson),
    "destination_batch.batch_id": MemoryLayout<destination_batch>.offset(of: \.batch_id),
    "destination_batch.call_token": MemoryLayout<destination_batch>.offset(of: \.call_token),
    "destination_batch.deadline_mono_ns": MemoryLayout<destination_batch>.offset(
      of: \.deadline_mono_ns),
    "destination_host.struct_size": MemoryLayout<destination_host>.offset(of: \.struct_size),
    "destination_host.abi_major": MemoryLayout<destination_host>.offset(of: \.abi_major),
    "destination_host.abi_minor": MemoryLayout<destination_host>.offset(of: \.abi_minor),
    "destination_host.reserved": MemoryLayout<destination_host>.offset(of: \.reserved),
    "destination_host.features": MemoryLayout<destination_host>.offset(of: \.features),
    "destination_host.context": MemoryLayout<destination_host>.offset(of: \.context),
    "destination_host.log": MemoryLayout<destination_host>.offset(of: \.log),
    "destination_host.detail": MemoryLayout<destination_host>.offset(of: \.detail),
    "destination_host.unix_ns": MemoryLayout<destination_host>.offset(of: \.unix_ns),
    "destination_host.mono_ns": MemoryLayout<destination_host>.offset(of: \.mono_ns),
    "destination_host.cancelled": MemoryLayout<destination_host>.offset(of: \.cancelled),
    "destination_host.secret": MemoryLayout<destination_host>.offset(of: \.secret),
    "destination_host.extension": MemoryLayout<destination_host>.offset(of: \.`extension`),
    "destination_descriptor.struct_size": MemoryLayout<destination_descriptor>.offset(
      of: \.struct_size),
    "destination_descriptor.event_types": MemoryLayout<destination_descriptor>.offset(
      of: \.event_types),
    "destination_descriptor.product": MemoryLayout<destination_descriptor>.offset(of: \.product),
    "destination_descriptor.version": MemoryLayout<destination_descriptor>.offset(of: \.version),
    "destination_descriptor.display_name": MemoryLayout<destination_descriptor>.offset(
      of: \.display_name),
    "destination_descriptor.settings_schema": MemoryLayout<destination_descriptor>.offset(
      of: \.settings_schema),
    "destination_descriptor.max_concurrency": MemoryLayout<destination_descriptor>.offset(
      of: \.max_concurrency),
    "destination_descriptor.max_batch_events": MemoryLayout<destination_descriptor>.offset(
      of: \.max_batch_events),
    "destination_descriptor.max_batch_bytes": MemoryLayout<destination_descriptor>.offset(
      of: \.max_batch_bytes),
    "destination_descriptor.max_string_length": MemoryLayout<destination_descriptor>.offset(
      of: \.max_string_length),
    "destination_descriptor.required_host_features": MemoryLayout<destination_descriptor>.offset(
      of: \.required_host_features),
    "destination_descriptor.reserved": MemoryLayout<destination_descriptor>.offset(of: \.reserved),
    "destination_configuration.struct_size": MemoryLayout<destination_configuration>.offset(
      of: \.struct_size),
    "destination_configuration.reserved": MemoryLayout<destination_configuration>.offset(
      of: \.reserved),
    "destination_configuration.settings": MemoryLayout<destination_configuration>.offset(
      of: \.settings),
    "destination_configuration.destination_id": MemoryLayout<destination_configuration>.offset(
      of: \.destination_id),
    "destination_adapter.magic": MemoryLayout<destination_adapter>.offset(of: \.magic),
    "destination_adapter.struct_size": MemoryLayout<destination_adapter>.offset(of: \.struct_size),
    "destination_adapter.abi_major": MemoryLayout<destination_adapter>.offset(of: \.abi_major),
    "destination_adapter.abi_minor": MemoryLayout<destination_adapter>.offset(of: \.abi_minor),
    "destination_adapter.abi_minor_required": MemoryLayout<destination_adapter>.offset(
      of: \.abi_minor_required),
    "destination_adapter.reserved": MemoryLayout<destination_adapter>.offset(of: \.reserved),
    "destination_adapter.context": MemoryLayout<destination_adapter>.offset(of: \.context),
    "destination_adapter.descriptor": MemoryLayout<destination_adapter>.offset(of: \.descriptor),
    "destination_adapter.create": MemoryLayout<destination_adapter>.offset(of: \.create),
    "destination_adapter.configure": MemoryLayout<destination_adapter>.offset(of: \.configure),
    "destination_adapter.start": MemoryLayout<destination_adapter>.offset(of: \.start),
    "destination_adapter.deliver": MemoryLayout<destination_adapter>.offset(of: \.deliver),
    "destination_adapter.flush": MemoryLayout<destination_adapter>.offset(of: \.flush),
    "destination_adapter.cancel": MemoryLayout<destination_adapter>.offset(of: \.cancel),
    "destination_adapter.stop": MemoryLayout<destination_adapter>.offset(of: \.stop),
    "destination_adapter.destroy": MemoryLayout<destination_adapter>.offset(of: \.destroy),
    "destination_adapter.extension": MemoryLayout<destination_adapter>.offset(of: \.`extension`),
    "destination_http_header.name": MemoryLayout<destination_http_header>.offset(of: \.name),
    "destination_http_header.value": MemoryLayout<destination_http_header>.offset(of: \.value),
    "destination_http_request.struct_size": MemoryLayout<destination_http_request>.offset(
      of: \.struct_size),
    "destination_http_request.header_stride": MemoryLayout<destination_http_request>.offset(
      of: \.header_stride),
    "destination_http_request.header_count": MemoryLayout<destination_http_request>.offset(
      of: \.header_count),
    "destination_http_request.body_stride": MemoryLayout<destination_http_request>.offset(
      of: \.body_stride),
    "destination_http_request.body_count": MemoryLayout<destination_http_request>.offset(
      of: \.body_count),
    "destination_http_request.timeout_ms": MemoryLayout<destination_http_request>.offset(
      of: \.timeout_ms),
    "destination_http_request.method": MemoryLayout<destination_http_request>.offset(of: \.method),
    "destination_http_request.url": MemoryLayout<destination_http_request>.offset(of: \.url),
    "destination_http_request.headers": MemoryLayout<destination_http_request>.offset(
      of: \.headers),
    "destination_http_request.body": MemoryLayout<destination_http_request>.offset(of: \.body),
    "destination_http_request.call_token": MemoryLayout<destination_http_request>.offset(
      of: \.call_token),
    "destination_http_response.struct_size": MemoryLayout<destination_http_response>.offset(
      of: \.struct_size),
    "destination_http_response.status": MemoryLayout<destination_http_response>.offset(
      of: \.status),
    "destination_http_response.header_stride": MemoryLayout<destination_http_response>.offset(
      of: \.header_stride),
    "destination_http_response.header_count": MemoryLayout<destination_http_response>.offset(
      of: \.header_count),
    "destination_http_response.headers": MemoryLayout<destination_http_response>.offset(
      of: \.headers),
    "destination_http_response.body": MemoryLayout<destination_http_response>.offset(of: \.body),
    "destination_http.struct_size": MemoryLayout<destination_http>.offset(of: \.struct_size),
    "destination_http.reserved": MemoryLayout<destination_http>.offset(of: \.reserved),
    "destination_http.send": MemoryLayout<destination_http>.offset(of: \.send),
    "destination_metrics.struct_size": MemoryLayout<destination_metrics>.offset(of: \.struct_size),
    "destination_metrics.reserved": MemoryLayout<destination_metrics>.offset(of: \.reserved),
    "destination_metrics.add": MemoryLayout<destination_metrics>.offset(of: \.add),
    "destination_metrics.set": MemoryLayout<destination_metrics>.offset(of: \.set),
    "destination_metrics.time": MemoryLayout<destination_metrics>.offset(of: \.time),
    "destination_connection_target.struct_size": MemoryLayout<destination_connection_target>.offset(
      of: \.struct_size),
    "destination_connection_target.port": MemoryLayout<destination_connection_target>.offset(
      of: \.port),
    "destination_connection_target.security": MemoryLayout<destination_connection_target>.offset(
      of: \.security),
    "destination_connection_target.timeout_ms": MemoryLayout<destination_connection_target>.offset(
      of: \.timeout_ms),
    "destination_connection_target.host": MemoryLayout<destination_connection_target>.offset(
      of: \.host),
    "destination_connection_target.call_token": MemoryLayout<destination_connection_target>.offset(
      of: \.call_token),
    "destination_connection_use.struct_size": MemoryLayout<destination_connection_use>.offset(
      of: \.struct_size),
    "destination_connection_use.timeout_ms": MemoryLayout<destination_connection_use>.offset(
      of: \.timeout_ms),
    "destination_connection_use.connection": MemoryLayout<destination_connection_use>.offset(
      of: \.connection),
    "destination_connection_use.call_token": MemoryLayout<destination_connection_use>.offset(
      of: \.call_token),
    "destination_connections.struct_size": MemoryLayout<destination_connections>.offset(
      of: \.struct_size),
    "destination_connections.reserved": MemoryLayout<destination_connections>.offset(
      of: \.reserved),
    "destination_connections.open": MemoryLayout<destination_connections>.offset(
      of: \.open),
    "destination_connections.write": MemoryLayout<destination_connections>.offset(
      of: \.write),
    "destination_connections.read": MemoryLayout<destination_connections>.offset(
      of: \.read),
    "destination_connections.close": MemoryLayout<destination_connections>.offset(
      of: \.close),
    "destination_note.name_size": MemoryLayout<destination_note>.offset(of: \.name_size),
    "destination_note.description_size": MemoryLayout<destination_note>.offset(
      of: \.description_size),
    "destination_note.type": MemoryLayout<destination_note>.offset(of: \.type),
    "destination_note.name": MemoryLayout<destination_note>.offset(of: \.name),
    "destination_note.abi_major": MemoryLayout<destination_note>.offset(of: \.abi_major),
    "destination_note.abi_minor_required": MemoryLayout<destination_note>.offset(
      of: \.abi_minor_required),
  ]
}
