/* What adapters in C and C++ have in common: settings, one outcome for each event, what an HTTP answer means, halves.
 *
 * Take it or leave it: `destination_adapter.h` is the whole contract, and nothing here is known to the host. All of it
 * is static, needs no library, and keeps nothing between two calls, so every thread may use it. C11 and C++17.
 *
 * An adapter with it is its settings, the request that it makes, and the table: Examples/CHTTPAdapter. */
#ifndef DESTINATION_KIT_H
#define DESTINATION_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "destination_adapter.h"

/* ------------------------------------------------------------------------------------------------- Texts, spans ---- */

/* A literal as the initializer of a `destination_span`. */
#define DESTINATION_TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

static inline destination_span destination_span_of(const char *text) {
    destination_span span;
    span.data = (const uint8_t *)text;
    span.length = strlen(text);
    return span;
}

/* Gives the operator a sentence, cut to the host's buffer, and returns `status`. */
static inline int32_t destination_fail(destination_text *problem, int32_t status, const char *sentence) {
    size_t length = strlen(sentence);
    if (problem == NULL) return status;
    if (problem->capacity > 0)
        memcpy(problem->data, sentence, length < problem->capacity ? length : problem->capacity);
    problem->length = length;
    return status;
}

/* ------------------------------------------------------------------------------------------- Events and results ---- */

/* By the strides: a later host's events and results may be larger than this header's. */
static inline const destination_event *destination_event_at(const destination_batch *batch, uint32_t index) {
    const void *event = (const uint8_t *)batch->events + (size_t)index * batch->event_stride;
    return (const destination_event *)event;
}

static inline destination_result *destination_result_at(const destination_batch *batch, destination_result *results,
                                                        uint32_t index) {
    void *result = (uint8_t *)results + (size_t)index * batch->result_stride;
    return (destination_result *)result;
}

/* ----------------------------------------------------------------------------------------------------- Settings ---- */

/* Skips blanks, then takes `character` if it stands there. */
static inline int destination_json_take(destination_span *json, char character) {
    while (json->length > 0 && memchr(" \t\r\n", *json->data, 4) != NULL) json->data++, json->length--;
    if (json->length == 0 || *json->data != (uint8_t)character) return 0;
    json->data++, json->length--;
    return 1;
}

/* Takes the four digits of an escape. */
static inline int destination_json_hex(destination_span *json, uint32_t *unit) {
    *unit = 0;
    if (json->length < 4) return 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = json->data[i];
        uint32_t digit = c >= '0' && c <= '9' ? c - '0' + 0u : ((uint32_t)c | 0x20u) - 'a' + 10u;
        if (digit > 15 || (c < 'A' && c > '9')) return 0;
        *unit = *unit * 16 + digit;
    }
    json->data += 4, json->length -= 4;
    return 1;
}

/* Takes the character behind a backslash, as UTF-8: up to 4 bytes in `bytes`, or 0 where it is none. */
static inline size_t destination_json_escape(destination_span *json, uint8_t bytes[4]) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint32_t scalar, low;
    if (json->length == 0) return 0;
    uint8_t name = *json->data;
    json->data++, json->length--;
    const void *found = memchr(names, name, sizeof names - 1);
    if (found != NULL) {
        bytes[0] = (uint8_t)values[(const char *)found - names];
        return 1;
    }
    if (name != 'u' || !destination_json_hex(json, &scalar)) return 0;
    if (scalar >= 0xD800 && scalar < 0xDC00 && json->length >= 2 && json->data[0] == '\\' && json->data[1] == 'u') {
        json->data += 2, json->length -= 2;
        if (!destination_json_hex(json, &low) || low < 0xDC00 || low > 0xDFFF) return 0;
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
    }
    if (scalar >= 0xD800 && scalar <= 0xDFFF) return 0;
    if (scalar < 0x80) return bytes[0] = (uint8_t)scalar, 1;
    size_t length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; scalar >>= 6) bytes[i] = (uint8_t)(0x80 | (scalar & 0x3F));
    bytes[0] = (uint8_t)((0xF00u >> length & 0xF0u) | scalar);
    return length;
}

/* Takes a text whose opening quote was taken. What of it fits is in `out`, its whole length in `*length`. */
static inline int destination_json_string(destination_span *json, char *out, size_t capacity, size_t *length) {
    *length = 0;
    while (json->length > 0) {
        uint8_t bytes[4];
        size_t count = 1;
        bytes[0] = *json->data;
        json->data++, json->length--;
        if (bytes[0] == '"') return 1;
        if (bytes[0] == '\\') count = destination_json_escape(json, bytes);
        if (count == 0) return 0;
        for (size_t i = 0; i < count; i++, (*length)++)
            if (*length < capacity) out[*length] = (char)bytes[i];
    }
    return 0;
}

