// A whole destination adapter in C++: it posts every event to a URL, one event in each request.
//
// The host sends the requests (host.http/1), so this library opens no socket. No exception leaves it: what is thrown
// becomes a status or an outcome.
#include <algorithm>
#include <new>
#include <string>
#include <string_view>

#include "destination_adapter.h"

namespace {

destination_span span(std::string_view text) {
    return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}
std::string_view view(destination_span bytes) {
    return {reinterpret_cast<const char *>(bytes.data), bytes.length};
}

int32_t fail(destination_text *problem, int32_t status, std::string_view sentence) {
    if (problem != nullptr) {
        sentence.copy(reinterpret_cast<char *>(problem->data), problem->capacity);
        problem->length = sentence.size();
    }
    return status;
}

struct Adapter {
    const destination_host *host;
    const destination_http *http;
    std::string url;
};

// The settings are {"url":"..."} and nothing else: the schema below says so. With more of them, use a JSON parser.
bool read_url(std::string_view json, std::string &url) {
    const auto take = [&](std::string_view word) {
        json.remove_prefix(std::min(json.find_first_not_of(" \t\r\n"), json.size()));
        if (json.substr(0, word.size()) != word) return false;
        json.remove_prefix(word.size());
        return true;
    };
    if (!take("{") || !take("\"url\"") || !take(":") || !take("\"")) return false;
    const auto end = json.find('"');
    if (end == json.npos) return false;
    url = json.substr(0, end);
    for (size_t at; (at = url.find("\\/")) != url.npos;) url.erase(at, 1);
    json.remove_prefix(end + 1);
    return take("}") && json.find_first_not_of(" \t\r\n") == json.npos && url.find('\\') == url.npos &&
           (url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0);
}

// What an answer means for the event: the table of the integrators' guide.
uint32_t outcome(uint32_t status, int32_t code) {
    if (status == 0) return code == DESTINATION_REFUSED ? DESTINATION_OUTCOME_AUTH : DESTINATION_OUTCOME_RETRY;
    if (status < 300) return DESTINATION_OUTCOME_DELIVERED;
    if (status == 401 || status == 403 || status == 407) return DESTINATION_OUTCOME_AUTH;
    if (status == 409) return DESTINATION_OUTCOME_DUPLICATE;
    const bool later = status < 400 || status == 408 || status == 425 || status == 429 || status >= 500;
    return later ? DESTINATION_OUTCOME_RETRY : DESTINATION_OUTCOME_REJECTED;
}

int32_t create(const destination_adapter *, const destination_host *host, void **instance, destination_text *) {
    const void *http = host->extension(host, span(DESTINATION_EXTENSION_HTTP_1));
    *instance = new (std::nothrow) Adapter{host, static_cast<const destination_http *>(http), {}};
    return *instance == nullptr ? DESTINATION_FAILED : DESTINATION_OK;
}

int32_t configure(void *instance, const destination_configuration *configuration, destination_text *problem) try {
    if (read_url(view(configuration->settings), static_cast<Adapter *>(instance)->url)) return DESTINATION_OK;
    return fail(problem, DESTINATION_INVALID, "settings: \"url\" is needed, a whole URL, and nothing else. Set it.");
} catch (...) {
    return fail(problem, DESTINATION_FAILED, "there is no memory.");
}

int32_t start(void *instance, destination_text *problem) {
    if (static_cast<Adapter *>(instance)->http != nullptr) return DESTINATION_OK;
    return fail(problem, DESTINATION_INVALID, "the host sends no HTTP requests. Use a newer host.");
}

void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    const auto &self = *static_cast<Adapter *>(instance);
    const destination_http_header header = {span("Content-Type"), span("application/json")};
    uint32_t status = 0;
    int32_t code = DESTINATION_OK;
    bool goes_on = true;  // not after what holds for the whole destination
    for (uint32_t i = 0; i < batch->event_count; i++) {
        // By the strides: a later host's events and results may be larger than this header's.
        const auto *event = reinterpret_cast<const destination_event *>(
            reinterpret_cast<const uint8_t *>(batch->events) + size_t{i} * batch->event_stride);
        auto *result = reinterpret_cast<destination_result *>(reinterpret_cast<uint8_t *>(results) +
                                                              size_t{i} * batch->result_stride);
        if (goes_on && self.host->cancelled(self.host, batch->call_token) == 0) {
            destination_http_request request = {};
            request.struct_size = sizeof request;
            request.header_stride = sizeof header, request.header_count = 1, request.headers = &header;
            request.body_stride = sizeof event->json, request.body_count = 1, request.body = &event->json;
            request.method = span("POST"), request.url = span(self.url), request.call_token = batch->call_token;
            status = 0;
            code = self.http->send(
                self.host, &request,
                [](void *found, const destination_http_response *response) {
                    *static_cast<uint32_t *>(found) = response->status;
                },
                &status, nullptr);
            goes_on = status != 401 && status != 403 && status != 429 && status != 503 && status != 0;
        } else if (goes_on) {
            status = 0, code = DESTINATION_CANCELLED;
        }
        result->outcome = outcome(status, code);
        result->remote_code = static_cast<int32_t>(status);
        result->flags = status == 429 || status == 503 ? DESTINATION_WHOLE_DESTINATION : 0;
    }
}

int32_t flush(void *, uint64_t, destination_text *) { return DESTINATION_OK; }
void cancel(void *, uint64_t) {}
void stop(void *, uint64_t) {}
void destroy(void *instance) { delete static_cast<Adapter *>(instance); }
const void *extension(const destination_adapter *, destination_span) { return nullptr; }

constexpr std::string_view schema =
    R"({"type":"object","additionalProperties":false,"required":["url"],"properties":{)"
    R"("url":{"type":"string","description":"Where the events go, one request for each."}}})";

const destination_descriptor descriptor = {
    sizeof(destination_descriptor), DESTINATION_SERVES_ALL, span("com.example.post"), span("1.0.0"),
    span("Post (example)"), span(schema), 1, 100, 0, 0, DESTINATION_HOST_HTTP, 0};

const destination_adapter table = {
    DESTINATION_ADAPTER_MAGIC, sizeof(destination_adapter), DESTINATION_ABI_MAJOR, DESTINATION_ABI_MINOR, 0, 0, nullptr,
    &descriptor, create, configure, start, deliver, flush, cancel, stop, destroy, extension};

}  // namespace

DESTINATION_NOTE("com.example.post", "1.0.0")

extern "C" DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t) {
    return major == DESTINATION_ABI_MAJOR ? &table : nullptr;
}
