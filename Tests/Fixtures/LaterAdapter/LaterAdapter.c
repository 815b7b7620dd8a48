/* An adapter built with a later minor of the header, made by LaterHeader.swift. It uses what is new where the host has
 * it, and does without where it has not: a field counts as there when the size or the stride that the host gives
 * covers it.
 *
 * Each event is DELIVERED, with the remote code 10 from a host of 1.0 and 11 from a later one; one whose id ends in
 * "later" gets the outcome that 1.0 does not know. */
#include <string.h>

#include "destination_adapter.h"

DESTINATION_NOTE("org.sealpost.test.later", "1.0.0")

#ifndef MINOR_REQUIRED
#define MINOR_REQUIRED 0
#endif
#ifndef FEATURES
#define FEATURES 0
#endif

#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}
#define HAS(size, type, field) ((size) >= offsetof(type, field) + sizeof(((type *)0)->field))

static const destination_host *host;

static int32_t create(const destination_adapter *adapter, const destination_host *given, void **instance,
                      destination_text *problem) {
    (void)adapter, (void)instance, (void)problem;
    host = given;
    return DESTINATION_OK;
}

static int32_t configure(void *instance, const destination_configuration *configuration,
                         destination_text *problem) {
    (void)instance, (void)configuration, (void)problem;
    return DESTINATION_OK;
}

static int32_t start(void *instance, destination_text *problem) {
    (void)instance, (void)problem;
    if (HAS(host->struct_size, destination_host, later)) (void)host->later(host);
    return DESTINATION_OK;
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    (void)instance;
    for (uint32_t i = 0; i < batch->event_count; i++) {
        const destination_event *event =
            (const void *)((const uint8_t *)batch->events + (size_t)i * batch->event_stride);
        destination_result *result = (void *)((uint8_t *)results + (size_t)i * batch->result_stride);
        int is_later = HAS(batch->event_stride, destination_event, later);
        size_t length = event->id.length;
        int asks = length >= 5 && memcmp(event->id.data + length - 5, "later", 5) == 0;
        result->outcome = asks ? DESTINATION_OUTCOME_LATER : DESTINATION_OUTCOME_DELIVERED;
        result->remote_code = is_later ? 11 : 10;
        if (HAS(batch->result_stride, destination_result, later)) result->later[0] = 1;
    }
}

static int32_t flush(void *instance, uint64_t deadline, destination_text *problem) {
    (void)instance, (void)deadline, (void)problem;
    return DESTINATION_OK;
}

static void cancel(void *instance, uint64_t token) { (void)instance, (void)token; }
static void stop(void *instance, uint64_t deadline) { (void)instance, (void)deadline; }
static void destroy(void *instance) { (void)instance; }
static int32_t later(void *instance) {
    (void)instance;
    return DESTINATION_OK;
}

static const void *extension(const destination_adapter *adapter, destination_span id) {
    (void)adapter, (void)id;
    return NULL;
}

static const destination_descriptor descriptor = {
    .struct_size = sizeof(destination_descriptor),
    .event_types = DESTINATION_SERVES_ALL | DESTINATION_SERVES_LATER,
    .product = TEXT("org.sealpost.test.later"),
    .version = TEXT("1.0.0"),
    .display_name = TEXT("Later (test)"),
    .max_concurrency = 1,
    .max_batch_events = 100,
    .required_host_features = FEATURES,
    .later = {UINT64_MAX, UINT64_MAX},
};

static const destination_adapter table = {
    .magic = DESTINATION_ADAPTER_MAGIC,
    .struct_size = sizeof(destination_adapter),
    .abi_major = DESTINATION_ABI_MAJOR,
    .abi_minor = DESTINATION_ABI_MINOR,
    .abi_minor_required = MINOR_REQUIRED,
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
    .later = later,
};

const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t minor) {
    (void)minor;
    return major == DESTINATION_ABI_MAJOR ? &table : NULL;
}
