/* An HTTP adapter that is careless in the way that its compiler's macro FAULT names; without one it keeps the contract.
 *
 *   gcc -shared -fPIC -DFAULT=LEAK_SECRET ...
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "destination_adapter.h"

enum fault {
    NONE, OTHER_MAJOR, NEW_TABLE, EXTENDS, CRASH_IN_ENTRY, /* loading */
    LEAK_SECRET, LEAK_SETTING, TAKES_ANYTHING, SILENT_REFUSAL, CRASH_WITHOUT_SECRET, SECOND_CONFIGURE, /* settings */
    OVERREAD, STRLEN, BY_SIZEOF, CUTS, LEAK_EVENT, NEEDS_EVENTS, /* deliver */
    ALWAYS_DELIVERED, ALWAYS_REJECTED, NO_DELAY, LEAK_ANSWER, CRASH_ON_NOISE, ALL_OR_NOTHING, /* remote */
    SLEEPS, REJECTS_CANCELLED, SLOW_STOP, /* time */
    BOUND_TO_THREAD, SHARED_STATE, KEEPS_THREAD, /* threads */
    LEAK_MEMORY, LEAK_DESCRIPTOR, LEAK_AT_START, /* resources */
};
#ifndef FAULT
#define FAULT NONE
#endif
#define HAS(fault) (FAULT == (fault))

#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}
DESTINATION_NOTE("org.sealpost.test.careless", "1.0.0")

/* Whether this is the thread of configure. */
static __thread int is_mine;
static void *volatile kept;

typedef struct {
    const destination_host *host;
    const destination_http *http;
    char url[512];
    int configured;
    int busy;
} careless;

typedef struct {
    uint32_t status, retry_after_ms;
    char body[256];
} answer;

static void say(destination_text *problem, const char *text) {
    size_t length = strlen(text);
    if (problem == NULL) return;
    memcpy(problem->data, text, length < problem->capacity ? length : problem->capacity);
    problem->length = length;
}

static void pause_ms(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static int32_t create(const destination_adapter *table, const destination_host *host, void **instance,
                      destination_text *problem) {
    destination_span id = TEXT(DESTINATION_EXTENSION_HTTP_1);
    careless *self = calloc(1, sizeof *self);
    (void)table, (void)problem;
    self->host = host;
    self->http = host->extension(host, id);
    *instance = self;
    return DESTINATION_OK;
}

static int32_t configure(void *instance, const destination_configuration *configuration, destination_text *problem) {
    careless *self = instance;
    destination_span json = configuration->settings, name = TEXT("key");
    uint8_t secret[256];
    destination_text out = {secret, sizeof secret, 0};
    if (HAS(SECOND_CONFIGURE) && self->configured++) abort();
    is_mine = 1;
    if (self->host->secret(self->host, name, &out) != DESTINATION_OK && HAS(CRASH_WITHOUT_SECRET)) abort();
    if (HAS(LEAK_SECRET)) self->host->log(self->host, 2, (destination_span){secret, out.length});
    /* {"url":"..."} */
    const char *url = json.length > 0 ? memmem(json.data, json.length, "{\"url\":\"", 8) : NULL;
    const char *end = url == NULL ? NULL : memchr(url + 8, '"', (const char *)json.data + json.length - url - 8);
    self->url[0] = 0;
    if (end != NULL && end - url - 8 < 512) memcpy(self->url, url + 8, (size_t)(end - url - 8));
    if (end != NULL) self->url[end - url - 8] = 0;
    if (strncmp(self->url, "https://", 8) == 0 || HAS(TAKES_ANYTHING)) return DESTINATION_OK;
    if (HAS(SILENT_REFUSAL)) return DESTINATION_INVALID;
    char sentence[1024] = "settings, about \"url\": it is no URL. Write it whole.";
    if (HAS(LEAK_SETTING)) snprintf(sentence, sizeof sentence, "these are wrong: %.*s", (int)json.length, json.data);
    say(problem, sentence);
    return DESTINATION_INVALID;
}

static void *idle(void *nothing) {
    for (;;) pause_ms(1000);
    return nothing;
}

static int32_t start(void *instance, destination_text *problem) {
    pthread_t thread;
    (void)instance, (void)problem;
    if (HAS(KEEPS_THREAD)) pthread_create(&thread, NULL, idle, NULL);
    if (HAS(LEAK_AT_START)) (void)!open("/dev/null", O_RDONLY);
    return DESTINATION_OK;
}

static void receive(void *context, const destination_http_response *response) {
    answer *found = context;
    found->status = response->status;
    if (HAS(CRASH_ON_NOISE) && response->body.length > 0 && response->body.data[0] != '{') abort();
    snprintf(found->body, sizeof found->body, "%.*s", (int)response->body.length, response->body.data);
    for (uint32_t i = 0; i < response->header_count; i++) {
        destination_http_header header = response->headers[i];
        char text[64] = {0};
        struct tm date = {0};
        if (header.name.length != 11 || memcmp(header.name.data, "retry-after", 11) != 0 || HAS(NO_DELAY)) continue;
        memcpy(text, header.value.data, header.value.length < 63 ? header.value.length : 63);
        long seconds = atol(text);
        if (strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date) != NULL) seconds = timegm(&date) - time(NULL);
        found->retry_after_ms = seconds > 0 ? (uint32_t)seconds * 1000 : 0;
    }
}

