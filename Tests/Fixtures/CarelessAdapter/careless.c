/* An HTTP adapter that is careless in the way that its compiler's macro FAULT names; without one it keeps the contract.
 *
 *   gcc -shared -fPIC -DFAULT=LEAK_SECRET ...
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "destination_kit.h"

enum fault {
    NONE, OTHER_MAJOR, OLD_MINOR, NEW_TABLE, BAD_TABLE, EXTENDS, CRASH_IN_CONSTRUCTOR, CRASH_IN_ENTRY, /* loading */
    SHORT_STRINGS, /* descriptor */
    CRASH_IN_CREATE, ONE_INSTANCE, /* lifecycle */
    LEAK_SECRET, LEAK_SETTING, TAKES_ANYTHING, SILENT_REFUSAL, CRASH_WITHOUT_SECRET, SECOND_CONFIGURE, /* settings */
    NEEDS_LIMIT, REFUSES_LIMIT, CRASH_AFTER_REFUSAL, EXACT_SIZE,
    OVERREAD, STRLEN, BY_SIZEOF, CUTS, LEAK_EVENT, NEEDS_EVENTS, /* deliver */
    FIRST_ATTEMPT_ONLY, TRACK_ONLY, COPIES_TO_STACK, RECURSES, CONVERTS_NUMBERS, CONVERTS_TEXT,
    ALWAYS_DELIVERED, ALWAYS_REJECTED, ALWAYS_AUTH, /* remote */
    NO_DELAY, LEAK_ANSWER, CRASH_ON_NOISE, ALL_OR_NOTHING,
    SLEEPS, REJECTS_CANCELLED, CANCELLED_FOR_EVER, SLOW_STOP, /* time */
    BOUND_TO_THREAD, SHARED_STATE, KEEPS_THREAD, /* threads */
    LEAK_MEMORY, LEAK_DESCRIPTOR, LEAK_AT_START, /* resources */
};
#ifndef FAULT
#define FAULT NONE
#endif
#define HAS(fault) (FAULT == (fault))

#define TEXT(literal) DESTINATION_TEXT(literal)
DESTINATION_NOTE("org.sealpost.test.careless", "1.0.0")

/* Whether this is the thread of configure. */
static __thread int is_mine;
static void *volatile kept;

__attribute__((constructor)) static void loaded(void) {
    if (HAS(CRASH_IN_CONSTRUCTOR)) abort();
}

typedef struct {
    const destination_host *host;
    const destination_http *http;
    char url[512];
    int configured;
    int busy;
    int is_refused;
    int is_cancelled;
} careless;

typedef struct {
    uint32_t status, retry_after_ms;
    char body[256];
} answer;

static void say(destination_text *problem, const char *text) {
    destination_fail(problem, DESTINATION_INVALID, text);
}

