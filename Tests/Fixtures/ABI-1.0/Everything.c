/* An adapter of ABI 1.0 that uses everything that the header of 1.0 has, and believes nothing.
 *
 * What becomes of an event is the last word of its id: delivered, retry, rejected, auth, duplicate, unset, cancelled.
 * An event is REJECTED with the name of a check as its detail where the host does not keep the contract. Built once,
 * by build.sh, and never again: later hosts have to load these very bytes. */
#include <string.h>

#include "destination_adapter.h"

DESTINATION_NOTE("org.sealpost.test.abi-1-0", "1.0.0")

#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

static struct {
    const destination_host *host;
    size_t settings_length;
    int32_t secret_status, unnamed_status;
    uint32_t is_running;
    uint64_t started;
} self;

static destination_span span(const char *text) {
    return (destination_span){(const uint8_t *)text, strlen(text)};
}

static int32_t say(destination_text *problem, int32_t status, const char *text) {
    size_t length = strlen(text);
    if (problem == NULL) return status;
    if (problem->capacity > 0)
        memcpy(problem->data, text, length < problem->capacity ? length : problem->capacity);
    problem->length = length;
    return status;
}

static int32_t create(const destination_adapter *adapter, const destination_host *host, void **instance,
                      destination_text *problem) {
    if (adapter->magic != DESTINATION_ADAPTER_MAGIC) return say(problem, DESTINATION_FAILED, "another table");
    if (host->struct_size < DESTINATION_HOST_SIZE_1_0) return say(problem, DESTINATION_FAILED, "a small host");
    if (host->abi_major != DESTINATION_ABI_MAJOR) return say(problem, DESTINATION_FAILED, "another major");
    if (host->reserved != 0) return say(problem, DESTINATION_FAILED, "a reserved field");
    self.host = host;
    *instance = &self;
    return DESTINATION_OK;
}

static int32_t configure(void *instance, const destination_configuration *configuration,
                         destination_text *problem) {
    uint8_t bytes[64];
    destination_text secret = {bytes, sizeof bytes, 0};
    if (instance != &self) return say(problem, DESTINATION_FAILED, "another instance");
    if (configuration->struct_size < DESTINATION_CONFIGURATION_SIZE_1_0)
        return say(problem, DESTINATION_FAILED, "a small configuration");
    if (configuration->settings.length < 2 || configuration->settings.data[0] != '{')
        return say(problem, DESTINATION_INVALID, "settings, which are no object");
    if (configuration->destination_id.length == 0) return say(problem, DESTINATION_INVALID, "no destination id");
    self.settings_length = configuration->settings.length;
    self.secret_status = self.host->secret(self.host, span("token"), &secret);
    self.unnamed_status = self.host->secret(self.host, span("not-named"), &secret);
    return DESTINATION_OK;
}

static int32_t start(void *instance, destination_text *problem) {
    (void)instance;
    if (self.host->extension(self.host, span("host.none/1")) != NULL)
        return say(problem, DESTINATION_FAILED, "an extension that nobody knows");
    if (self.host->unix_ns(self.host) <= 0) return say(problem, DESTINATION_FAILED, "no time");
    self.started = self.host->mono_ns(self.host);
    self.is_running = 1;
    self.host->log(self.host, DESTINATION_LOG_INFO, span("an adapter of ABI 1.0 is running"));
    return DESTINATION_OK;
}

static const destination_event *event_at(const destination_batch *batch, uint32_t index) {
    return (const void *)((const uint8_t *)batch->events + (size_t)index * batch->event_stride);
}

/* NULL when the batch is as the contract has it. */
static const char *breach_of(const destination_batch *batch) {
    if (self.is_running == 0) return "deliver before start";
    if (batch->struct_size < DESTINATION_BATCH_SIZE_1_0) return "a small batch";
    if (batch->event_stride < DESTINATION_EVENT_SIZE_1_0 || batch->event_stride % 8 != 0) return "event stride";
    if (batch->result_stride < DESTINATION_RESULT_SIZE_1_0 || batch->result_stride % 4 != 0) return "result stride";
    if (batch->call_token == 0) return "no call token";
    if (self.host->mono_ns(self.host) < self.started) return "a clock that goes back";
    size_t at = 0;
    for (uint32_t i = 0; i < batch->event_count; i++) {
        destination_span json = event_at(batch, i)->json;
        if (at + json.length > batch->ndjson.length) return "ndjson, too short";
        if (memcmp(batch->ndjson.data + at, json.data, json.length) != 0) return "ndjson, other bytes";
        at += json.length;
        if (i + 1 < batch->event_count && batch->ndjson.data[at++] != '\n') return "ndjson, no line feed";
    }
    return at == batch->ndjson.length ? NULL : "ndjson, too long";
}

