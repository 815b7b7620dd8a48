/* Breaks the contract in the way that the setting "behaviour" names:
 *
 *   (none)                everything is DELIVERED
 *   fail-configure        configure says INVALID
 *   crash-on-configure, hang-on-configure
 *   fail-start            start says UNAVAILABLE
 *   auth-on-start         start says AUTH
 *   crash-on-start        start traps
 *   hang-on-start         start never returns
 *   crash-on-deliver      every deliver traps
 *   crash-once            deliver traps unless the file "marker" exists; makes the file first
 *   crash-on-id           deliver traps when the id of an event equals the setting "id"
 *   crash-on-cancel       deliver never returns, and cancel traps
 *   crash-on-flush, hang-on-flush
 *   crash-on-stop         stop traps
 *   crash-on-destroy, hang-on-destroy
 *   exit-on-deliver       deliver ends the process with code 0
 *   hang-on-deliver       deliver never returns and does not heed cancel
 *   hang-until-cancelled  deliver returns, all RETRY, once the host says that the call is cancelled
 *   hang-on-stop          stop never returns
 *   slow                  deliver takes 200 ms
 *   unset-outcomes        no outcome is written
 *   half-outcomes         only every second outcome is written
 *   bad-outcome           an outcome that the contract does not know
 *   retry-once            the first attempt of every event is RETRY, with a detail text
 *   retry-later           RETRY after 60000 ms, for the whole destination
 *   reject-all            REJECTED, remote code 422, with a detail text
 *   auth                  AUTH, remote code 401
 *   duplicate             DUPLICATE
 *   flood-log             deliver logs 100000 lines
 *   flood-stdout          deliver prints 64 MB
 *   write-payload         deliver writes into an event's JSON
 *   forge-...             deliver writes to the host's socket what no worker may say: see `forgeries`
 *   write-beyond          deliver writes results behind the last
 *   detail-out-of-range   details for events that do not exist and calls that do not run
 *
 * What it does before it has its settings is a macro of its compiler's: IN_CONSTRUCTOR, IN_ENTRY and IN_CREATE may be
 * `__builtin_trap()` or `hang()`; MAGIC and MAJOR may be other numbers. So may VERSION and SERVES, of a later release.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "destination_adapter.h"

#ifndef VERSION
#define VERSION "1.0.0"
#endif
#ifndef SERVES
#define SERVES DESTINATION_SERVES_ALL
#endif

DESTINATION_NOTE("org.sealpost.test.misbehaving", VERSION)

#ifndef MAGIC
#define MAGIC DESTINATION_ADAPTER_MAGIC
#endif
#ifndef MAJOR
#define MAJOR DESTINATION_ABI_MAJOR
#endif

#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

typedef struct misbehaving {
    const destination_host *host;
    char behaviour[64];
    char marker[512];
    char id[256];
} misbehaving;

/* Copies the text of `"key":"text"`; knows no escapes. 0 if it is not there or too long. */
static int text_setting(destination_span json, const char *key, char *out, size_t room) {
    char quoted[64];
    const char *text = (const char *)json.data, *end = text + json.length;
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", key);
    out[0] = 0;
    for (const char *at = text; at != NULL && at + length < end; at++) {
        if (memcmp(at, quoted, (size_t)length) != 0) continue;
        at += length;
        while (at < end && (*at == ' ' || *at == ':')) at++;
        if (at == end || *at != '"') return 0;
        const char *start = ++at;
        while (at < end && *at != '"') at++;
        if (at == end || (size_t)(at - start) >= room) return 0;
        memcpy(out, start, (size_t)(at - start));
        out[at - start] = 0;
        return 1;
    }
    return 0;
}

static int behaves(const misbehaving *self, const char *behaviour) {
    return strcmp(self->behaviour, behaviour) == 0;
}

static destination_span span(const char *text) {
    return (destination_span){(const uint8_t *)text, strlen(text)};
}

static void say(destination_text *problem, const char *text) {
    if (problem == NULL) return;
    size_t length = strlen(text);
    size_t fits = length < problem->capacity ? length : problem->capacity;
    if (fits > 0) memcpy(problem->data, text, fits);
    problem->length = length;
}

_Noreturn static void hang(void) {
    for (;;) sleep(1000);
}

#ifdef IN_CONSTRUCTOR
__attribute__((constructor)) static void constructor(void) { IN_CONSTRUCTOR; }
#endif