/* Skips a value of whatever kind. */
static inline int destination_json_skip(destination_span *json) {
    size_t depth = 0, length, scalar = 0;
    do {
        if (destination_json_take(json, '"')) {
            if (!destination_json_string(json, NULL, 0, &length)) return 0;
        } else if (destination_json_take(json, '{') || destination_json_take(json, '[')) {
            depth++;
        } else if (depth > 0 && (destination_json_take(json, '}') || destination_json_take(json, ']'))) {
            depth--;
        } else if (depth == 0 || !(destination_json_take(json, ',') || destination_json_take(json, ':'))) {
            for (scalar = 0; json->length > 0 && memchr(",:]} \t\r\n", *json->data, 8) == NULL; scalar++)
                json->data++, json->length--;
            if (scalar == 0) return 0;
        }
    } while (depth > 0);
    return 1;
}

/* One text of the settings, a JSON object, with a NUL behind it. 1: it is in `buffer`. 0: there is no such setting, and
 * `buffer` is as it was. -1: it is no text, holds a NUL or is too long for `capacity`, or the settings are no object.
 * The host has held them to the schema before. */
static inline int destination_setting(destination_span settings, const char *name, char *buffer, size_t capacity) {
    char key[128];
    size_t length;
    if (!destination_json_take(&settings, '{')) return -1;
    if (destination_json_take(&settings, '}')) return 0;
    do {
        if (!destination_json_take(&settings, '"') || !destination_json_string(&settings, key, sizeof key, &length) ||
            !destination_json_take(&settings, ':'))
            return -1;
        if (length != strlen(name) || length > sizeof key || memcmp(key, name, length) != 0) {
            if (!destination_json_skip(&settings)) return -1;
            continue;
        }
        if (!destination_json_take(&settings, '"') || !destination_json_string(&settings, buffer, capacity, &length))
            return -1;
        if (length >= capacity || memchr(buffer, 0, length) != NULL) return -1;
        buffer[length] = 0;
        return 1;
    } while (destination_json_take(&settings, ','));
    return destination_json_take(&settings, '}') ? 0 : -1;
}

/* The same, for a URL: -1 also where it begins with neither https:// nor http://. */
static inline int destination_url_setting(destination_span settings, const char *name, char *buffer, size_t capacity) {
    int found = destination_setting(settings, name, buffer, capacity);
    if (found == 1 && strncmp(buffer, "https://", 8) != 0 && strncmp(buffer, "http://", 7) != 0) return -1;
    return found;
}

/* --------------------------------------------------------------------------------------------------------- HTTP ---- */

/* NULL where the host sends no requests. */
static inline const destination_http *destination_http_of(const destination_host *host) {
    return (const destination_http *)host->extension(host, destination_span_of(DESTINATION_EXTENSION_HTTP_1));
}

/* What one request brought. */
typedef struct destination_answer {
    int32_t code;    /* what `send` returned */
    uint32_t status; /* 0 = no answer came */
    uint32_t retry_after_ms;
    uint32_t reserved;
    int64_t now; /* seconds since 1970, for a Retry-After that is a date */
} destination_answer;

/* Retry-After in seconds, or as a date: RFC 9110, 10.2.3. At most a day; 0 where it is neither. */
static inline uint32_t destination_retry_after_ms(destination_span value, int64_t now) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[40], month[4] = "", *end;
    int day, year, hours, minutes, seconds;
    size_t length = value.length < sizeof text ? value.length : sizeof text - 1;
    memcpy(text, value.data, length);
    text[length] = 0;
    long long delay = strtoll(text, &end, 10);
    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &day, month, &year, &hours, &minutes,
               &seconds) == 6) {
        const char *place = strlen(month) == 3 ? strstr(months, month) : NULL;
        if (place == NULL || (place - months) % 3 != 0) return 0;
        int64_t y = year - (place - months < 6), m = ((place - months) / 3 + 10) % 12; /* its year begins in March */
        int64_t days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
        delay = days * 86400 + hours * 3600 + minutes * 60 + seconds - now;
    } else if (end == text) {
        return 0;
    }
    return delay < 0 ? 0 : delay > 86400 ? 86400000u : (uint32_t)delay * 1000u;
}

/* The receiver of `send`; its context is a `destination_answer`. */
static inline void destination_receive(void *context, const destination_http_response *response) {
    destination_answer *answer = (destination_answer *)context;
    answer->status = response->status;
    for (uint32_t i = 0; i < response->header_count; i++) {
        const void *at = (const uint8_t *)response->headers + (size_t)i * response->header_stride;
        const destination_http_header *header = (const destination_http_header *)at;
        if (header->name.length == 11 && memcmp(header->name.data, "retry-after", 11) == 0)
            answer->retry_after_ms = destination_retry_after_ms(header->value, answer->now);
    }
}

