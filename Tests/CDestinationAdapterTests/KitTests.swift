import Foundation
import Testing

/// `destination_kit.h`, by programs in C that a compiler with its sanitizers made.
@Suite struct KitTests {
  @Test(arguments: Compiler.all.filter { Compiler.isPresent($0.command) })
  func `the kit compiles without a warning`(compiler: Compiler) throws {
    #expect(try compiler.check("#include \"destination_kit.h\"\n").isEmpty)
  }

  /// Settings, and what `destination_setting` makes of "url" in them: its status, then the text.
  static let settings = [
    (#"{"url":"https://a.example/"}"#, "1 https://a.example/"),
    (#" { "token" : {"a":[1,"]}",{}], "b":null} , "url" : "u" } "#, "1 u"),
    (#"{"a":1.5e3,"b":true,"c":"\"url\":","url":"\u0041\/\u00e9\ud83d\ude00\\\""}"#, #"1 A/é😀\""#),
    ("{}", "0 "), (#"{"url2":"x","ur":"y"}"#, "0 "), (#"{"a":{"url":"x"}}"#, "0 "),
    ("", "-1 "), ("[]", "-1 "), (#"{"url":7}"#, "-1 "), (#"{"url":null}"#, "-1 "),
    (#"{"url":"a\u0000b"}"#, "-1 "), (#"{"url":"\ud800"}"#, "-1 "), (#"{"url":"\x"}"#, "-1 "),
    (#"{"url":"\u00zz"}"#, "-1 "), (#"{"url":"0123456789012345678901234567890123456789"}"#, "-1 "),
    (#"{"a":,"url":"x"}"#, "-1 "), (#"{"a":1 "url":"x"}"#, "-1 "), (#"{"a":[1,"url":"x"}"#, "-1 "),
  ]

  @Test(.enabled(if: Compiler.isPresent("clang"), "no clang here"), arguments: settings)
  func `a text of the settings is found, or it is said why not`(
    document: String, expected: String
  ) throws {
    #expect(try Self.read(document) == expected)
  }

  @Test(.enabled(if: Compiler.isPresent("clang"), "no clang here"))
  func `settings that were cut or changed anywhere are read within their bytes`() throws {
    let program = """
      static const uint8_t whole[] = { \(Self.bytes(Self.settings[2].0)) };
      int main(void) {
          unsigned found = 0;
          for (size_t length = 0; length <= sizeof whole; length++) {
              for (unsigned change = 0; change < 256; change++) {
                  uint8_t *copy = malloc(length ? length : 1); /* on its own, so that a byte too far is seen */
                  memcpy(copy, whole, length);
                  if (length > 0) copy[(length * 7 + change) % length] ^= (uint8_t)change;
                  destination_span span = {copy, length};
                  char text[32];
                  found += destination_setting(span, "url", text, sizeof text) == 1;
                  free(copy);
              }
          }
          puts(found > 0 && found < 256 * sizeof whole ? "read" : "odd");
      }
      """
    #expect(try Self.sanitized(program) == "read\n")
  }

  /// Values of Retry-After when it is 1994-11-06 08:49:30, and the milliseconds that they ask for.
  static let delays = [
    ("7", 7000), ("0", 0), ("-5", 0), ("86401", 86_400_000), ("99999999999999999999", 86_400_000),
    ("Sun, 06 Nov 1994 08:49:37 GMT", 7000), ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
    ("Tue, 29 Feb 2000 00:00:00 GMT", 86_400_000), ("Mon, 07 Nov 1994 08:49:29 GMT", 86_399_000),
    ("", 0), ("soon", 0), ("Sun, 06 Xyz 1994 08:49:37 GMT", 0),
    ("Sun, 06 anF 1994 08:49:37 GMT", 0),
    ("Sun, 06 Nov 1994", 0),
  ]

  @Test(.enabled(if: Compiler.isPresent("clang"), "no clang here"))
  func `Retry-After is obeyed in seconds and as a date, up to a day`() throws {
    let calls = Self.delays.map {
      "printf(\"%u\\n\", destination_retry_after_ms(destination_span_of(\"\($0.0)\"), 784111770));"
    }
    let answers = try Self.sanitized("int main(void) { \(calls.joined(separator: "\n")) }")
    #expect(answers.split(separator: "\n").map { Int($0) } == Self.delays.map { $0.1 })
  }

  /// A destination that takes no event with an `x` in it, in requests of up to `most` events.
  private static func delivery(_ events: String, most: Int, answers: String) -> String {
    """
    static uint32_t answers[] = {\(answers)}, next;
    static int32_t send_http(const destination_host *host, const destination_http_request *request,
                             destination_http_receiver receiver, void *context, destination_text *problem) {
        destination_http_response response = {0};
        (void)host, (void)problem;
        response.struct_size = sizeof response, response.status = 200;
        for (uint32_t i = 0; i < request->body_count; i++) {
            printf("%.*s", (int)request->body[i].length, *request->body[i].data == '\\n' ? "," : (const char *)request->body[i].data);
            if (memchr(request->body[i].data, 'x', request->body[i].length) != NULL) response.status = 400;
        }
        printf(" ");
        if (next < sizeof answers / 4 - 1) response.status = answers[next++];
        if (response.status == 0) return DESTINATION_UNAVAILABLE;
        receiver(context, &response);
        return DESTINATION_OK;
    }
    static int64_t unix_ns(const destination_host *host) { return (void)host, 0; }
    static uint32_t cancelled(const destination_host *host, uint64_t token) { return (void)host, (void)token, 0; }
    int main(void) {
        static const char events[] = "\(events)";
        struct { destination_event event; uint8_t later[24]; } list[sizeof events];
        struct { destination_result result; uint8_t later[12]; } results[sizeof events];
        destination_host host = {0};
        destination_http http = {sizeof http, 0, send_http};
        destination_batch batch = {0};
        destination_http_header header = {DESTINATION_TEXT("A"), DESTINATION_TEXT("b")};
        destination_http_request request = {0};
        memset(results, 0, sizeof results), memset(list, 0, sizeof list);
        host.unix_ns = unix_ns, host.cancelled = cancelled;
        request.headers = &header, request.header_count = 1;
        batch.event_stride = sizeof list[0], batch.result_stride = sizeof results[0];
        batch.event_count = sizeof events - 1, batch.events = &list[0].event;
        for (uint32_t i = 0; i < batch.event_count; i++)
            list[i].event.json.data = (const uint8_t *)events + i, list[i].event.json.length = 1;
        destination_deliver_lines(&host, &http, &request, &batch, &results[0].result, \(most));
        for (uint32_t i = 0; i < batch.event_count; i++)
            printf("%u%s", results[i].result.outcome, results[i].result.flags ? "!" : "");
    }
    """
  }

  @Test(
    .enabled(if: Compiler.isPresent("clang"), "no clang here"),
    arguments: [
      ("abc", 500, "0", "a,b,c 111"), ("abcde", 2, "0", "a,b c,d e 11111"),
      ("abc", 1, "0", "a b c 111"),
      // Halves, until the one that is not taken is found; then larger parts again.
      ("abxd", 500, "0", "a,b,x,d a,b x,d x d 1131"),
      ("x", 500, "0", "x 3"), ("", 500, "0", ""),
      // What holds for the destination ends the sending.
      ("abcd", 2, "401,0", "a,b 4444"), ("abcd", 2, "503,0", "a,b 2!2!2!2!"),
      ("abcd", 2, "0,0", "a,b 2222"), ("abcd", 2, "301,0", "a,b 2!2!2!2!"),
      ("abcd", 2, "500,0", "a,b c,d 2211"), ("abcd", 2, "409,0", "a,b c,d 5511"),
    ])
  func `a batch is delivered in parts, and each event has its outcome`(
    events: String, most: Int, answers: String, expected: String
  ) throws {
    #expect(try Self.sanitized(Self.delivery(events, most: most, answers: answers)) == expected)
  }

  private static func read(_ document: String) throws -> String {
    try sanitized(
      """
      static const uint8_t document[] = { \(bytes(document)) };
      int main(void) {
          destination_span span = {document, sizeof document - 1};
          char text[32] = "";
          int status = destination_setting(span, "url", text, sizeof text);
          printf("%d %s", status, status == 1 ? text : "");
      }
      """)
  }

  private static func bytes(_ text: String) -> String {
    (Array(text.utf8) + [0]).map(String.init).joined(separator: ",")
  }

  /// What a program prints, built so that a byte beyond its memory ends it.
  private static func sanitized(_ program: String) throws -> String {
    try Compiler.clang.run(
      "#include \"destination_kit.h\"\n" + program,
      options: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
  }
}
