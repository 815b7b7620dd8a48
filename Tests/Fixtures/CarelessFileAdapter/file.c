/* An adapter that appends events to a file, one a line. With BUFFERS it says DELIVERED while they are in a buffer yet. */
#include "destination_kit.h"

DESTINATION_NOTE("org.sealpost.test.careless-file", "1.0.0")

typedef struct {
    char path[4096];
    FILE *file;
} sink;

static int32_t create(const destination_adapter *table, const destination_host *host, void **instance,
                      destination_text *problem) {
    (void)table, (void)host, (void)problem;
    *instance = calloc(1, sizeof(sink));
    return DESTINATION_OK;
}

static int32_t configure(void *instance, const destination_configuration *configuration, destination_text *problem) {
    sink *self = instance;
    if (destination_setting(configuration->settings, "path", self->path, sizeof self->path) == 1) return DESTINATION_OK;
    return destination_fail(problem, DESTINATION_INVALID, "settings, \"path\": it is missing. Name a file.");
}

static int32_t start(void *instance, destination_text *problem) {
    sink *self = instance;
    self->file = fopen(self->path, "a");
    if (self->file != NULL) return DESTINATION_OK;
    return destination_fail(problem, DESTINATION_INVALID, "settings, \"path\": it cannot be written. Name another.");
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    sink *self = instance;
    uint32_t outcome = DESTINATION_OUTCOME_DELIVERED;
    for (uint32_t i = 0; i < batch->event_count; i++) {
        destination_span json = destination_event_at(batch, i)->json;
        fwrite(json.data, 1, json.length, self->file);
        fputc('\n', self->file);
    }
#ifndef BUFFERS
    if (fflush(self->file) != 0) outcome = DESTINATION_OUTCOME_RETRY;
#endif
    for (uint32_t i = 0; i < batch->event_count; i++) destination_result_at(batch, results, i)->outcome = outcome;
}

static void stop(void *instance, uint64_t deadline_mono_ns) {
    sink *self = instance;
    (void)deadline_mono_ns;
    fclose(self->file);
}

static void destroy(void *instance) { free(instance); }

static const destination_descriptor descriptor = {
    .struct_size = sizeof descriptor, .event_types = DESTINATION_SERVES_ALL,
    .product = DESTINATION_TEXT("org.sealpost.test.careless-file"), .version = DESTINATION_TEXT("1.0.0"),
    .display_name = DESTINATION_TEXT("Careless file (test)"),
    .settings_schema = DESTINATION_TEXT(
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"path\"],\"properties\":{"
        "\"path\":{\"type\":\"string\",\"description\":\"The file.\"}}}"),
    .max_concurrency = 1, .max_batch_events = 100};

static const destination_adapter table = {
    .magic = DESTINATION_ADAPTER_MAGIC, .struct_size = sizeof table, .abi_major = 1, .descriptor = &descriptor,
    .create = create, .configure = configure, .start = start, .deliver = deliver, .flush = destination_no_flush,
    .cancel = destination_no_cancel, .stop = stop, .destroy = destroy, .extension = destination_no_extension};

DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
    (void)minor;
    return major == 1 ? &table : NULL;
}
