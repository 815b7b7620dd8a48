/* Collector: sends every batch of events to a URL, one event a line.
 *
 * The host sends the requests (host.http/1): this library opens no socket, and never has the token. Where a request is
 * refused for what it holds, its halves are sent, until the event that the destination does not take is found. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "destination_adapter.h"

#define PRODUCT "com.example.collector"
#define VERSION "1.0.0"
#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

DESTINATION_NOTE(PRODUCT, VERSION)

typedef struct {
    const destination_host *host;
    const destination_http *http;
    char url[2048];
} adapter;

/* What one request brought. */
typedef struct {
    uint32_t status; /* 0 = no answer came */
    uint32_t retry_after_ms;
    int64_t now; /* seconds since 1970 */
} answer;

static int32_t fail(destination_text *problem, int32_t status, const char *sentence) {
    size_t length = strlen(sentence);
    if (problem == NULL) return status;
    if (problem->capacity > 0)
        memcpy(problem->data, sentence, length < problem->capacity ? length : problem->capacity);
    problem->length = length;
    return status;
}

static int32_t create(const destination_adapter *table, const destination_host *host, void **instance,
                      destination_text *problem) {
    destination_span id = TEXT(DESTINATION_EXTENSION_HTTP_1);
    adapter *self = calloc(1, sizeof *self);
    (void)table;
    if (self == NULL) return fail(problem, DESTINATION_FAILED, "there is no memory.");
    self->host = host;
    self->http = host->extension(host, id);
    *instance = self;
    return DESTINATION_OK;
}

/* Skips blanks, then takes `word` if it stands there. */
static int take(destination_span *json, const char *word) {
    size_t length = strlen(word);
    while (json->length > 0 && memchr(" \t\r\n", *json->data, 4) != NULL) json->data++, json->length--;
    if (json->length < length || memcmp(json->data, word, length) != 0) return 0;
    json->data += length, json->length -= length;
    return 1;
}

/* The settings are {"url":"..."} and nothing else: the schema below says so. With more of them, use a JSON parser. */
static int32_t configure(void *instance, const destination_configuration *configuration, destination_text *problem) {
    adapter *self = instance;
    destination_span json = configuration->settings;
    size_t length = 0;
    if (!take(&json, "{") || !take(&json, "\"url\"") || !take(&json, ":") || !take(&json, "\""))
        return fail(problem, DESTINATION_INVALID, "settings: \"url\" is needed, a text, and no other setting. Set it.");
    for (; json.length > 0 && *json.data != '"'; json.data++, json.length--) {
        if (*json.data == '\\' && (json.length < 2 || json.data[1] != '/')) break;
        if (*json.data == '\\') json.data++, json.length--;
        if (length + 1 < sizeof self->url) self->url[length++] = (char)*json.data;
    }
    self->url[length] = 0;
    if (!take(&json, "\"") || !take(&json, "}") || length + 1 >= sizeof self->url ||
        (strncmp(self->url, "https://", 8) != 0 && strncmp(self->url, "http://", 7) != 0))
        return fail(problem, DESTINATION_INVALID, "settings, \"url\": it is no URL. Write it whole, with https://.");
    return DESTINATION_OK;
}

static int32_t start(void *instance, destination_text *problem) {
    adapter *self = instance;
    if (self->http != NULL) return DESTINATION_OK;
    return fail(problem, DESTINATION_INVALID, "the host sends no HTTP requests. Use a newer host.");
}

static const destination_event *event_at(const destination_batch *batch, uint32_t index) {
    return (const void *)((const uint8_t *)batch->events + (size_t)index * batch->event_stride);
}

/* Retry-After in seconds, or as a date: RFC 9110, 10.2.3. At most a day. */
static uint32_t delay_ms(destination_span value, int64_t now) {
    char text[64] = {0};
    struct tm date = {0};
    memcpy(text, value.data, value.length < sizeof text ? value.length : sizeof text - 1);
    long long seconds = strtoll(text, NULL, 10);
    if (strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date) != NULL) seconds = timegm(&date) - now;
    return seconds < 0 ? 0 : seconds > 86400 ? 86400000u : (uint32_t)seconds * 1000;
}

static void receive(void *context, const destination_http_response *response) {
    answer *found = context;
    found->status = response->status;
    for (uint32_t i = 0; i < response->header_count; i++) {
        const destination_http_header *header =
            (const void *)((const uint8_t *)response->headers + (size_t)i * response->header_stride);
        if (header->name.length == 11 && memcmp(header->name.data, "retry-after", 11) == 0)
            found->retry_after_ms = delay_ms(header->value, found->now);
    }
}

