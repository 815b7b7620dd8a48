/* Three tests of the adapter, without a host: a small one stands here, whose HTTP answers what a test says. */
#include <stdio.h>
#include <string.h>

#include "destination_adapter.h"

static uint32_t status; /* what the next request is answered; 0 = no answer */
static char sent[4096];

static int32_t send_http(const destination_host *host, const destination_http_request *request,
                         destination_http_receiver receiver, void *context, destination_text *problem) {
    (void)host, (void)problem;
    sent[0] = 0;
    for (uint32_t i = 0; i < request->body_count; i++)
        strncat(sent, (const char *)request->body[i].data, request->body[i].length);
    if (status == 0) return DESTINATION_UNAVAILABLE;
    destination_http_header header = {{(const uint8_t *)"retry-after", 11}, {(const uint8_t *)"7", 1}};
    destination_http_response response = {sizeof response, status, sizeof header, 1, &header, {NULL, 0}};
    receiver(context, &response);
    return DESTINATION_OK;
}

static const destination_http http = {sizeof http, 0, send_http};

static const void *extension(const destination_host *host, destination_span id) {
    (void)host, (void)id;
    return &http;
}
static int64_t unix_ns(const destination_host *host) { return (void)host, 0; }
static uint64_t mono_ns(const destination_host *host) { return (void)host, 0; }
static uint32_t cancelled(const destination_host *host, uint64_t token) { return (void)host, (void)token, 0; }

static const destination_host host = {
    .struct_size = sizeof host, .abi_major = 1, .features = DESTINATION_HOST_HTTP,
    .unix_ns = unix_ns, .mono_ns = mono_ns, .cancelled = cancelled, .extension = extension,
};

static const char one[] = "{\"type\":\"track\",\"messageId\":\"m-1\"}";

/* Delivers one event while the destination answers `answer`. */
static destination_result deliver(uint32_t answer) {
    const destination_adapter *table = destination_adapter_entry(1, 0);
    static const char settings[] = "{\"url\":\"https://collector.example.com/\"}";
    destination_configuration configuration = {
        sizeof configuration, 0, {(const uint8_t *)settings, sizeof settings - 1}, {NULL, 0}};
    destination_event event = {{(const uint8_t *)one, sizeof one - 1}, {(const uint8_t *)"m-1", 3}, 0, 2, 1, 0};
    destination_batch batch = {sizeof batch, sizeof event, 1, sizeof(destination_result), &event,
                               {(const uint8_t *)one, sizeof one - 1}, 1, 1, 0};
    destination_result result = {0};
    void *instance = NULL;
    status = answer;
    if (table->create(table, &host, &instance, NULL) != DESTINATION_OK) return result;
    if (table->configure(instance, &configuration, NULL) == DESTINATION_OK &&
        table->start(instance, NULL) == DESTINATION_OK) {
        table->deliver(instance, &batch, &result);
        table->stop(instance, 0);
    }
    table->destroy(instance);
    return result;
}

static int failures;

static void expect(int holds, const char *sentence) {
    printf("%s %s\n", holds ? "ok  " : "FAIL", sentence);
    failures += !holds;
}

int main(void) {
    destination_result taken = deliver(200);
    expect(taken.outcome == DESTINATION_OUTCOME_DELIVERED && strstr(sent, one) == sent,
           "an event that the destination takes is delivered, as it is");
    destination_result busy = deliver(429);
    expect(busy.outcome == DESTINATION_OUTCOME_RETRY && busy.retry_after_ms == 7000 &&
               busy.flags == DESTINATION_WHOLE_DESTINATION,
           "a destination that is busy is left alone for as long as it says");
    expect(deliver(0).outcome == DESTINATION_OUTCOME_RETRY && deliver(401).outcome == DESTINATION_OUTCOME_AUTH,
           "no answer costs a retry, and credentials that are not accepted are told");
    return failures != 0;
}
