// A whole destination adapter in C++: it posts every event to a URL, one event in each request.
//
// The host sends the requests (host.http/1), so this library opens no socket. No exception leaves it: what is thrown
// becomes a status or an outcome.
#include <new>
#include <string>

#include "destination_kit.h"

namespace {

struct Adapter {
    const destination_host *host;
    const destination_http *http;
    std::string url;
};

int32_t create(const destination_adapter *, const destination_host *host, void **instance, destination_text *problem) {
    *instance = new (std::nothrow) Adapter{host, destination_http_of(host), {}};
    if (*instance != nullptr) return DESTINATION_OK;
    return destination_fail(problem, DESTINATION_FAILED, "there is no memory.");
}

int32_t configure(void *instance, const destination_configuration *configuration, destination_text *problem) try {
    std::string url(2048, '\0');
    if (destination_url_setting(configuration->settings, "url", url.data(), url.size()) == 1) {
        static_cast<Adapter *>(instance)->url = url.c_str();
        return DESTINATION_OK;
    }
    return destination_fail(problem, DESTINATION_INVALID, "settings, \"url\": it is no URL. Write it whole, with https://.");
} catch (...) {
    return destination_fail(problem, DESTINATION_FAILED, "there is no memory.");
}

int32_t start(void *instance, destination_text *problem) {
    if (static_cast<Adapter *>(instance)->http != nullptr) return DESTINATION_OK;
    return destination_fail(problem, DESTINATION_INVALID, "the host sends no HTTP requests. Use a newer host.");
}

void deliver(void *instance, const destination_batch *batch, destination_result *results) {
    const auto &self = *static_cast<Adapter *>(instance);
    const destination_http_header header = {destination_span_of("Content-Type"), destination_span_of("application/json")};
    destination_http_request request = {};
    request.method = destination_span_of("POST"), request.url = destination_span_of(self.url.c_str());
    request.headers = &header, request.header_count = 1;
    destination_deliver_lines(self.host, self.http, &request, batch, results, 1);
}

void destroy(void *instance) { delete static_cast<Adapter *>(instance); }

const destination_descriptor descriptor = {
    sizeof(destination_descriptor), DESTINATION_SERVES_ALL, DESTINATION_TEXT("com.example.post"),
    DESTINATION_TEXT("1.0.0"), DESTINATION_TEXT("Post (example)"),
    DESTINATION_TEXT(R"({"type":"object","additionalProperties":false,"required":["url"],"properties":{)"
                     R"("url":{"type":"string","description":"Where the events go, one request for each."}}})"),
    1, 100, 0, 0, DESTINATION_HOST_HTTP, 0};

const destination_adapter table = {
    DESTINATION_ADAPTER_MAGIC, sizeof(destination_adapter), DESTINATION_ABI_MAJOR, DESTINATION_ABI_MINOR, 0, 0, nullptr,
    &descriptor, create, configure, start, deliver, destination_no_flush, destination_no_cancel, destination_no_stop,
    destroy, destination_no_extension};

}  // namespace

DESTINATION_NOTE("com.example.post", "1.0.0")

extern "C" DESTINATION_EXPORT const destination_adapter *destination_adapter_entry(uint32_t major, uint32_t) {
    return major == DESTINATION_ABI_MAJOR ? &table : nullptr;
}