/* Sends `count` events from `first` on, one a line; what `send` returned is in `*code`. */
static answer post(adapter *self, const destination_batch *batch, uint32_t first, uint32_t count, int32_t *code) {
    static const destination_http_header headers[] = {
        {TEXT("Content-Type"), TEXT("application/x-ndjson")},
        {TEXT("Authorization"), TEXT("Bearer {{secret:token}}")}, /* the host puts the token in */
    };
    answer found = {0, 0, self->host->unix_ns(self->host) / 1000000000};
    destination_span *body = calloc(2 * (size_t)count, sizeof *body);
    *code = DESTINATION_FAILED;
    if (body == NULL) return found;
    for (uint32_t i = 0; i < count; i++) {
        body[2 * i] = event_at(batch, first + i)->json;
        body[2 * i + 1] = (destination_span)TEXT("\n");
    }
    destination_http_request request = {
        .struct_size = sizeof request,
        .header_stride = sizeof headers[0], .header_count = 2, .headers = headers,
        .body_stride = sizeof *body, .body_count = 2 * count, .body = body,
        .method = TEXT("POST"), .url = {(const uint8_t *)self->url, strlen(self->url)},
        .call_token = batch->call_token,
    };
    *code = self->http->send(self->host, &request, receive, &found, NULL);
    free(body);
    return found;
}

/* What an answer means for the events: the table of the integrators' guide. */
static uint32_t outcome(uint32_t status, int32_t code) {
    if (status == 0) return code == DESTINATION_REFUSED ? DESTINATION_OUTCOME_AUTH : DESTINATION_OUTCOME_RETRY;
    if (status < 300) return DESTINATION_OUTCOME_DELIVERED;
    if (status == 401 || status == 403 || status == 407) return DESTINATION_OUTCOME_AUTH;
    if (status == 409) return DESTINATION_OUTCOME_DUPLICATE;
    if (status < 400 || status == 408 || status == 425 || status == 429 || status >= 500)
        return DESTINATION_OUTCOME_RETRY;
    return DESTINATION_OUTCOME_REJECTED;
}

static void deliver_part(adapter *self, const destination_batch *batch, destination_result *results, uint32_t first,
                         uint32_t count) {
    int32_t code = DESTINATION_CANCELLED;
    answer found = {0};
    if (self->host->cancelled(self->host, batch->call_token) == 0) found = post(self, batch, first, count, &code);
    if (count > 1 && (found.status == 400 || found.status == 413 || found.status == 422)) {
        deliver_part(self, batch, results, first, count / 2);
        deliver_part(self, batch, results, first + count / 2, count - count / 2);
        return;
    }
    for (uint32_t i = first; i < first + count; i++) {
        /* By the stride: a later host's results may be larger than this header's. */
        destination_result *result = (void *)((uint8_t *)results + (size_t)i * batch->result_stride);
        result->outcome = outcome(found.status, code);
        result->remote_code = (int32_t)found.status;
        if (result->outcome != DESTINATION_OUTCOME_RETRY) continue;
        result->retry_after_ms = found.retry_after_ms;
        result->flags = found.status == 429 || found.status == 503 ? DESTINATION_WHOLE_DESTINATION : 0;
    }
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    if (batch->event_count > 0) deliver_part(instance, batch, results, 0, batch->event_count);
}

/* Nothing is kept back: what was reported as delivered has arrived. */
static int32_t flush(void *instance, uint64_t deadline_mono_ns, destination_text *problem) {
    (void)instance, (void)deadline_mono_ns, (void)problem;
    return DESTINATION_OK;
}

/* The host ends the request of a call that is called off. */
static void cancel(void *instance, uint64_t call_token) { (void)instance, (void)call_token; }

static void stop(void *instance, uint64_t deadline_mono_ns) { (void)instance, (void)deadline_mono_ns; }

static void destroy(void *instance) { free(instance); }

static const void *extension(const destination_adapter *table, destination_span id) {
    (void)table, (void)id;
    return NULL;
}

static const destination_descriptor descriptor = {
    .struct_size = sizeof(destination_descriptor),
    .event_types = DESTINATION_SERVES_ALL,
    .product = TEXT(PRODUCT),
    .version = TEXT(VERSION),
    .display_name = TEXT("Collector"),
    .settings_schema = TEXT(
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"url\"],\"properties\":{"
        "\"token\":{\"type\":\"string\",\"x-secret\":true,"
        "\"description\":\"What the destination knows you by; it never enters the adapter.\"},"
        "\"url\":{\"type\":\"string\",\"description\":\"Where the events go, one request for each batch.\"}}}"),
    .max_concurrency = 1,
    .max_batch_events = 500,
    .required_host_features = DESTINATION_HOST_HTTP,
};

static const destination_adapter table = {
    .magic = DESTINATION_ADAPTER_MAGIC,
    .struct_size = sizeof(destination_adapter),
    .abi_major = DESTINATION_ABI_MAJOR,
    .abi_minor = DESTINATION_ABI_MINOR,
    .descriptor = &descriptor,
    .create = create,
    .configure = configure,
    .start = start,
    .deliver = deliver,
    .flush = flush,
    .cancel = cancel,
    .stop = stop,
    .destroy = destroy,
    .extension = extension,
};

DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t host_abi_major,
                                                                        uint32_t host_abi_minor) {
    (void)host_abi_minor;
    return host_abi_major == DESTINATION_ABI_MAJOR ? &table : NULL;
}