static const destination_event *event_at(const destination_batch *batch, uint32_t index) {
    size_t stride = HAS(BY_SIZEOF) ? sizeof(destination_event) : batch->event_stride;
    return (const void *)((const uint8_t *)batch->events + index * stride);
}

static destination_result *result_at(const destination_batch *batch, destination_result *results, uint32_t index) {
    size_t stride = HAS(BY_SIZEOF) ? sizeof(destination_result) : batch->result_stride;
    return (void *)((uint8_t *)results + index * stride);
}

static answer post(careless *self, const destination_batch *batch, uint32_t first, uint32_t count, int32_t *code) {
    answer found = {0};
    destination_span *body = calloc(2 * count + 1, sizeof *body);
    for (uint32_t i = 0; i < count; i++) {
        body[2 * i] = event_at(batch, first + i)->json;
        if (HAS(STRLEN)) body[2 * i].length = strnlen((const char *)body[2 * i].data, 4000);
        if (HAS(CUTS) && body[2 * i].length > 400) body[2 * i].length = 400;
        if (HAS(OVERREAD)) self->busy += body[2 * i].data[body[2 * i].length];
        body[2 * i + 1] = (destination_span)TEXT("\n");
    }
    destination_http_request request = {
        .struct_size = sizeof request, .body_stride = sizeof *body, .body_count = 2 * count, .body = body,
        .method = TEXT("POST"), .url = {(const uint8_t *)self->url, strlen(self->url)},
        .call_token = batch->call_token};
    *code = self->http->send(self->host, &request, receive, &found, NULL);
    free(body);
    return found;
}

static uint32_t outcome(const answer *found, int32_t code) {
    uint32_t status = found->status;
    if (HAS(ALWAYS_DELIVERED)) return DESTINATION_OUTCOME_DELIVERED;
    if (status == 0 && code == DESTINATION_CANCELLED && HAS(REJECTS_CANCELLED)) return DESTINATION_OUTCOME_REJECTED;
    if (status >= 200 && status < 300) return DESTINATION_OUTCOME_DELIVERED;
    if (HAS(ALWAYS_REJECTED)) return DESTINATION_OUTCOME_REJECTED;
    if (status == 0) return code == DESTINATION_REFUSED ? DESTINATION_OUTCOME_AUTH : DESTINATION_OUTCOME_RETRY;
    if (status == 401 || status == 403) return DESTINATION_OUTCOME_AUTH;
    if (status == 409) return DESTINATION_OUTCOME_DUPLICATE;
    return status == 429 || status >= 500 || status < 400 ? DESTINATION_OUTCOME_RETRY : DESTINATION_OUTCOME_REJECTED;
}

