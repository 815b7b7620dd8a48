import Foundation
import Workbench

@testable import AdapterLoading

/// Adapters made on the spot by the C compiler: the same few lines, with one thing wrong.
struct CompiledAdapter {
  /// Compiles the adapter with these macros and gives what starts it.
  static func configuration(
    _ macros: [String], in scratch: Scratch, notices: Notices = Notices()
  ) throws -> WorkerConfiguration {
    let library = scratch.file("libCompiled.so")
    try CCompiler.adapter(
      try scratch.write("adapter.c", text), to: library, macros.map { "-D\($0)" })
    let manifest = AdapterManifest(
      format: 1, product: "org.sealpost.test.compiled", version: "1.0.0",
      displayName: "Compiled (test)", abi: .init(major: 1, minor: 0), library: "libCompiled.so",
      eventTypes: ["track"])
    return try Fixture.configuration(of: manifest, at: library, notices: notices)
  }

  private static let text = """
    #include <fcntl.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/prctl.h>
    #include <sys/resource.h>
    #include <unistd.h>
    #include "destination_adapter.h"
    #define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}
    #ifndef MAGIC
    #define MAGIC DESTINATION_ADAPTER_MAGIC
    #endif
    #ifndef SIZE
    #define SIZE sizeof(destination_adapter)
    #endif
    #ifndef MAJOR
    #define MAJOR 1
    #endif
    #ifndef MINOR
    #define MINOR 0
    #endif
    #ifndef MINOR_REQUIRED
    #define MINOR_REQUIRED 0
    #endif
    #ifndef RESERVED
    #define RESERVED 0
    #endif
    #ifndef FEATURES
    #define FEATURES 0
    #endif
    #ifndef DELIVER
    #define DELIVER deliver
    #endif
    #ifndef DESCRIPTOR
    #define DESCRIPTOR &descriptor
    #endif
    #ifndef DESCRIPTOR_SIZE
    #define DESCRIPTOR_SIZE sizeof(destination_descriptor)
    #endif
    #ifndef CONCURRENCY
    #define CONCURRENCY 1
    #endif
    #ifndef SERVES
    #define SERVES DESTINATION_SERVES_TRACK
    #endif
    #ifndef ENTRY
    #define ENTRY destination_adapter_entry
    #endif
    #ifndef TABLE
    #define TABLE &table
    #endif

    #ifdef DESCRIBE_ITSELF
    /* The answer to the load, before the worker gives it: all as in the manifest, but for the largest batch. */
    struct __attribute__((packed)) message {
        uint32_t kind, length, product_length;
        char product[26];
        uint32_t version_length;
        char version[5];
        uint32_t name_length;
        char name[15];
        uint32_t schema_length, served, minor;
        uint64_t numbers[4];
    };
    __attribute__((constructor)) static void describe(void) {
        struct message message = {
            101, sizeof(struct message) - 8, 26, "org.sealpost.test.compiled", 5, "1.0.0", 15, "Compiled (test)",
            0, DESTINATION_SERVES_TRACK, 0, {1, DESCRIBE_ITSELF, 0, 0}};
        (void)!write(3, &message, sizeof message);
    }
    #endif

    static const destination_host *host;

    static int32_t create(const destination_adapter *a, const destination_host *h, void **i,
                          destination_text *p) { host = h; return DESTINATION_OK; }
    static int32_t configure(void *i, const destination_configuration *c, destination_text *p) {
        return DESTINATION_OK;
    }
    extern char **environ;
    static int32_t start(void *i, destination_text *problem) {
        const char *wrong = NULL;
        char byte;
        struct rlimit core;
        if (read(0, &byte, 1) != 0) wrong = "standard input has bytes";
        if (environ != NULL && *environ != NULL) wrong = "the environment is not empty";
        for (int fd = 7; fd < 1024; fd++)
            if (fcntl(fd, F_GETFD) != -1) wrong = "a descriptor is open";
        if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) wrong = "memory can be dumped";
        if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) wrong = "it can gain privileges";
        getrlimit(RLIMIT_CORE, &core);
        if (core.rlim_max != 0) wrong = "core dumps are possible";
        getrlimit(RLIMIT_NPROC, &core);
        if (core.rlim_max > 4096) wrong = "any number of threads is possible";
    #ifdef ASK
        uint8_t room[64];
        destination_text secret = {room, sizeof room, 0};
        if (host->secret(host, (destination_span)TEXT(ASK), &secret) == DESTINATION_NOT_FOUND)
            wrong = "there is no such secret";
    #endif
        if (wrong == NULL) return DESTINATION_OK;
        problem->length = strlen(wrong);
        memcpy(problem->data, wrong, problem->length);
        return DESTINATION_INVALID;
    }
    static void deliver(void *i, const destination_batch *batch, destination_result *results) {
    #ifdef FORGE
        /* An answer of the worker's, written by the adapter: all delivered; then the real one follows. */
        uint32_t answer[6] = {103, 16, (uint32_t)batch->call_token, 0, batch->event_count, 1};
        (void)!write(3, answer, sizeof answer);
    #endif
    #ifdef PRINT
        char byte;
        if (read(1, &byte, 1) >= 0 || read(2, &byte, 1) >= 0) abort();
        (void)!write(1, "one\\x1b[2J\\n", 8);
        (void)!write(2, "two\\n", 4);
        for (int n = 0; n < 200000; n++) (void)!write(2, "flood\\n", 6);
    #endif
    #ifdef CONTROLS
        destination_span text = TEXT("a\\x1b[2Jb\\nc");
        host->detail(host, batch->call_token, 0, text);
    #endif
        for (uint32_t n = 0; n < batch->event_count; n++) results[n].outcome = 3;
    }
    static int32_t flush(void *i, uint64_t d, destination_text *p) { return DESTINATION_OK; }
    static void cancel(void *i, uint64_t token) {}
    static void stop(void *i, uint64_t d) {}
    static void destroy(void *i) {}
    static const void *extension(const destination_adapter *a, destination_span id) { return NULL; }
    static const destination_descriptor descriptor = {
        .struct_size = DESCRIPTOR_SIZE, .event_types = SERVES,
        .product = TEXT("org.sealpost.test.compiled"), .version = TEXT("1.0.0"),
        .display_name = TEXT("Compiled (test)"), .max_concurrency = CONCURRENCY,
        .max_batch_events = 100, .required_host_features = FEATURES,
    };
    /* The table of a later header: more functions behind those of 1.0. */
    static const struct { destination_adapter table; void *later[4]; } whole = {{
        .magic = MAGIC, .struct_size = SIZE, .abi_major = MAJOR, .abi_minor = MINOR,
        .abi_minor_required = MINOR_REQUIRED, .reserved = RESERVED, .descriptor = DESCRIPTOR,
        .create = create, .configure = configure, .start = start, .deliver = DELIVER,
        .flush = flush, .cancel = cancel, .stop = stop, .destroy = destroy, .extension = extension,
    }, {0}};
    #define table whole.table
    const destination_adapter *ENTRY(uint32_t major, uint32_t minor) { return TABLE; }
    """
}
