@testable import AdapterLoading

extension CallingAdapter {
  /// Sends requests; what it says is the answer in words, or what the host said.
  static let http = CallingAdapter(
    name: "http", abiMinor: 0, feature: "DESTINATION_HOST_HTTP",
    calls: """
      static const destination_http *http;
      static int32_t created = -1, started = -1;

      static void receive(void *context, const destination_http_response *response) {
          int n = snprintf(said, sizeof said, "%u", response->status);
          for (uint32_t i = 0; i < response->header_count; i++)
              n += snprintf(said + n, sizeof said - n, " %.*s=%.*s", (int)response->headers[i].name.length,
                            (const char *)response->headers[i].name.data, (int)response->headers[i].value.length,
                            (const char *)response->headers[i].value.data);
          snprintf(said + n, sizeof said - n, " %.*s", (int)response->body.length, (const char *)response->body.data);
      }
      static destination_http_header headers[100];
      static destination_span pieces[3] = {TEXT("one,"), TEXT("two,"), TEXT("three")};
      static destination_http_request request(uint64_t token) {
          headers[0] = (destination_http_header){TEXT("X-A"), TEXT("1")};
          headers[1] = (destination_http_header){TEXT("X-B"), TEXT("2")};
          return (destination_http_request){sizeof(destination_http_request), sizeof headers[0], 2, sizeof pieces[0], 3,
              250, TEXT("POST"), TEXT("https://a.example/x"), headers, pieces, token};
      }
      static int32_t send(const destination_http_request *request) {
          destination_text problem = {(uint8_t *)said, sizeof said - 1, 0};
          memset(said, 0, sizeof said);
          return http->send(host, request, receive, NULL, &problem);
      }
      static int32_t plain(uint64_t token) { destination_http_request r = request(token); return send(&r); }
      static int32_t twice(uint64_t token) { plain(token); return plain(token); }
      static int32_t small(uint64_t token) { destination_http_request r = request(token); r.struct_size = 8; return send(&r); }
      static int32_t stride(uint64_t token) { destination_http_request r = request(token); r.header_stride = 4; return send(&r); }
      static int32_t nowhere(uint64_t token) { destination_http_request r = request(token); r.headers = NULL; return send(&r); }
      static int32_t many(uint64_t token) { destination_http_request r = request(token); r.header_count = 100; return send(&r); }
      static int32_t huge(uint64_t token) {
          destination_http_request r = request(token);
          pieces[1].length = 1ull << 40;
          return send(&r);
      }
      static int32_t nothing(uint64_t token) { return http->send(host, NULL, receive, NULL, NULL); }
      static int32_t deaf(uint64_t token) { destination_http_request r = request(token); return http->send(host, &r, NULL, NULL, NULL); }
      static int32_t answer;
      static void *elsewhere(void *token) { answer = plain(*(uint64_t *)token); return NULL; }
      static int32_t thread(uint64_t token) {
          pthread_t other;
          pthread_create(&other, NULL, elsewhere, &token);
          pthread_join(other, NULL);
          return answer;
      }
      static int32_t in_create(uint64_t token) { return created; }
      static int32_t in_start(uint64_t token) { return started; }
      static int32_t garbage(uint64_t token) {
          uint32_t message[3] = {105, 4, 0xFFFFFFFF};
          (void)!write(3, message, sizeof message);
          return plain(token);
      }
      static int32_t outside(uint64_t token) {
          uint32_t message[2] = {105, 0xF0000000};
          (void)!write(3, message, sizeof message);
          pause();
          return 0;
      }

      static int32_t find(void) {
          http = host->extension(host, (destination_span)TEXT(DESTINATION_EXTENSION_HTTP_1));
          if (host->extension(host, (destination_span)TEXT("host.http/2")) != NULL) return DESTINATION_FAILED;
          created = plain(0);
          return DESTINATION_OK;
      }
      static void at_start(void) { started = plain(0); }
      static int32_t at_flush(void) { return plain(0); }
      static void at_stop(void) { plain(0); }
      """)
}