static void wait_ms(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static int32_t create(const destination_adapter *adapter, const destination_host *host,
                      void **instance, destination_text *problem) {
    (void)adapter, (void)problem;
#ifdef IN_CREATE
    IN_CREATE;
#endif
    misbehaving *self = calloc(1, sizeof *self);
    if (self == NULL) return DESTINATION_FAILED;
    self->host = host;
    *instance = self;
    return DESTINATION_OK;
}

static int32_t configure(void *instance, const destination_configuration *configuration,
                         destination_text *problem) {
    misbehaving *self = instance;
    destination_span settings = configuration->settings;
    (void)text_setting(settings, "behaviour", self->behaviour, sizeof self->behaviour);
    (void)text_setting(settings, "marker", self->marker, sizeof self->marker);
    (void)text_setting(settings, "id", self->id, sizeof self->id);
    if (behaves(self, "crash-on-configure")) __builtin_trap();
    if (behaves(self, "hang-on-configure")) hang();
    if (!behaves(self, "fail-configure")) return DESTINATION_OK;
    say(problem, "settings, about \"behaviour\": it says fail-configure. Say something else.");
    return DESTINATION_INVALID;
}

static int32_t start(void *instance, destination_text *problem) {
    misbehaving *self = instance;
    if (behaves(self, "crash-on-start")) __builtin_trap();
    if (behaves(self, "hang-on-start")) hang();
    if (behaves(self, "auth-on-start")) {
        say(problem, "the destination does not accept the credentials.");
        return DESTINATION_AUTH;
    }
    if (!behaves(self, "fail-start")) return DESTINATION_OK;
    say(problem, "start, about \"behaviour\": it says fail-start. Say something else.");
    return DESTINATION_UNAVAILABLE;
}

static const destination_event *event_at(const destination_batch *batch, uint32_t index) {
    const uint8_t *events = (const uint8_t *)batch->events;
    return (const void *)(events + (size_t)index * batch->event_stride);
}

static destination_result *result_at(const destination_batch *batch, destination_result *results,
                                     uint32_t index) {
    return (void *)((uint8_t *)results + (size_t)index * batch->result_stride);
}

static void crash_if_asked(misbehaving *self, const destination_batch *batch) {
    if (behaves(self, "crash-on-deliver")) __builtin_trap();
    if (behaves(self, "exit-on-deliver")) _exit(0);
    if (behaves(self, "crash-once") && access(self->marker, F_OK) != 0) {
        FILE *marker = fopen(self->marker, "w");
        if (marker != NULL) fclose(marker);
        __builtin_trap();
    }
    if (!behaves(self, "crash-on-id")) return;
    for (uint32_t i = 0; i < batch->event_count; i++) {
        destination_span id = event_at(batch, i)->id;
        if (id.length == strlen(self->id) && memcmp(id.data, self->id, id.length) == 0)
            __builtin_trap();
    }
}

static void waste_time(misbehaving *self, const destination_batch *batch) {
    if (behaves(self, "hang-on-deliver") || behaves(self, "crash-on-cancel")) hang();
    if (behaves(self, "slow")) wait_ms(200);
    if (behaves(self, "hang-until-cancelled"))
        while (self->host->cancelled(self->host, batch->call_token) == 0) wait_ms(5);
}

static void make_noise(misbehaving *self, const destination_batch *batch) {
    if (behaves(self, "flood-log"))
        for (int i = 0; i < 100000; i++)
            self->host->log(self->host, DESTINATION_LOG_INFO, span("a line that says nothing"));
    if (behaves(self, "flood-stdout"))
        for (int i = 0; i < 1000000; i++) {
            puts("................................................................");
        }
    if (behaves(self, "detail-out-of-range")) {
        destination_span text = span("about nothing");
        self->host->detail(self->host, batch->call_token, batch->event_count, text);
        self->host->detail(self->host, batch->call_token, UINT32_MAX, text);
        self->host->detail(self->host, batch->call_token + 1, 0, text);
        self->host->detail(self->host, 0, 0, text);
    }
}

static void write_where_it_may_not(misbehaving *self, const destination_batch *batch,
                                   destination_result *results) {
    if (behaves(self, "write-payload"))
        for (uint32_t i = 0; i < batch->event_count; i++) {
            destination_span json = event_at(batch, i)->json;
            if (json.length > 1) ((uint8_t *)(uintptr_t)json.data)[1] = 'X';
        }
    if (behaves(self, "write-beyond"))
        memset(result_at(batch, results, batch->event_count), 0xEE, batch->result_stride);
}

/* A message as a worker sends it: kind 103 answers a batch with its token, a count, and 1 for "all delivered" or 2 for a
 * list of results. */
typedef struct forgery {
    const char *name;
    uint32_t kind, length, token_step, count, form, more[5];
    size_t sent; /* bytes of it */
} forgery;

static const forgery forgeries[] = {
    {"forge-count-huge", 103, 16, 0, 0x7FFFFFFF, 1, {0}, 24},
    {"forge-count-negative", 103, 16, 0, 0xFFFFFFFF, 1, {0}, 24},
    {"forge-count-none", 103, 16, 0, 0, 1, {0}, 24},
    {"forge-call", 103, 16, 1000, 3, 1, {0}, 24},
    {"forge-kind", 101, 16, 0, 3, 1, {0}, 24},
    {"forge-no-kind", 7777, 16, 0, 3, 1, {0}, 24},
    {"forge-length-huge", 103, 0xFFFFFFFF, 0, 3, 1, {0}, 24},
    {"forge-length-large", 103, 64 << 20, 0, 3, 1, {0}, 24},
    {"forge-form", 103, 16, 0, 3, 3, {0}, 24},
    {"forge-list-cut", 103, 36, 0, 3, 2, {1, 0, 0, 0, 0}, 44},
    {"forge-tail", 103, 20, 0, 3, 1, {0}, 28},
    {"forge-outcome", 103, 36, 0, 3, 2, {77, 0, 0, 0, 0}, 44},
    {"forge-text-length", 103, 36, 0, 3, 2, {3, 0, 0, 0, 0x7FFFFFFF}, 44},
    {"forge-half", 103, 2000, 0, 3, 1, {0}, 24},
};

static void forge_if_asked(misbehaving *self, const destination_batch *batch) {
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        forgery f = forgeries[i];
        if (!behaves(self, f.name)) continue;
        uint32_t message[11] = {f.kind, f.length, (uint32_t)batch->call_token + f.token_step, 0, f.count, f.form,
                                f.more[0], f.more[1], f.more[2], f.more[3], f.more[4]};
        if (write(3, message, f.sent) != (ssize_t)f.sent) __builtin_trap();
        if (behaves(self, "forge-half")) _exit(0);
        hang();
    }
}

