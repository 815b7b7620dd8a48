@testable import AdapterLoading

extension CallingAdapter {
  /// Opens connections; what it says is what was read, or what the host said.
  static let connections = CallingAdapter(
    name: "connection", abiMinor: 1, feature: "DESTINATION_HOST_CONNECTION",
    permissions: AdapterPermissions(network: ["logs.example.com:6514"]),
    calls: """
      static const destination_connections *connections;
      static int32_t created = -1;
      static uint64_t kept;
      static uint8_t big[(1 << 20) + 1];

      static destination_text problem(void) { memset(said, 0, sizeof said); return (destination_text){(uint8_t *)said, sizeof said - 1, 0}; }
      static destination_connection_target target(uint64_t token) {
          return (destination_connection_target){sizeof(destination_connection_target), 6514, DESTINATION_CONNECTION_TLS, 250,
              TEXT("logs.example.com"), token};
      }
      static destination_connection_use use(uint64_t connection, uint64_t token) {
          return (destination_connection_use){sizeof(destination_connection_use), 250, connection, token};
      }
      static int32_t open_it(uint64_t *number, uint64_t token) {
          destination_connection_target t = target(token);
          destination_text p = problem();
          return connections->open(host, &t, number, &p);
      }
      static int32_t write_it(uint64_t number, const char *bytes, uint64_t token) {
          destination_connection_use u = use(number, token);
          destination_text p = problem();
          return connections->write(host, &u, (destination_span){(const uint8_t *)bytes, strlen(bytes)}, &p);
      }
      static int32_t read_it(uint64_t number, size_t capacity, uint64_t token) {
          destination_connection_use u = use(number, token);
          destination_text p = problem(), into = {big, capacity, 0};
          int32_t status = connections->read(host, &u, &into, &p);
          if (status == DESTINATION_OK) { memcpy(said, big, into.length < 1000 ? into.length : 1000); said[into.length] = 0; }
          return status;
      }
      static int32_t close_it(uint64_t number, uint64_t token) {
          destination_connection_use u = use(number, token);
          destination_text p = problem();
          return connections->close(host, &u, &p);
      }

      static int32_t plain(uint64_t token) {
          uint64_t number = 0;
          int32_t status = open_it(&number, token);
          if (status != DESTINATION_OK) return status;
          if ((status = write_it(number, "one,two", token)) != DESTINATION_OK) return status;
          if ((status = read_it(number, 100, token)) != DESTINATION_OK) return status;
          uint8_t heard[100];
          memcpy(heard, said, sizeof heard);
          status = close_it(number, token);
          if (status == DESTINATION_OK) memcpy(said, heard, sizeof heard);
          return status;
      }
      static int32_t keep(uint64_t token) {
          if (kept == 0) { int32_t status = open_it(&kept, token); if (status != DESTINATION_OK) return status; }
          return write_it(kept, "again", token);
      }
      static int32_t opens(uint64_t token) { uint64_t number; return open_it(&number, token); }
      static int32_t small(uint64_t token) {
          destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
          t.struct_size = 8;
          return connections->open(host, &t, &number, &p);
      }
      static int32_t port(uint64_t token) {
          destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
          t.port = 70000;
          return connections->open(host, &t, &number, &p);
      }
      static int32_t security(uint64_t token) {
          destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
          t.security = 0;
          return connections->open(host, &t, &number, &p);
      }
      static int32_t nameless(uint64_t token) {
          destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
          t.host.data = NULL;
          return connections->open(host, &t, &number, &p);
      }
      static int32_t endless(uint64_t token) {
          destination_connection_target t = target(token); uint64_t number; destination_text p = problem();
          t.host.length = 1ull << 40;
          return connections->open(host, &t, &number, &p);
      }
      static int32_t nowhere(uint64_t token) { destination_connection_target t = target(token); return connections->open(host, &t, NULL, NULL); }
      static int32_t nothing(uint64_t token) { uint64_t number; return connections->open(host, NULL, &number, NULL); }
      static int32_t unused(uint64_t token) { return connections->write(host, NULL, (destination_span)TEXT("x"), NULL); }
      static int32_t hollow(uint64_t token) { destination_connection_use u = use(1, token); return connections->write(host, &u, (destination_span){NULL, 5}, NULL); }
      static int32_t narrow(uint64_t token) { return read_it(1, 0, token); }
      static int32_t huge(uint64_t token) {
          destination_connection_use u = use(1, token); destination_text p = problem();
          return connections->write(host, &u, (destination_span){big, sizeof big}, &p);
      }
      static int32_t answer;
      static void *elsewhere(void *token) { answer = opens(*(uint64_t *)token); return NULL; }
      static int32_t thread(uint64_t token) {
          pthread_t other;
          pthread_create(&other, NULL, elsewhere, &token);
          pthread_join(other, NULL);
          return answer;
      }
      static int32_t in_create(uint64_t token) { return created; }
      static int32_t crash(uint64_t token) { uint64_t number; open_it(&number, token); abort(); }
      static int32_t garbage(uint64_t token) {
          uint32_t message[4] = {107, 8, 0, 99};
          (void)!write(3, message, sizeof message);
          return opens(token);
      }
      static int32_t outside(uint64_t token) {
          uint32_t message[2] = {107, 0x500000};
          (void)!write(3, message, sizeof message);
          pause();
          return 0;
      }

      static int32_t find(void) {
          connections = host->extension(host, (destination_span)TEXT(DESTINATION_EXTENSION_CONNECTION_1));
          if (host->extension(host, (destination_span)TEXT("host.connection/2")) != NULL) return DESTINATION_FAILED;
          created = opens(0);
          return DESTINATION_OK;
      }
      static void at_start(void) {}
      static int32_t at_flush(void) { return kept == 0 ? DESTINATION_OK : write_it(kept, "flush", 0); }
      static void at_stop(void) {}
      """)
}
