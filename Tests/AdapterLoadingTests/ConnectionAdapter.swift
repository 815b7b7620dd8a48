import Foundation

@testable import AdapterLoading

/// An adapter in C that asks the host for connections, in every wrong way, too: `DO` says what it does in `deliver`.
enum ConnectionAdapter {
  static func configuration(
    _ what: String, in scratch: Scratch, notices: Notices = Notices()
  ) throws -> WorkerConfiguration {
    let source = scratch.file("connection.c")
    let library = scratch.file("libConnection.so")
    try text.write(toFile: source, atomically: true, encoding: .utf8)
    try CCompiler.library(source, to: library, ["-DDO=\(what)", "-pthread"])
    let manifest = AdapterManifest(
      format: 1, product: "org.sealpost.test.connection", version: "1.0.0",
      displayName: "Connection (test)", abi: .init(major: 1, minor: 1),
      library: "libConnection.so", eventTypes: ["page"],
      permissions: AdapterPermissions(network: ["logs.example.com:6514"]))
    var configuration = WorkerConfiguration(
      libraryPath: library, expectedSHA256: try SealedLibrary(path: library).sha256,
      manifest: manifest, destinationID: "test", settingsJSON: Array("{}".utf8),
      willLoad: { _ in }, observe: { notices.add($0) })
    configuration.executablePath = Fixture.sealpost
    configuration.firstRestartDelay = .milliseconds(1)
    configuration.deliverDeadline = .seconds(5)
    return configuration
  }

