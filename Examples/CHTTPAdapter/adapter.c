/* Collector: sends every batch of events to a URL, one event a line.
 *
 * The host sends the requests (host.http/1): this library opens no socket, and never has the token. */
#include "destination_kit.h"

#define PRODUCT "com.example.collector"
#define VERSION "1.0.0"

DESTINATION_NOTE(PRODUCT, VERSION)

typedef struct {
    const destination_host *host;
    const destination_http *http;
    char url[2048];
} adapter;

static int32_t create(const destination_adapter *table, const destination_host *host, void **instance,
                      destination_text *problem) {
    adapter *self = calloc(1, sizeof *self);
    (void)table;
    if (self == NULL) return destination_fail(problem, DESTINATION_FAILED, "there is no memory.");
    self->host = host;
    self->http = destination_http_of(host);
    *instance = self;
    return DESTINATION_OK;
}

static int32_t configure(void *instance, const destination_configuration *configuration, destination_text *problem) {
    adapter *self = instance;
    if (destination_url_setting(configuration->settings, "url", self->url, sizeof self->url) == 1)
        return DESTINATION_OK;
    return destination_fail(problem, DESTINATION_INVALID,
                            "settings, \"url\": it is no URL. Write it whole, with https://.");
}

static int32_t start(void *instance, destination_text *problem) {
    adapter *self = instance;
    if (self->http != NULL) return DESTINATION_OK;
    return destination_fail(problem, DESTINATION_INVALID, "the host sends no HTTP requests. Use a newer host.");
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    static const destination_http_header headers[] = {
        {DESTINATION_TEXT("Content-Type"), DESTINATION_TEXT("application/x-ndjson")},
        {DESTINATION_TEXT("Authorization"), DESTINATION_TEXT("Bearer {{secret:token}}")}, /* the host puts it in */
    };
    adapter *self = instance;
    destination_http_request request = {.method = DESTINATION_TEXT("POST"), .url = destination_span_of(self->url),
                                        .headers = headers, .header_count = 2};
    destination_deliver_lines(self->host, self->http, &request, batch, results, 500);
}

static void destroy(void *instance) { free(instance); }

static const destination_descriptor descriptor = {
    .struct_size = sizeof(destination_descriptor), .event_types = DESTINATION_SERVES_ALL,
    .product = DESTINATION_TEXT(PRODUCT), .version = DESTINATION_TEXT(VERSION),
    .display_name = DESTINATION_TEXT("Collector"),
    .settings_schema = DESTINATION_TEXT(
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"url\"],\"properties\":{"
        "\"token\":{\"type\":\"string\",\"x-secret\":true,"
        "\"description\":\"What the destination knows you by; it never enters the adapter.\"},"
        "\"url\":{\"type\":\"string\",\"description\":\"Where the events go, one request for each batch.\"}}}"),
    .max_concurrency = 1, .max_batch_events = 500, .required_host_features = DESTINATION_HOST_HTTP,
};

static const destination_adapter table = {
    .magic = DESTINATION_ADAPTER_MAGIC, .struct_size = sizeof(destination_adapter),
    .abi_major = DESTINATION_ABI_MAJOR, .abi_minor = DESTINATION_ABI_MINOR, .descriptor = &descriptor,
    .create = create, .configure = configure, .start = start, .deliver = deliver, .flush = destination_no_flush,
    .cancel = destination_no_cancel, .stop = destination_no_stop, .destroy = destroy,
    .extension = destination_no_extension,
};

DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
    (void)minor;
    return major == DESTINATION_ABI_MAJOR ? &table : NULL;
}