static void pause_ms(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static int32_t create(const destination_adapter *table, const destination_host *host, void **instance,
                      destination_text *problem) {
    destination_span id = TEXT(DESTINATION_EXTENSION_HTTP_1);
    static careless *only;
    careless *self = calloc(1, sizeof *self);
    (void)table, (void)problem;
    if (HAS(CRASH_IN_CREATE) || (HAS(ONE_INSTANCE) && only != NULL)) abort();
    only = self;
    self->host = host;
    self->http = host->extension(host, id);
    *instance = self;
    return DESTINATION_OK;
}

/* Whether the optional setting "limit" is left out, or a whole number from 1 to 10. */
static int has_good_limit(destination_span json) {
    char text[16] = "", *end;
    const char *found = json.length > 0 ? memmem(json.data, json.length, "\"limit\":", 8) : NULL;
    if (found == NULL) return !HAS(NEEDS_LIMIT);
    size_t left = (size_t)((const char *)json.data + json.length - found - 8);
    memcpy(text, found + 8, left < 15 ? left : 15);
    long number = strtol(text, &end, 10);
    return end > text && (*end == ',' || *end == '}') && number >= 1 && number <= 10 && !HAS(REFUSES_LIMIT);
}

static int32_t refuse(careless *self, destination_text *problem, const char *sentence) {
    self->is_refused = 1;
    say(problem, sentence);
    return DESTINATION_INVALID;
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
    if (HAS(EXACT_SIZE) && configuration->struct_size != sizeof *configuration)
        return refuse(self, problem, "the configuration has another size.");
    if (!has_good_limit(json) && !HAS(TAKES_ANYTHING))
        return refuse(self, problem, "settings, about \"limit\": it is no whole number from 1 to 10. Write one.");
    if (destination_url_setting(json, "url", self->url, sizeof self->url) == 1 || HAS(TAKES_ANYTHING))
        return DESTINATION_OK;
    self->is_refused = 1;
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

/* As somebody does who has seen small and simple events only. */
static int digest(const uint8_t *bytes, size_t length) {
    volatile uint8_t copy[length + 1];
    int sum = 0;
    for (size_t i = 0; i < length; i++) copy[i] = bytes[i];
    for (size_t i = 0; i < length; i += 4096) sum += copy[i];
    return sum;
}

static int descend(const uint8_t *bytes, size_t length) {
    volatile uint8_t frame[1 << 16];
    const uint8_t *next = memchr(bytes, '[', length);
    if (next == NULL) return 0;
    frame[length % sizeof frame] = *next;
    return frame[length % sizeof frame] + descend(next + 1, length - 1 - (size_t)(next - bytes));
}

static void look_at(const destination_event *event) {
    destination_span json = event->json;
    if (HAS(FIRST_ATTEMPT_ONLY) && event->attempt != 1) abort();
    if (HAS(COPIES_TO_STACK)) kept = (void *)(intptr_t)digest(json.data, json.length);
    if (HAS(RECURSES)) kept = (void *)(intptr_t)descend(json.data, json.length);
    if (HAS(CONVERTS_NUMBERS) && memmem(json.data, json.length, "1e400", 5) != NULL) abort();
    if (HAS(CONVERTS_TEXT) && memmem(json.data, json.length, "\\ud83d and", 10) != NULL) abort();
}

static answer post(careless *self, const destination_batch *batch, uint32_t first, uint32_t count, int32_t *code) {
    answer found = {0};
    destination_span *body = calloc(2 * count + 1, sizeof *body);
    for (uint32_t i = 0; i < count; i++) {
        look_at(event_at(batch, first + i));
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
    if (HAS(ALWAYS_AUTH)) return DESTINATION_OUTCOME_AUTH;
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
    if (self->is_cancelled && HAS(CANCELLED_FOR_EVER)) abort();
    if (code == DESTINATION_CANCELLED) self->is_cancelled = 1;
    if (count > 1 && found.status == 400 && !HAS(ALL_OR_NOTHING)) {
        part(self, batch, results, first, count / 2);
        part(self, batch, results, first + count / 2, count - count / 2);
        return;
    }
    for (uint32_t i = first; i < first + count; i++) {
        destination_result *result = result_at(batch, results, i);
        result->outcome = outcome(&found, code);
        if (HAS(TRACK_ONLY) && event_at(batch, i)->type != DESTINATION_EVENT_TRACK)
            result->outcome = DESTINATION_OUTCOME_REJECTED;
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
    if (HAS(EXACT_SIZE) && batch->struct_size != sizeof *batch) return;
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
static void destroy(void *instance) {
    if (HAS(CRASH_AFTER_REFUSAL) && ((careless *)instance)->is_refused) abort();
    free(instance);
}
static const void *extension(const destination_adapter *table, destination_span id) {
    (void)id;
    return HAS(EXTENDS) ? table : NULL;
}

/* Of the schema. The preprocessor does not know an enum's names. */
#ifdef UNTOLD
#define MORE "\"more\":{\"type\":\"string\"},"
#elif defined SECOND
#define MORE "\"other\":{\"type\":\"string\",\"x-secret\":true,\"description\":\"Nobody's.\"},"
#else
#define MORE ""
#endif

static const destination_descriptor descriptor = {
    .struct_size = sizeof descriptor, .event_types = DESTINATION_SERVES_ALL,
    .product = TEXT("org.sealpost.test.careless"), .version = TEXT("1.0.0"), .display_name = TEXT("Careless (test)"),
    .settings_schema = TEXT(
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"url\"],\"properties\":{"
        "\"url\":{\"type\":\"string\",\"description\":\"Where the events go.\"}," MORE
        "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10,\"description\":\"Of nothing.\"},"
        "\"key\":{\"type\":\"string\",\"x-secret\":true,\"description\":\"Its own.\"}}}"),
    .max_string_length = HAS(SHORT_STRINGS) ? 100 : 0, .max_concurrency = 4, .max_batch_events = 1000, .required_host_features = DESTINATION_HOST_HTTP};
#define TABLE                                                                                                     \
    {.magic = DESTINATION_ADAPTER_MAGIC + HAS(BAD_TABLE), .struct_size = sizeof(destination_adapter), .abi_major = 1,               \
     .descriptor = &descriptor, .create = create, .configure = configure, .start = start, .deliver = deliver,      \
     .flush = flush, .cancel = cancel, .stop = stop, .destroy = destroy, .extension = extension}
static const destination_adapter tables[2] = {TABLE, TABLE};

#ifdef EXPORTS_MORE
DESTINATION_EXPORT int careless_more(void) { return 1; }
#endif

DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
    static int calls;
    if (HAS(OLD_MINOR) && minor > 0) return NULL;
    if (HAS(CRASH_IN_ENTRY)) abort();
    if (HAS(NEW_TABLE)) return &tables[calls++ % 2];
    return major == 1 || HAS(OTHER_MAJOR) ? &tables[0] : NULL;
}