/* What an answer means for the events that were sent: the table of the integrators' guide. */
static inline destination_result destination_result_of(const destination_answer *answer) {
    uint32_t status = answer->status;
    destination_result result;
    memset(&result, 0, sizeof result);
    result.remote_code = (int32_t)status;
    if (status == 0) {
        result.outcome = answer->code == DESTINATION_REFUSED ? DESTINATION_OUTCOME_AUTH : DESTINATION_OUTCOME_RETRY;
    } else if (status >= 200 && status < 300) {
        result.outcome = DESTINATION_OUTCOME_DELIVERED;
    } else if (status == 401 || status == 403 || status == 407) {
        result.outcome = DESTINATION_OUTCOME_AUTH;
    } else if (status == 409) {
        result.outcome = DESTINATION_OUTCOME_DUPLICATE;
    } else if (status < 400 || status == 408 || status == 425 || status == 429 || status >= 500) {
        result.outcome = DESTINATION_OUTCOME_RETRY;
        result.retry_after_ms = answer->retry_after_ms;
        result.flags = status < 400 || status == 429 || status == 503 ? DESTINATION_WHOLE_DESTINATION : 0;
    } else {
        result.outcome = DESTINATION_OUTCOME_REJECTED;
    }
    return result;
}

/* Whether the next request would fare no better. */
static inline int destination_holds_for_all(const destination_answer *answer) {
    destination_result result = destination_result_of(answer);
    return answer->status == 0 || result.outcome == DESTINATION_OUTCOME_AUTH || result.flags != 0;
}

/* Sends `count` events from `first` on, one a line, with what else `request` says. */
static inline destination_answer destination_post(const destination_host *host, const destination_http *http,
                                                  destination_http_request request, const destination_batch *batch,
                                                  uint32_t first, uint32_t count) {
    destination_answer answer = {DESTINATION_CANCELLED, 0, 0, 0, 0};
    if (host->cancelled(host, batch->call_token) != 0) return answer;
    destination_span *body = (destination_span *)calloc(2 * (size_t)count, sizeof *body);
    answer.code = DESTINATION_FAILED;
    if (body == NULL) return answer;
    for (uint32_t i = 0; i < count; i++) {
        body[2 * i] = destination_event_at(batch, first + i)->json;
        body[2 * i + 1] = destination_span_of("\n");
    }
    answer.now = host->unix_ns(host) / 1000000000;
    request.struct_size = sizeof request;
    request.header_stride = sizeof *request.headers;
    request.body_stride = sizeof *body;
    request.body_count = 2 * count - 1; /* no feed behind the last: a single event is a JSON text */
    request.body = body;
    request.call_token = batch->call_token;
    answer.code = http->send(host, &request, destination_receive, &answer, NULL);
    free(body);
    return answer;
}

/* Delivers a batch in requests of up to `most` events, one a line, and writes an outcome for each event.
 *
 * `request` says method, URL, headers and timeout; the rest is filled in. A part that is refused for what it holds
 * (400, 413, 422) is halved until the event is found that the destination does not take. After credentials that are
 * refused, no answer, or an answer that speaks for the whole destination, nothing more is sent. */
static inline void destination_deliver_lines(const destination_host *host, const destination_http *http,
                                             const destination_http_request *request, const destination_batch *batch,
                                             destination_result *results, uint32_t most) {
    destination_answer answer = {DESTINATION_OK, 0, 0, 0, 0};
    uint32_t part = most, goes_on = 1;
    for (uint32_t first = 0; first < batch->event_count;) {
        uint32_t count = batch->event_count - first < part ? batch->event_count - first : part;
        if (goes_on) answer = destination_post(host, http, *request, batch, first, count);
        goes_on = goes_on && !destination_holds_for_all(&answer);
        if (count > 1 && (answer.status == 400 || answer.status == 413 || answer.status == 422)) {
            part = count / 2;
            continue;
        }
        for (uint32_t i = first; i < first + count; i++)
            *destination_result_at(batch, results, i) = destination_result_of(&answer);
        first += count;
        part = part < most / 2 ? 2 * part : most;
    }
}

/* ----------------------------------------------------------------------------- Calls with nothing to do in them ---- */

/* Nothing is kept back: what was reported as delivered has arrived. */
static inline int32_t destination_no_flush(void *instance, uint64_t deadline_mono_ns, destination_text *problem) {
    (void)instance, (void)deadline_mono_ns, (void)problem;
    return DESTINATION_OK;
}

/* The host ends the request of a call that is called off. */
static inline void destination_no_cancel(void *instance, uint64_t call_token) { (void)instance, (void)call_token; }

static inline void destination_no_stop(void *instance, uint64_t deadline_mono_ns) {
    (void)instance, (void)deadline_mono_ns;
}

static inline const void *destination_no_extension(const destination_adapter *table, destination_span id) {
    (void)table, (void)id;
    return NULL;
}

#endif
