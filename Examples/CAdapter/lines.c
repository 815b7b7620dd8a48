/* A whole destination adapter in C: it appends each event to a file, as one line.
 *
 * An event is DELIVERED when the disk has it. What the disk does not take is cut off again and answered with RETRY,
 * so a batch is in the file whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "destination_adapter.h"

#define PRODUCT "com.example.lines"
#define VERSION "1.0.0"
#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

DESTINATION_NOTE(PRODUCT, VERSION)

typedef struct {
    const destination_host *host;
    char path[4096];
    int file; /* -1 while it is closed */
} lines;

static destination_span span(const char *text) { return (destination_span){(const uint8_t *)text, strlen(text)}; }

/* Says in one sentence why a call failed. */
static int32_t fail(destination_text *problem, int32_t status, const char *sentence) {
    size_t length = strlen(sentence);
    if (problem == NULL) return status;
    if (problem->capacity > 0)
        memcpy(problem->data, sentence, length < problem->capacity ? length : problem->capacity);
    problem->length = length;
    return status;
}

static int32_t create(const destination_adapter *adapter, const destination_host *host, void **instance,
                      destination_text *problem) {
    lines *self = calloc(1, sizeof *self);
    (void)adapter;
    if (self == NULL) return fail(problem, DESTINATION_FAILED, "there is no memory.");
    self->host = host;
    self->file = -1;
    *instance = self;
    return DESTINATION_OK;
}

/* Skips blanks, then takes `word` if it stands there. */
static int take(destination_span *json, const char *word) {
    size_t length = strlen(word);
    while (json->length > 0 && strchr(" \t\r\n", *json->data) != NULL) json->data++, json->length--;
    if (json->length < length || memcmp(json->data, word, length) != 0) return 0;
    json->data += length, json->length -= length;
    return 1;
}

/* The settings are {"path":"..."} and nothing else: the schema below says so, and a host holds them against it. */
static int32_t configure(void *instance, const destination_configuration *configuration, destination_text *problem) {
    lines *self = instance;
    destination_span json = configuration->settings;
    size_t length = 0;
    if (!take(&json, "{") || !take(&json, "\"path\"") || !take(&json, ":") || !take(&json, "\""))
        return fail(problem, DESTINATION_INVALID, "settings: only \"path\" is known, and it is needed. Set it.");
    for (; json.length > 0 && *json.data != '"'; json.data++, json.length--) {
        /* JSON may escape a quote, a backslash and a slash; no path needs another escape. */
        if (*json.data == '\\' && (json.length < 2 || strchr("\"\\/", json.data[1]) == NULL)) break;
        if (*json.data == '\\') json.data++, json.length--;
        if (length + 1 < sizeof self->path) self->path[length++] = (char)*json.data;
    }
    self->path[length] = 0;
    if (!take(&json, "\"") || !take(&json, "}") || length == 0 || length + 1 >= sizeof self->path)
        return fail(problem, DESTINATION_INVALID, "settings, \"path\": it is no path of a file. Write an absolute path.");
    return DESTINATION_OK;
}

static int32_t start(void *instance, destination_text *problem) {
    lines *self = instance;
    self->file = open(self->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (self->file >= 0) return DESTINATION_OK;
    return fail(problem, DESTINATION_UNAVAILABLE, strerror(errno));
}

/* Appends the bytes and a line feed, and waits for the disk; 0, or an errno with the file as it was before. */
static int append(int file, destination_span text) {
    off_t begin = lseek(file, 0, SEEK_END);
    size_t sent = 0;
    if (begin < 0) return errno;
    while (sent <= text.length) {
        struct iovec parts[2] = {{(void *)(uintptr_t)(text.data + sent), text.length - sent}, {(char[]){'\n'}, 1}};
        ssize_t done = writev(file, parts, 2);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) break;
        sent += (size_t)done;
    }
    if (sent == text.length + 1 && fdatasync(file) == 0) return 0;
    int code = errno;
    return ftruncate(file, begin) == 0 ? code : EIO;
}

static void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    lines *self = instance;
    int code = batch->event_count == 0 ? 0 : append(self->file, batch->ndjson);
    for (uint32_t i = 0; i < batch->event_count; i++) {
        /* By the stride: a later host's results may be larger than this header's. */
        destination_result *result = (void *)((uint8_t *)results + (size_t)i * batch->result_stride);
        result->outcome = code == 0 ? DESTINATION_OUTCOME_DELIVERED : DESTINATION_OUTCOME_RETRY;
        result->remote_code = code;
        result->flags = code == 0 ? 0 : DESTINATION_WHOLE_DESTINATION;
        if (code != 0) self->host->detail(self->host, batch->call_token, i, span(strerror(code)));
    }
}

/* Nothing is left to do here: what was reported as delivered is on the disk. */
static int32_t flush(void *instance, uint64_t deadline_mono_ns, destination_text *problem) {
    (void)instance, (void)deadline_mono_ns, (void)problem;
    return DESTINATION_OK;
}

/* A write to a disk cannot be called off, and is short. */
static void cancel(void *instance, uint64_t call_token) { (void)instance, (void)call_token; }

static void stop(void *instance, uint64_t deadline_mono_ns) {
    lines *self = instance;
    (void)deadline_mono_ns;
    close(self->file);
    self->file = -1;
}

static void destroy(void *instance) {
    lines *self = instance;
    if (self->file >= 0) close(self->file);
    free(self);
}

static const void *extension(const destination_adapter *adapter, destination_span id) {
    (void)adapter, (void)id;
    return NULL;
}

static const destination_descriptor descriptor = {
    .struct_size = sizeof(destination_descriptor),
    .event_types = DESTINATION_SERVES_ALL,
    .product = TEXT(PRODUCT),
    .version = TEXT(VERSION),
    .display_name = TEXT("Lines of a file (example)"),
    .settings_schema = TEXT("{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"path\"],"
                            "\"properties\":{\"path\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":4095}}}"),
    .max_concurrency = 1,
    .max_batch_events = 1000,
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