static void part(careless *self, const destination_batch *batch, destination_result *results, uint32_t first,
                 uint32_t count) {
    int32_t code = DESTINATION_OK;
    answer found = post(self, batch, first, count, &code);
    if (count > 1 && found.status == 400 && !HAS(ALL_OR_NOTHING)) {
        part(self, batch, results, first, count / 2);
        part(self, batch, results, first + count / 2, count - count / 2);
        return;
    }
    for (uint32_t i = first; i < first + count; i++) {
        destination_result *result = result_at(batch, results, i);
        result->outcome = outcome(&found, code);
        result->remote_code = (int32_t)found.status;
        result->retry_after_ms = result->outcome == DESTINATION_OUTCOME_RETRY ? found.retry_after_ms : 0;
        result->flags = result->retry_after_ms > 0 ? DESTINATION_WHOLE_DESTINATION : 0;
        if (HAS(LEAK_EVENT)) self->host->detail(self->host, batch->call_token, i, event_at(batch, i)->json);
        if (HAS(LEAK_ANSWER))
            self->host->detail(self->host, batch->call_token, i,
                               (destination_span){(const uint8_t *)found.body, strlen(found.body)});
    }
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    careless *self = instance;
    if (HAS(NEEDS_EVENTS) && event_at(batch, 0)->json.length == 0) abort();
    if (HAS(SLEEPS)) pause_ms(3000);
    if (HAS(BOUND_TO_THREAD) && !is_mine) abort();
    if (HAS(LEAK_MEMORY)) memset(kept = malloc(1 << 20), 1, 1 << 20);
    if (HAS(LEAK_DESCRIPTOR)) (void)!open("/dev/null", O_RDONLY);
    if (HAS(SHARED_STATE) && __atomic_add_fetch(&self->busy, 1, __ATOMIC_SEQ_CST) > 1) abort();
    if (batch->event_count > 0) part(self, batch, results, 0, batch->event_count);
    if (HAS(SHARED_STATE)) __atomic_sub_fetch(&self->busy, 1, __ATOMIC_SEQ_CST);
}

static int32_t flush(void *instance, uint64_t deadline, destination_text *problem) {
    (void)instance, (void)deadline, (void)problem;
    return DESTINATION_OK;
}
static void cancel(void *instance, uint64_t token) { (void)instance, (void)token; }
static void stop(void *instance, uint64_t deadline) {
    (void)instance, (void)deadline;
    if (HAS(SLOW_STOP)) pause_ms(4000);
}
static void destroy(void *instance) { free(instance); }
static const void *extension(const destination_adapter *table, destination_span id) {
    (void)id;
    return HAS(EXTENDS) ? table : NULL;
}

static const destination_descriptor descriptor = {
    .struct_size = sizeof descriptor, .event_types = DESTINATION_SERVES_ALL,
    .product = TEXT("org.sealpost.test.careless"), .version = TEXT("1.0.0"), .display_name = TEXT("Careless (test)"),
    .settings_schema = TEXT(
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"url\"],\"properties\":{"
        "\"url\":{\"type\":\"string\",\"description\":\"Where the events go.\"},"
        "\"key\":{\"type\":\"string\",\"x-secret\":true,\"description\":\"Its own.\"}}}"),
    .max_concurrency = 4, .max_batch_events = 1000, .required_host_features = DESTINATION_HOST_HTTP};
#define TABLE                                                                                                     \
    {.magic = DESTINATION_ADAPTER_MAGIC, .struct_size = sizeof(destination_adapter), .abi_major = 1,               \
     .descriptor = &descriptor, .create = create, .configure = configure, .start = start, .deliver = deliver,      \
     .flush = flush, .cancel = cancel, .stop = stop, .destroy = destroy, .extension = extension}
static const destination_adapter tables[2] = {TABLE, TABLE};

DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
    static int calls;
    (void)minor;
    if (HAS(CRASH_IN_ENTRY)) abort();
    if (HAS(NEW_TABLE)) return &tables[calls++ % 2];
    return major == 1 || HAS(OTHER_MAJOR) ? &tables[0] : NULL;
}