static void say_retry_once(misbehaving *self, const destination_batch *batch,
                           destination_result *results) {
    for (uint32_t i = 0; i < batch->event_count; i++) {
        if (event_at(batch, i)->attempt > 1) continue;
        *result_at(batch, results, i) = (destination_result){
            .outcome = DESTINATION_OUTCOME_RETRY, .remote_code = 503, .retry_after_ms = 1};
        self->host->detail(self->host, batch->call_token, i, span("busy at the first attempt"));
    }
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    misbehaving *self = instance;
    crash_if_asked(self, batch);
    waste_time(self, batch);
    forge_if_asked(self, batch);
    make_noise(self, batch);
    write_where_it_may_not(self, batch, results);
    destination_result answer = {.outcome = DESTINATION_OUTCOME_DELIVERED};
    if (behaves(self, "unset-outcomes")) answer.outcome = DESTINATION_OUTCOME_UNSET;
    if (behaves(self, "bad-outcome")) answer.outcome = 99;
    if (behaves(self, "duplicate")) answer.outcome = DESTINATION_OUTCOME_DUPLICATE;
    if (behaves(self, "hang-until-cancelled")) answer.outcome = DESTINATION_OUTCOME_RETRY;
    if (behaves(self, "retry-later"))
        answer = (destination_result){DESTINATION_OUTCOME_RETRY, 429, 60000,
                                      DESTINATION_WHOLE_DESTINATION};
    if (behaves(self, "reject-all"))
        answer = (destination_result){DESTINATION_OUTCOME_REJECTED, 422, 0, 0};
    if (behaves(self, "auth")) answer = (destination_result){DESTINATION_OUTCOME_AUTH, 401, 0, 0};
    uint32_t step = behaves(self, "half-outcomes") ? 2 : 1;
    for (uint32_t i = 0; i < batch->event_count; i += step) {
        *result_at(batch, results, i) = answer;
        if (behaves(self, "reject-all"))
            self->host->detail(self->host, batch->call_token, i, span("not accepted, ever"));
    }
    if (behaves(self, "retry-once")) say_retry_once(self, batch, results);
}

static int32_t flush(void *instance, uint64_t deadline_mono_ns, destination_text *problem) {
    (void)deadline_mono_ns, (void)problem;
    if (behaves(instance, "crash-on-flush")) __builtin_trap();
    if (behaves(instance, "hang-on-flush")) hang();
    return DESTINATION_OK;
}

static void cancel(void *instance, uint64_t call_token) {
    (void)call_token;
    if (behaves(instance, "crash-on-cancel")) __builtin_trap();
}

static void stop(void *instance, uint64_t deadline_mono_ns) {
    (void)deadline_mono_ns;
    if (behaves(instance, "crash-on-stop")) __builtin_trap();
    if (behaves(instance, "hang-on-stop")) hang();
}

static void destroy(void *instance) {
    if (behaves(instance, "crash-on-destroy")) __builtin_trap();
    if (behaves(instance, "hang-on-destroy")) hang();
    free(instance);
}

static const void *extension(const destination_adapter *adapter, destination_span id) {
    (void)adapter, (void)id;
    return NULL;
}

static const destination_descriptor descriptor = {
    .struct_size = sizeof(destination_descriptor),
    .event_types = SERVES,
    .product = TEXT("org.sealpost.test.misbehaving"),
    .version = TEXT(VERSION),
    .display_name = TEXT("Misbehaving (test)"),
    .settings_schema = TEXT("{\"type\":\"object\",\"properties\":{\"behaviour\":{\"type\":\"string\"},"
                            "\"marker\":{\"type\":\"string\"},\"id\":{\"type\":\"string\"}}}"),
    .max_concurrency = 4,
    .max_batch_events = 10000,
};

static const destination_adapter table = {
    .magic = MAGIC,
    .struct_size = sizeof(destination_adapter),
    .abi_major = MAJOR,
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

const destination_adapter *destination_adapter_entry(uint32_t host_abi_major,
                                                     uint32_t host_abi_minor) {
    (void)host_abi_minor;
#ifdef IN_ENTRY
    IN_ENTRY;
#endif
    return host_abi_major == DESTINATION_ABI_MAJOR ? &table : NULL;
}
