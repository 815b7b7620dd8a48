import Workbench

@testable import AdapterLoading

/// An adapter in C that calls one extension of its host, in every wrong way, too.
///
/// Compiled on the spot, for one of its calls: what it does with each event in `deliver`. The event's remote code is
/// what the call returned, its detail what the call left in `said`.
struct CallingAdapter {
  /// `http` of `org.sealpost.test.http`.
  let name: String
  let abiMinor: UInt32
  /// The bit of the host's features that it requires, as the header names it.
  let feature: String
  var permissions = AdapterPermissions()
  /// In C: `char said[1024]`, the calls, `find` for the extension, and what is done at each step of the life.
  let calls: String

  /// Compiles it for this call and gives what starts it.
  func configuration(
    _ call: String, in scratch: Scratch, notices: Notices = Notices()
  ) throws -> WorkerConfiguration {
    let library = scratch.file("libCalling.so")
    try CCompiler.adapter(
      try scratch.write("calling.c", Self.head + calls + Self.life), to: library,
      [
        "-DDO=\(call)", "-DNAME=\"\(name)\"", "-DMINOR=\(abiMinor)", "-DFEATURE=\(feature)",
        "-pthread",
      ])
    let manifest = AdapterManifest(
      format: 1, product: "org.sealpost.test.\(name)", version: "1.0.0", displayName: name,
      abi: .init(major: 1, minor: abiMinor), library: "libCalling.so", eventTypes: ["page"],
      permissions: permissions)
    var configuration = try Fixture.configuration(of: manifest, at: library, notices: notices)
    configuration.deliverDeadline = .seconds(5)
    return configuration
  }

  private static let head = """
    #include <pthread.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    #include "destination_adapter.h"
    #define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}
    static const destination_host *host;
    static char said[1024];

    """

  private static let life = """

    static int32_t create(const destination_adapter *a, const destination_host *h, void **i, destination_text *p) {
        host = h;
        return find();
    }
    static int32_t configure(void *i, const destination_configuration *c, destination_text *p) { return DESTINATION_OK; }
    static int32_t start(void *i, destination_text *p) { at_start(); return DESTINATION_OK; }
    static void deliver(void *i, const destination_batch *batch, destination_result *results) {
        for (uint32_t n = 0; n < batch->event_count; n++) {
            results[n].remote_code = DO(batch->call_token);
            results[n].outcome = DESTINATION_OUTCOME_REJECTED;
            host->detail(host, batch->call_token, n, (destination_span){(const uint8_t *)said, strlen(said)});
        }
    }
    static int32_t flush(void *i, uint64_t d, destination_text *p) { return at_flush(); }
    static void cancel(void *i, uint64_t token) {}
    static void stop(void *i, uint64_t d) { at_stop(); }
    static void destroy(void *i) {}
    static const void *extension(const destination_adapter *a, destination_span id) { return NULL; }
    static const destination_descriptor descriptor = {
        .struct_size = sizeof descriptor, .event_types = DESTINATION_SERVES_PAGE,
        .product = TEXT("org.sealpost.test." NAME), .version = TEXT("1.0.0"), .display_name = TEXT(NAME),
        .max_concurrency = 1, .max_batch_events = 10, .required_host_features = FEATURE};
    static const destination_adapter table = {
        .magic = DESTINATION_ADAPTER_MAGIC, .struct_size = sizeof table, .abi_major = 1, .abi_minor = MINOR,
        .descriptor = &descriptor, .create = create, .configure = configure, .start = start, .deliver = deliver,
        .flush = flush, .cancel = cancel, .stop = stop, .destroy = destroy, .extension = extension};
    DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
        return &table;
    }
    """
}
