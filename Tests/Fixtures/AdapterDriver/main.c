/* The smallest host: loads one adapter in its own process and does what standard input says, line by line.
 *
 *   AdapterDriver LIBRARY SETTINGS REPORT
 *
 *   {...}          an event of the next batch
 *   (empty line)   delivers the batch
 *   !flush         flushes
 *   !restart       stop, configure, start
 *   !filesize N    no file may grow beyond N bytes from now on: writes behind that are cut or fail
 *   !deadline N    the next batches have N milliseconds
 *
 * REPORT is a file; it gets the descriptor, and one line for each status ("start 0", "start 2 <problem>"), each result
 * ("result <outcome> <remote code> <delay> <flags>"), each detail ("detail <index> <text>") and each log line
 * ("log <level> <text>"). The exit code is 0 if stop and destroy were reached. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "destination_adapter.h"

enum { maximum_events = 4096, maximum_bytes = 1 << 22 };

/* Kept in memory until the end: `!filesize` holds for the driver's own files, too. */
static FILE *report;
static uint64_t deadline;

static uint64_t mono_ns(const destination_host *host) {
    struct timespec now;
    (void)host;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int64_t unix_ns(const destination_host *host) {
    (void)host;
    return (int64_t)time(NULL) * 1000000000;
}

static void log_line(const destination_host *host, uint32_t level, destination_span text) {
    (void)host;
    fprintf(report, "log %u %.*s\n", level, (int)text.length, (const char *)text.data);
}

static void detail(const destination_host *host, uint64_t call, uint32_t index,
                   destination_span text) {
    (void)host, (void)call;
    fprintf(report, "detail %u %.*s\n", index, (int)text.length, (const char *)text.data);
}

static uint32_t cancelled(const destination_host *host, uint64_t call) {
    (void)call;
    return deadline != 0 && mono_ns(host) >= deadline;
}

static int32_t secret(const destination_host *host, destination_span name, destination_text *out) {
    (void)host, (void)name, (void)out;
    return DESTINATION_NOT_FOUND;
}

static const void *extension(const destination_host *host, destination_span id) {
    (void)host, (void)id;
    return NULL;
}

#ifdef DESTINATION_OUTCOME_LATER
/* Built with a later header (see LaterHeader.swift): whatever that one has more is here, full of noise, and what an
 * adapter writes behind the fields that it knows is told as "touched". */
enum { noise = 0xEE };
static int32_t later(const destination_host *host) {
    (void)host;
    abort();
}
#define MAKE_NOISE(place) memset((place), noise, sizeof(place))
static int is_noise(const void *place, size_t length) {
    const uint8_t *at = place;
    for (size_t i = 0; i < length; i++)
        if (at[i] != noise) return 0;
    return 1;
}
#endif

static const destination_host host = {
#ifdef DESTINATION_OUTCOME_LATER
    .features = DESTINATION_HOST_LATER | 1ull << 40,
    .later = later,
#endif
    .struct_size = sizeof(destination_host),
    .abi_major = DESTINATION_ABI_MAJOR,
    .abi_minor = DESTINATION_ABI_MINOR,
    .log = log_line,
    .detail = detail,
    .unix_ns = unix_ns,
    .mono_ns = mono_ns,
    .cancelled = cancelled,
    .secret = secret,
    .extension = extension,
};

static const destination_adapter *adapter;
static void *instance;
static char problem_bytes[1024];
static destination_text problem = {(uint8_t *)problem_bytes, sizeof problem_bytes - 1, 0};

static int say_status(const char *call, int32_t status) {
    size_t length = problem.length < problem.capacity ? problem.length : problem.capacity;
    fprintf(report, "%s %d%s%.*s\n", call, status, status == 0 ? "" : " ", (int)length,
            status == 0 ? "" : problem_bytes);
    problem.length = 0;
    return status == 0;
}

static void say(const char *what, destination_span text) {
    fprintf(report, "%s %.*s\n", what, (int)text.length, (const char *)text.data);
}

static void say_descriptor(const destination_descriptor *descriptor) {
    say("product", descriptor->product);
    say("version", descriptor->version);
    say("name", descriptor->display_name);
    say("schema", descriptor->settings_schema);
    fprintf(report, "kinds %u\n", descriptor->event_types);
}

static int configure_and_start(const char *settings) {
    destination_configuration configuration = {
        .struct_size = sizeof configuration,
        .settings = {(const uint8_t *)settings, strlen(settings)},
        .destination_id = {(const uint8_t *)"driver", 6},
    };
#ifdef DESTINATION_OUTCOME_LATER
    MAKE_NOISE(configuration.later);
#endif
    return say_status("configure", adapter->configure(instance, &configuration, &problem)) &&
           say_status("start", adapter->start(instance, &problem));
}

static char bytes[maximum_bytes];
static destination_event events[maximum_events];
static destination_result results[maximum_events];

static void deliver(uint32_t count, size_t length, uint64_t milliseconds) {
    static uint64_t call;
    destination_batch batch = {
        .struct_size = sizeof batch,
        .event_stride = sizeof events[0],
        .event_count = count,
        .result_stride = sizeof results[0],
        .events = events,
        .ndjson = {(const uint8_t *)bytes, length == 0 ? 0 : length - 1},
        .batch_id = 1,
        .call_token = ++call,
    };
    deadline = milliseconds == 0 ? 0 : mono_ns(&host) + milliseconds * 1000000;
    batch.deadline_mono_ns = deadline;
    memset(results, 0, sizeof results);
#ifdef DESTINATION_OUTCOME_LATER
    MAKE_NOISE(batch.later);
    for (uint32_t i = 0; i < count; i++) {
        MAKE_NOISE(events[i].later);
        MAKE_NOISE(results[i].later);
        events[i].flags = UINT64_MAX;
    }
#endif
    adapter->deliver(instance, &batch, results);
    for (uint32_t i = 0; i < count; i++)
        fprintf(report, "result %u %d %u %u\n", results[i].outcome, results[i].remote_code,
                results[i].retry_after_ms, results[i].flags);
#ifdef DESTINATION_OUTCOME_LATER
    for (uint32_t i = 0; i < count; i++)
        if (!is_noise(results[i].later, sizeof results[i].later)) fprintf(report, "touched %u\n", i);
#endif
}

/* The text of "messageId", as it stands in the line; nothing where there is none. */
static destination_span message_id(const char *json, size_t length) {
    static const char key[] = "\"messageId\":\"";
    const char *at = memmem(json, length, key, sizeof key - 1);
    if (at == NULL) return (destination_span){NULL, 0};
    at += sizeof key - 1;
    const char *end = memchr(at, '"', length - (size_t)(at - json));
    return (destination_span){(const uint8_t *)at, end == NULL ? 0 : (size_t)(end - at)};
}

static void limit_file_size(unsigned long long size) {
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = size;
    setrlimit(RLIMIT_FSIZE, &limit);
}

static int run(const char *settings) {
    static char line[maximum_bytes];
    uint32_t count = 0;
    size_t length = 0;
    unsigned long long milliseconds = 0, size = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t text = strcspn(line, "\n");
        if (text == 0) {
            deliver(count, length, milliseconds);
            count = 0, length = 0;
        } else if (strncmp(line, "!flush", 6) == 0) {
            say_status("flush", adapter->flush(instance, 0, &problem));
        } else if (strncmp(line, "!restart", 8) == 0) {
            adapter->stop(instance, 0);
            if (!configure_and_start(settings)) return 1;
        } else if (sscanf(line, "!filesize %llu", &size) == 1) {
            limit_file_size(size);
        } else if (sscanf(line, "!deadline %llu", &milliseconds) == 1) {
            continue;
        } else if (count < maximum_events && length + text < sizeof bytes) {
            memcpy(bytes + length, line, text);
            bytes[length + text] = '\n';
            events[count++] = (destination_event){
                .json = {(const uint8_t *)bytes + length, text},
                .id = message_id(bytes + length, text),
                .received_unix_ns = unix_ns(&host),
                .type = DESTINATION_EVENT_TRACK,
                .attempt = 1,
            };
            length += text + 1;
        }
    }
    adapter->stop(instance, 0);
    return 0;
}