static const char *breach_of_event(const destination_event *event) {
    if (event->json.length == 0 || event->json.data[0] != '{') return "an event that is no object";
    if (event->type < DESTINATION_EVENT_IDENTIFY || event->type > DESTINATION_EVENT_ALIAS) return "its type";
    if (event->attempt < 1) return "its attempt";
    return event->received_unix_ns > 0 ? NULL : "its time";
}

static int ends_with(destination_span id, const char *word) {
    size_t length = strlen(word);
    return id.length >= length && memcmp(id.data + id.length - length, word, length) == 0;
}

static destination_result outcome_of(destination_span id, uint64_t call_token) {
    static const struct { const char *word; destination_result result; } outcomes[] = {
        {"retry", {DESTINATION_OUTCOME_RETRY, 503, 20, 0}},
        {"rejected", {DESTINATION_OUTCOME_REJECTED, 422, 0, 0}},
        {"auth", {DESTINATION_OUTCOME_AUTH, 401, 0, 0}},
        {"duplicate", {DESTINATION_OUTCOME_DUPLICATE, 0, 0, 0}},
        {"unset", {DESTINATION_OUTCOME_UNSET, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (ends_with(id, outcomes[i].word)) return outcomes[i].result;
    if (ends_with(id, "secret"))
        return (destination_result){DESTINATION_OUTCOME_DELIVERED, self.secret_status * 100 + self.unnamed_status, 0, 0};
    if (ends_with(id, "cancelled")) {
        while (self.host->cancelled(self.host, call_token) == 0) continue;
        return (destination_result){DESTINATION_OUTCOME_RETRY, 0, 7, DESTINATION_WHOLE_DESTINATION};
    }
    return (destination_result){DESTINATION_OUTCOME_DELIVERED, 0, 0, 0};
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    (void)instance;
    const char *breach = breach_of(batch);
    for (uint32_t i = 0; i < batch->event_count; i++) {
        const destination_event *event = event_at(batch, i);
        destination_result *result = (void *)((uint8_t *)results + (size_t)i * batch->result_stride);
        const char *wrong = breach != NULL ? breach : breach_of_event(event);
        if (wrong == NULL && (result->outcome | result->flags) != 0) wrong = "a result that is not zero";
        if (wrong == NULL) {
            *result = outcome_of(event->id, batch->call_token);
            if (result->outcome == DESTINATION_OUTCOME_REJECTED)
                self.host->detail(self.host, batch->call_token, i, span("as its id asks"));
        } else {
            *result = (destination_result){DESTINATION_OUTCOME_REJECTED, -1, 0, 0};
            self.host->detail(self.host, batch->call_token, i, span(wrong));
        }
    }
}

static int32_t flush(void *instance, uint64_t deadline_mono_ns, destination_text *problem) {
    (void)instance, (void)deadline_mono_ns;
    return self.is_running ? DESTINATION_OK : say(problem, DESTINATION_FAILED, "flush before start");
}

static void cancel(void *instance, uint64_t call_token) { (void)instance, (void)call_token; }

static void stop(void *instance, uint64_t deadline_mono_ns) {
    (void)instance, (void)deadline_mono_ns;
    self.is_running = 0;
}

static void destroy(void *instance) {
    (void)instance;
    self.host = NULL;
}

static const void *extension(const destination_adapter *adapter, destination_span id) {
    (void)adapter, (void)id;
    return NULL;
}

static const destination_descriptor descriptor = {
    .struct_size = sizeof(destination_descriptor),
    .event_types = DESTINATION_SERVES_ALL,
    .product = TEXT("org.sealpost.test.abi-1-0"),
    .version = TEXT("1.0.0"),
    .display_name = TEXT("ABI 1.0 (test)"),
    .settings_schema = TEXT("{\"type\":\"object\",\"properties\":{\"mode\":{\"type\":\"string\"},"
                            "\"token\":{\"type\":\"string\",\"x-secret\":true}}}"),
    .max_concurrency = 1,
    .max_batch_events = 500,
    .max_batch_bytes = 1 << 20,
    .max_string_length = 4096,
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

DESTINATION_EXPORT
const destination_adapter *destination_adapter_entry(uint32_t host_abi_major, uint32_t host_abi_minor) {
    (void)host_abi_minor;
    return host_abi_major == DESTINATION_ABI_MAJOR ? &table : NULL;
}