  /// Each event's remote code is what the last call returned; its detail what the host said, or what was read.
  private static let text = """
    #include <pthread.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    #include "destination_adapter.h"
    #define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}
    static const destination_host *host;
    static const destination_connections *connections;
    static int32_t created = -1;
    static uint64_t kept;
    static uint8_t said[1024];
    static uint8_t big[(1 << 20) + 1];

    static destination_text problem(void) { memset(said, 0, sizeof said); return (destination_text){said, sizeof said - 1, 0}; }
    static destination_connection_target target(uint64_t token) {
        return (destination_connection_target){sizeof(destination_connection_target), 6514, DESTINATION_CONNECTION_TLS, 250,
            TEXT("logs.example.com"), token};
    }
    static destination_connection_use use(uint64_t connection, uint64_t token) {
        return (destination_connection_use){sizeof(destination_connection_use), 250, connection, token};
    }
    static int32_t open_it(uint64_t *number, uint64_t token) {
        destination_connection_target t = target(token);
        destination_text p = problem();
        return connections->open(host, &t, number, &p);
    }
    static int32_t write_it(uint64_t number, const char *bytes, uint64_t token) {
        destination_connection_use u = use(number, token);
        destination_text p = problem();
        return connections->write(host, &u, (destination_span){(const uint8_t *)bytes, strlen(bytes)}, &p);
    }
    static int32_t read_it(uint64_t number, size_t capacity, uint64_t token) {
        destination_connection_use u = use(number, token);
        destination_text p = problem(), into = {big, capacity, 0};
        int32_t status = connections->read(host, &u, &into, &p);
        if (status == DESTINATION_OK) { memcpy(said, big, into.length < 1000 ? into.length : 1000); said[into.length] = 0; }
        return status;
    }
    static int32_t close_it(uint64_t number, uint64_t token) {
        destination_connection_use u = use(number, token);
        destination_text p = problem();
        return connections->close(host, &u, &p);
    }

    static int32_t plain(uint64_t token) {
        uint64_t number = 0;
        int32_t status = open_it(&number, token);
        if (status != DESTINATION_OK) return status;
        if ((status = write_it(number, "one,two", token)) != DESTINATION_OK) return status;
        if ((status = read_it(number, 100, token)) != DESTINATION_OK) return status;
        uint8_t heard[100];
        memcpy(heard, said, sizeof heard);
        status = close_it(number, token);
        if (status == DESTINATION_OK) memcpy(said, heard, sizeof heard);
        return status;
    }
    static int32_t keep(uint64_t token) {
        if (kept == 0) { int32_t status = open_it(&kept, token); if (status != DESTINATION_OK) return status; }
        return write_it(kept, "again", token);
    }
    static int32_t opens(uint64_t token) { uint64_t number; return open_it(&number, token); }
    static int32_t small(uint64_t token) {
        destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
        t.struct_size = 8;
        return connections->open(host, &t, &number, &p);
    }
    static int32_t port(uint64_t token) {
        destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
        t.port = 70000;
        return connections->open(host, &t, &number, &p);
    }
    static int32_t security(uint64_t token) {
        destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
        t.security = 0;
        return connections->open(host, &t, &number, &p);
    }
    static int32_t nameless(uint64_t token) {
        destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
        t.host.data = NULL;
        return connections->open(host, &t, &number, &p);
    }
    static int32_t endless(uint64_t token) {
        destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
        t.host.length = 1ull << 40;
        return connections->open(host, &t, &number, &p);
    }
    static int32_t nowhere(uint64_t token) { destination_connection_target t = target(token); return connections->open(host, &t, NULL, NULL); }
    static int32_t nothing(uint64_t token) { uint64_t number; return connections->open(host, NULL, &number, NULL); }
    static int32_t unused(uint64_t token) { return connections->write(host, NULL, (destination_span)TEXT("x"), NULL); }
    static int32_t hollow(uint64_t token) { destination_connection_use u = use(1, token); return connections->write(host, &u, (destination_span){NULL, 5}, NULL); }
    static int32_t narrow(uint64_t token) { return read_it(1, 0, token); }
    static int32_t huge(uint64_t token) {
        destination_connection_use u = use(1, token); destination_text p = problem();
        return connections->write(host, &u, (destination_span){big, sizeof big}, &p);
    }
    static int32_t answer;
    static void *elsewhere(void *token) { answer = opens(*(uint64_t *)token); return NULL; }
    static int32_t thread(uint64_t token) {
        pthread_t other;
        pthread_create(&other, NULL, elsewhere, &token);
        pthread_join(other, NULL);
        return answer;
    }
    static int32_t in_create(uint64_t token) { return created; }
    static int32_t crash(uint64_t token) { uint64_t number; open_it(&number, token); abort(); }
    static int32_t garbage(uint64_t token) {
        uint32_t message[4] = {107, 8, 0, 99};
        (void)!write(3, message, sizeof message);
        return opens(token);
    }
    static int32_t outside(uint64_t token) {
        uint32_t message[2] = {107, 0x500000};
        (void)!write(3, message, sizeof message);
        pause();
        return 0;
    }

    static int32_t create(const destination_adapter *a, const destination_host *h, void **i, destination_text *p) {
        host = h;
        connections = h->extension(h, (destination_span)TEXT(DESTINATION_EXTENSION_CONNECTION_1));
        if (h->extension(h, (destination_span)TEXT("host.connection/2")) != NULL) return DESTINATION_FAILED;
        created = opens(0);
        return DESTINATION_OK;
    }
    static int32_t configure(void *i, const destination_configuration *c, destination_text *p) { return DESTINATION_OK; }
    static int32_t start(void *i, destination_text *p) { return DESTINATION_OK; }
    static void deliver(void *i, const destination_batch *batch, destination_result *results) {
        for (uint32_t n = 0; n < batch->event_count; n++) {
            results[n].remote_code = DO(batch->call_token);
            results[n].outcome = DESTINATION_OUTCOME_REJECTED;
            host->detail(host, batch->call_token, n, (destination_span){said, strlen((char *)said)});
        }
    }
    static int32_t flush(void *i, uint64_t d, destination_text *p) { return kept == 0 ? DESTINATION_OK : write_it(kept, "flush", 0); }
    static void cancel(void *i, uint64_t token) {}
    static void stop(void *i, uint64_t d) {}
    static void destroy(void *i) {}
    static const void *extension(const destination_adapter *a, destination_span id) { return NULL; }
    static const destination_descriptor descriptor = {
        .struct_size = sizeof descriptor, .event_types = DESTINATION_SERVES_PAGE,
        .product = TEXT("org.sealpost.test.connection"), .version = TEXT("1.0.0"), .display_name = TEXT("Connection (test)"),
        .max_concurrency = 1, .max_batch_events = 10, .required_host_features = DESTINATION_HOST_CONNECTION};
    static const destination_adapter table = {
        .magic = DESTINATION_ADAPTER_MAGIC, .struct_size = sizeof table, .abi_major = 1, .abi_minor = 1,
        .descriptor = &descriptor, .create = create, .configure = configure, .start = start, .deliver = deliver,
        .flush = flush, .cancel = cancel, .stop = stop, .destroy = destroy, .extension = extension};
    DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
        return &table;
    }
    """
}
