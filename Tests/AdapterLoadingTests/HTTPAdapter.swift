import Foundation

@testable import AdapterLoading

/// An adapter in C that asks the host for HTTP, in every wrong way, too: `DO` says what it does in `deliver`.
enum HTTPAdapter {
  static func configuration(
    _ what: String, in scratch: Scratch, notices: Notices = Notices()
  ) throws -> WorkerConfiguration {
    let source = scratch.file("http.c")
    let library = scratch.file("libHTTP.so")
    try text.write(toFile: source, atomically: true, encoding: .utf8)
    try CCompiler.library(source, to: library, ["-DDO=\(what)", "-pthread"])
    let manifest = AdapterManifest(
      format: 1, product: "org.sealpost.test.http", version: "1.0.0", displayName: "HTTP (test)",
      abi: .init(major: 1, minor: 0), library: "libHTTP.so", eventTypes: ["page"])
    var configuration = WorkerConfiguration(
      libraryPath: library, expectedSHA256: try SealedLibrary(path: library).sha256,
      manifest: manifest, destinationID: "test", settingsJSON: Array("{}".utf8),
      willLoad: { _ in }, observe: { notices.add($0) })
    configuration.executablePath = Fixture.sealpost
    configuration.firstRestartDelay = .milliseconds(1)
    configuration.deliverDeadline = .seconds(5)
    return configuration
  }

  /// Each event's remote code is what `send` returned; its detail what the host said, or the answer in words.
  private static let text = """
    #include <pthread.h>
    #include <stdio.h>
    #include <string.h>
    #include <unistd.h>
    #include "destination_adapter.h"
    #define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}
    static const destination_host *host;
    static const destination_http *http;
    static int32_t created = -1, started = -1;
    static char said[1024];

    static void receive(void *context, const destination_http_response *response) {
        int n = snprintf(said, sizeof said, "%u", response->status);
        for (uint32_t i = 0; i < response->header_count; i++)
            n += snprintf(said + n, sizeof said - n, " %.*s=%.*s", (int)response->headers[i].name.length,
                          (const char *)response->headers[i].name.data, (int)response->headers[i].value.length,
                          (const char *)response->headers[i].value.data);
        snprintf(said + n, sizeof said - n, " %.*s", (int)response->body.length, (const char *)response->body.data);
    }
    static destination_http_header headers[100];
    static destination_span pieces[3] = {TEXT("one,"), TEXT("two,"), TEXT("three")};
    static destination_http_request request(uint64_t token) {
        headers[0] = (destination_http_header){TEXT("X-A"), TEXT("1")};
        headers[1] = (destination_http_header){TEXT("X-B"), TEXT("2")};
        return (destination_http_request){sizeof(destination_http_request), sizeof headers[0], 2, sizeof pieces[0], 3,
            250, TEXT("POST"), TEXT("https://a.example/x"), headers, pieces, token};
    }
    static int32_t send(const destination_http_request *request) {
        destination_text problem = {(uint8_t *)said, sizeof said - 1, 0};
        memset(said, 0, sizeof said);
        return http->send(host, request, receive, NULL, &problem);
    }
    static int32_t plain(uint64_t token) { destination_http_request r = request(token); return send(&r); }
    static int32_t twice(uint64_t token) { plain(token); return plain(token); }
    static int32_t small(uint64_t token) { destination_http_request r = request(token); r.struct_size = 8; return send(&r); }
    static int32_t stride(uint64_t token) { destination_http_request r = request(token); r.header_stride = 4; return send(&r); }
    static int32_t nowhere(uint64_t token) { destination_http_request r = request(token); r.headers = NULL; return send(&r); }
    static int32_t many(uint64_t token) { destination_http_request r = request(token); r.header_count = 100; return send(&r); }
    static int32_t huge(uint64_t token) {
        destination_http_request r = request(token);
        pieces[1].length = 1ull << 40;
        return send(&r);
    }
    static int32_t nothing(uint64_t token) { return http->send(host, NULL, receive, NULL, NULL); }
    static int32_t deaf(uint64_t token) { destination_http_request r = request(token); return http->send(host, &r, NULL, NULL, NULL); }
    static int32_t answer;
    static void *elsewhere(void *token) { answer = plain(*(uint64_t *)token); return NULL; }
    static int32_t thread(uint64_t token) {
        pthread_t other;
        pthread_create(&other, NULL, elsewhere, &token);
        pthread_join(other, NULL);
        return answer;
    }
    static int32_t in_create(uint64_t token) { return created; }
    static int32_t in_start(uint64_t token) { return started; }
    static int32_t garbage(uint64_t token) {
        uint32_t message[3] = {105, 4, 0xFFFFFFFF};
        (void)!write(3, message, sizeof message);
        return plain(token);
    }
    static int32_t outside(uint64_t token) {
        uint32_t message[2] = {105, 0xF0000000};
        (void)!write(3, message, sizeof message);
        pause();
        return 0;
    }

    static int32_t create(const destination_adapter *a, const destination_host *h, void **i, destination_text *p) {
        host = h;
        http = h->extension(h, (destination_span)TEXT(DESTINATION_EXTENSION_HTTP_1));
        if (h->extension(h, (destination_span)TEXT("host.http/2")) != NULL) return DESTINATION_FAILED;
        created = plain(0);
        return DESTINATION_OK;
    }
    static int32_t configure(void *i, const destination_configuration *c, destination_text *p) { return DESTINATION_OK; }
    static int32_t start(void *i, destination_text *p) { started = plain(0); return DESTINATION_OK; }
    static void deliver(void *i, const destination_batch *batch, destination_result *results) {
        for (uint32_t n = 0; n < batch->event_count; n++) {
            results[n].remote_code = DO(batch->call_token);
            results[n].outcome = DESTINATION_OUTCOME_REJECTED;
            host->detail(host, batch->call_token, n, (destination_span){(const uint8_t *)said, strlen(said)});
        }
    }
    static int32_t flush(void *i, uint64_t d, destination_text *p) { return plain(0); }
    static void cancel(void *i, uint64_t token) {}
    static void stop(void *i, uint64_t d) { plain(0); }
    static void destroy(void *i) {}
    static const void *extension(const destination_adapter *a, destination_span id) { return NULL; }
    static const destination_descriptor descriptor = {
        .struct_size = sizeof descriptor, .event_types = DESTINATION_SERVES_PAGE,
        .product = TEXT("org.sealpost.test.http"), .version = TEXT("1.0.0"), .display_name = TEXT("HTTP (test)"),
        .max_concurrency = 1, .max_batch_events = 10, .required_host_features = DESTINATION_HOST_HTTP};
    static const destination_adapter table = {
        .magic = DESTINATION_ADAPTER_MAGIC, .struct_size = sizeof table, .abi_major = 1, .descriptor = &descriptor,
        .create = create, .configure = configure, .start = start, .deliver = deliver, .flush = flush,
        .cancel = cancel, .stop = stop, .destroy = destroy, .extension = extension};
    DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
        return &table;
    }
    """
}