static int drive(char **argv) {
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == NULL) {
        fprintf(report, "dlopen %s\n", dlerror());
        return 69;
    }
    const destination_adapter *(*entry)(uint32_t, uint32_t) = NULL;
    *(void **)&entry = dlsym(library, "destination_adapter_entry");
    if (entry == NULL) return 69;
    adapter = entry(DESTINATION_ABI_MAJOR, DESTINATION_ABI_MINOR);
    if (adapter == NULL || adapter->magic != DESTINATION_ADAPTER_MAGIC) return 69;
    say_descriptor(adapter->descriptor);
    if (!say_status("create", adapter->create(adapter, &host, &instance, &problem))) return 70;
    int code = configure_and_start(argv[2]) ? run(argv[2]) : 1;
    adapter->destroy(instance);
    return code;
}

int main(int argc, char **argv) {
    char *text = NULL;
    size_t length = 0;
    struct rlimit unlimited;
    if (argc != 4) return 64;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &unlimited);
    report = open_memstream(&text, &length);
    if (report == NULL) return 73;
    int code = drive(argv);
    fclose(report);
    setrlimit(RLIMIT_FSIZE, &unlimited);
    FILE *file = fopen(argv[3], "we");
    if (file == NULL || fwrite(text, 1, length, file) != length || fclose(file) != 0) return 73;
    return code;
}
