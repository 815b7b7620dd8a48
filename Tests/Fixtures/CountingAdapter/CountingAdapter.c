/* Counts events and bytes, and says DELIVERED of each. Where the setting "path" names a file, the counts are written
 * to it by flush and stop, as one line: "<events> <bytes>". */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "destination_adapter.h"

DESTINATION_NOTE("org.sealpost.test.counting", "1.0.0")

#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

typedef struct counter {
    const destination_host *host;
    _Atomic uint64_t events;
    _Atomic uint64_t bytes;
    char path[512];
} counter;

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

static void write_counts(counter *self) {
    if (self->path[0] == 0) return;
    FILE *file = fopen(self->path, "w");
    if (file == NULL) return;
    fprintf(file, "%llu %llu\n", (unsigned long long)self->events,
            (unsigned long long)self->bytes);
    fclose(file);
}

static int32_t create(const destination_adapter *adapter, const destination_host *host,
                      void **instance, destination_text *problem) {
    (void)adapter, (void)problem;
    counter *self = calloc(1, sizeof *self);
    if (self == NULL) return DESTINATION_FAILED;
    self->host = host;
    *instance = self;
    return DESTINATION_OK;
}

static int32_t configure(void *instance, const destination_configuration *configuration,
                         destination_text *problem) {
    counter *self = instance;
    (void)problem;
    (void)text_setting(configuration->settings, "path", self->path, sizeof self->path);
    return DESTINATION_OK;
}

static int32_t start(void *instance, destination_text *problem) {
    (void)instance, (void)problem;
    return DESTINATION_OK;
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    counter *self = instance;
    const uint8_t *events = (const uint8_t *)batch->events;
    uint8_t *answers = (uint8_t *)results;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < batch->event_count; i++) {
        const destination_event *event =
            (const void *)(events + (size_t)i * batch->event_stride);
        destination_result *answer = (void *)(answers + (size_t)i * batch->result_stride);
        bytes += event->json.length;
        answer->outcome = DESTINATION_OUTCOME_DELIVERED;
    }
    atomic_fetch_add(&self->events, batch->event_count);
    atomic_fetch_add(&self->bytes, bytes);
}

static int32_t flush(void *instance, uint64_t deadline_mono_ns, destination_text *problem) {
    (void)deadline_mono_ns, (void)problem;
    write_counts(instance);
    return DESTINATION_OK;
}

static void cancel(void *instance, uint64_t call_token) { (void)instance, (void)call_token; }

static void stop(void *instance, uint64_t deadline_mono_ns) {
    (void)deadline_mono_ns;
    write_counts(instance);
}

static void destroy(void *instance) { free(instance); }

static const void *extension(const destination_adapter *adapter, destination_span id) {
    (void)adapter, (void)id;
    return NULL;
}

static const destination_descriptor descriptor = {
    .struct_size = sizeof(destination_descriptor),
    .event_types = DESTINATION_SERVES_ALL,
    .product = TEXT("org.sealpost.test.counting"),
    .version = TEXT("1.0.0"),
    .display_name = TEXT("Counting (test)"),
    .settings_schema = TEXT("{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}"),
    .max_concurrency = 64,
    .max_batch_events = 1000000,
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

const destination_adapter *destination_adapter_entry(uint32_t host_abi_major,
                                                     uint32_t host_abi_minor) {
    (void)host_abi_minor;
    return host_abi_major == DESTINATION_ABI_MAJOR ? &table : NULL;
}
