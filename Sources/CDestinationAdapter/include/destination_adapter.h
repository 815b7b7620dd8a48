/*
 * destination_adapter.h: the whole contract between a host and a destination adapter. ABI 1.1.
 *
 * A destination adapter is a shared library that hands customer events to one destination: a product, a file, a
 * service. A host loads it, gives it events whose selected fields are already encrypted, and is told what became of
 * each one. Host and adapter share this file and nothing else.
 *
 *
 * An adapter in five steps
 *
 *   1. Fill one static `destination_adapter` (the table) and one static `destination_descriptor`.
 *   2. Export one function, `destination_adapter_entry`, which returns the address of the table. Export nothing else.
 *   3. In `configure`, read the settings. In `start`, open what is needed.
 *   4. In `deliver`, walk the events of the batch and write one result for each.
 *   5. Put an `adapter.json` beside the library; it names the library and repeats product, version, name and kinds of
 *      events, so that a host knows the adapter before any of its code runs.
 *
 *
 * Words
 *
 *   [control]  The host calls these one at a time for each instance, and never while `deliver` of that instance runs.
 *              The thread may differ from call to call.
 *   [deliver]  Up to `max_concurrency` threads at once for each instance.
 *   [any]      Any thread at any time between `create` and `destroy`, also beside other calls. Never blocks for long.
 *   borrowed   Valid until the call it was given to returns, not longer. Copy what you keep.
 *   static     Valid and unchanged until the process ends.
 *
 *
 * Life of an instance
 *
 *        entry                       once for each process; has no effect but to return the table
 *          |
 *        create ----- fails -----> (nothing: no instance exists, destroy is not called)
 *          |
 *       CREATED <--------------+
 *          |                   |
 *       configure --- fails ---|---> destroy
 *          |                   |
 *      CONFIGURED              |
 *          |                   |
 *        start ------ fails ---|---> destroy   (stop is not called)
 *          |                   |
 *       RUNNING: deliver, flush|
 *          |                   |
 *         stop ----------------+     after stop: configure again, or destroy
 *          |
 *       destroy
 *
 *   `deliver` and `flush` are called only while RUNNING: not before `start` has succeeded, not after `stop` has begun.
 *   `cancel` may come while `deliver`, `flush`, `start` or `stop` runs, from another thread.
 *   A process may hold several instances. A host may end the process instead of calling `stop` and `destroy`;
 *   nothing that was reported as delivered may depend on them.
 *
 *
 * Rules that hold for every line below
 *
 *   Ownership  Every pointer argument is borrowed. Neither side frees, keeps or writes the other's memory, except
 *              where a comment says "written by". Text that a call hands out goes into the caller's buffer
 *              (`destination_text`) or through a function that copies before it returns.
 *   Text       UTF-8, counted, without a promise of a NUL at the end. A span of length 0 may have a NULL address.
 *   Unwinding  No exception, panic or longjmp crosses a call, in either direction.
 *   Process    An adapter does not change what belongs to the process: signal handlers, the working directory, the
 *              environment, the locale, the umask, limits. It does not fork. It does nothing in a constructor.
 *              The host ignores SIGPIPE: a write to a closed pipe fails with EPIPE.
 *   Secrets    Settings, secrets and events never appear in a log line, a detail or a problem text.
 *   Numbers    Whoever reads a count, a length or a stride checks it before use.
 *
 *
 * Growth
 *
 *   A minor version appends fields at the end of a struct, constants, feature bits and extensions. It changes nothing
 *   that is there. So:
 *
 *   - A struct that begins with `struct_size` may be larger than you know: read only the fields you know. A struct
 *     smaller than its 1.0 size is refused. A field behind `struct_size` is absent: it counts as zero.
 *   - Walk an array by its stride, never by `sizeof`: the element may be larger than you know.
 *   - `destination_span`, `destination_text`, `destination_http_header` and `destination_note` are frozen for ever.
 *   - The writer sets a reserved field to zero; the reader refuses a table whose reserved field is not zero.
 *   - A bit or a constant that you do not know is an error in what the other side requires of you, and is ignored in
 *     what it offers.
 *   - Changed behaviour is a new feature bit or a new extension id, never a new meaning of an old name.
 *   - Another major version is another contract: the entry answers NULL to a major it does not serve.
 *
 *   What came when: 1.1 appended host.connection/1 and its bit; all else is 1.0.
 *
 * C11 or newer, C++17 or newer, Swift. LP64 (pointers and size_t of 64 bits), little-endian or big-endian as the
 * machine is.
 */
#ifndef DESTINATION_ADAPTER_H
#define DESTINATION_ADAPTER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------- Versions -------- */

#define DESTINATION_ABI_MAJOR 1u
#define DESTINATION_ABI_MINOR 1u

/* The first eight bytes of the table: "DESTADPT" read as a little-endian number. No plausible struct_size equals it,
 * so a table of another layout is seen at once. */
#define DESTINATION_ADAPTER_MAGIC 0x5450444154534544ull

/* ------------------------------------------------------------------------------------------ Bytes and text ------- */

/* Bytes that somebody else owns. Frozen. */
typedef struct destination_span {
    const uint8_t *data; /* NULL only if length is 0 */
    size_t length;       /* bytes */
} destination_span;

/* A caller's buffer for text (or bytes) that a call hands out. Frozen.
 *
 * The caller sets `data`, `capacity` and `length = 0`. The callee writes at most `capacity` bytes and sets `length` to
 * the length of the whole text. If `length > capacity`, the text was cut: call again with a larger buffer where the
 * call can be repeated (`secret`). `data` may be NULL when `capacity` is 0: that asks for the length alone.
 * A callee that has nothing to say leaves `length` 0. A NULL `destination_text *` means that the caller does not want
 * the text. */
typedef struct destination_text {
    uint8_t *data;   /* written by the callee */
    size_t capacity; /* bytes */
    size_t length;   /* bytes; written by the callee */
} destination_text;

/* ------------------------------------------------------------------------------------------------ Status --------- */

/* What a call that can fail returns: int32_t. A value that is not in this list counts as FAILED. */
#define DESTINATION_OK 0
#define DESTINATION_FAILED 1      /* for a reason that no other value names */
#define DESTINATION_INVALID 2     /* the arguments or settings are wrong: repeating does not help */
#define DESTINATION_UNAVAILABLE 3 /* not now: the same call may succeed later */
#define DESTINATION_AUTH 4        /* the destination does not accept the credentials */
#define DESTINATION_CANCELLED 5   /* `cancel` was called */
#define DESTINATION_TIMED_OUT 6   /* the deadline or timeout passed */
#define DESTINATION_NOT_FOUND 7   /* there is nothing by this name */
#define DESTINATION_REFUSED 8     /* the host does not allow it */
#define DESTINATION_TOO_LARGE 9   /* it does not fit: a buffer, or a limit of the host */

/* ------------------------------------------------------------------------------------------------ Events --------- */

/* The kind of an event: `destination_event.type`. */
#define DESTINATION_EVENT_IDENTIFY 1u
#define DESTINATION_EVENT_TRACK 2u
#define DESTINATION_EVENT_PAGE 3u
#define DESTINATION_EVENT_SCREEN 4u
#define DESTINATION_EVENT_GROUP 5u
#define DESTINATION_EVENT_ALIAS 6u

/* The kinds an adapter serves: `destination_descriptor.event_types`. Bit number = kind. */
#define DESTINATION_SERVES_IDENTIFY 0x02u
#define DESTINATION_SERVES_TRACK 0x04u
#define DESTINATION_SERVES_PAGE 0x08u
#define DESTINATION_SERVES_SCREEN 0x10u
#define DESTINATION_SERVES_GROUP 0x20u
#define DESTINATION_SERVES_ALIAS 0x40u
#define DESTINATION_SERVES_ALL 0x7Eu

/* One event. Walk with `destination_batch.event_stride`. */
typedef struct destination_event {
    /* One JSON object, without a line break. Selected fields hold ciphertext: pass strings on unchanged. Borrowed. */
    destination_span json;
    /* The event's messageId: the idempotency key, the same at every attempt. These are the bytes between the quotes
     * in `json`, escapes not undone. Borrowed. */
    destination_span id;
    /* When the host accepted the event: nanoseconds since 1970-01-01T00:00:00Z. */
    int64_t received_unix_ns;
    /* DESTINATION_EVENT_*; only kinds that the descriptor names. */
    uint32_t type;
    /* 1 the first time this event is handed to this destination, then 2, 3 ...; it does not count batches lost in a
     * crash, so an event of attempt 1 may have been seen before. */
    uint32_t attempt;
    /* No bit is defined in 1.0. Ignore bits that you do not know. */
    uint64_t flags;
} destination_event;

/* What became of one event: `destination_result.outcome`. */
#define DESTINATION_OUTCOME_UNSET 0u     /* not written: a breach of contract; counted, and treated as RETRY */
#define DESTINATION_OUTCOME_DELIVERED 1u /* durable at the destination, as far as it can say so */
#define DESTINATION_OUTCOME_RETRY 2u     /* not now: the host offers the event again later */
#define DESTINATION_OUTCOME_REJECTED 3u  /* never: the host puts the event aside as a dead letter */
#define DESTINATION_OUTCOME_AUTH 4u      /* credentials not accepted: the destination pauses, the event waits */
#define DESTINATION_OUTCOME_DUPLICATE 5u /* the destination has this id already: counts as delivered */

/* `retry_after_ms` holds for the destination, not for this event alone: the host sends it nothing until then. */
#define DESTINATION_WHOLE_DESTINATION 0x1u

/* One event's outcome. The host owns the array and zeroes it; the adapter writes into it during `deliver`.
 * Walk with `destination_batch.result_stride`; write nothing beyond the fields of your own version. */
typedef struct destination_result {
    uint32_t outcome;        /* DESTINATION_OUTCOME_*, not UNSET */
    int32_t remote_code;     /* the destination's own code (an HTTP status, an errno), for people to read; 0 = none */
    uint32_t retry_after_ms; /* with RETRY: not before this many milliseconds; 0 = the host decides */
    uint32_t flags;          /* DESTINATION_WHOLE_DESTINATION; other bits 0 */
} destination_result;

/* What one call of `deliver` is about. */
typedef struct destination_batch {
    uint32_t struct_size;
    uint32_t event_stride;  /* bytes from one event to the next; a multiple of 8 */
    uint32_t event_count;   /* 0 is allowed: then there is nothing to do */
    uint32_t result_stride; /* bytes from one result to the next; a multiple of 4 */
    /* `event_count` events, `event_stride` bytes apart. Borrowed. NULL only if `event_count` is 0. */
    const destination_event *events;
    /* The same events' JSON in the same order, one line feed between two of them and none after the last: a
     * destination that takes NDJSON sends these bytes as they are. Borrowed. */
    destination_span ndjson;
    /* The host's number for this set of events, for logs. A batch that is offered again may have another. */
    uint64_t batch_id;
    /* This call: for `detail`, `cancelled` and host.http/1; `cancel` names it. Never 0; not reused by an instance. */
    uint64_t call_token;
    /* Be back before `host->mono_ns` reaches this. After it `cancel` is called, and some time later the process may
     * be killed and the batch offered again. 0 = no deadline. */
    uint64_t deadline_mono_ns;
} destination_batch;

/* --------------------------------------------------------------------------------------- Services of the host ---- */

/* `destination_host.features` and `destination_descriptor.required_host_features`. */
#define DESTINATION_HOST_HTTP 0x1ull    /* `extension` answers DESTINATION_EXTENSION_HTTP_1 */
#define DESTINATION_HOST_METRICS 0x2ull /* `extension` answers DESTINATION_EXTENSION_METRICS_1 */
#define DESTINATION_HOST_CONNECTION 0x4ull /* 1.1: `extension` answers DESTINATION_EXTENSION_CONNECTION_1 */

/* `log`. */
#define DESTINATION_LOG_DEBUG 1u
#define DESTINATION_LOG_INFO 2u
#define DESTINATION_LOG_WARNING 3u
#define DESTINATION_LOG_ERROR 4u

/* What the host does for an instance. Given to `create`; valid and unchanged until `destroy` returns. Every function
 * is there (never NULL), takes this struct as its first argument, and is tagged [any]: also from threads that the
 * adapter started, but not from a signal handler. */
typedef struct destination_host destination_host;
struct destination_host {
    uint32_t struct_size;
    uint32_t abi_major; /* of this host */
    uint32_t abi_minor;
    uint32_t reserved;  /* 0 */
    uint64_t features;  /* DESTINATION_HOST_* */
    void *context;      /* the host's own; not for the adapter */

    /* Writes one line to the host's log. [any] The text is copied, cut at 4096 bytes; a host limits the rate.
     * Line breaks and control characters are replaced. Never the content of an event, a setting or a secret. */
    void (*log)(const destination_host *host, uint32_t level, destination_span text);

    /* Says in words why an event has its outcome. [any], only while the `deliver` of `call_token` runs.
     * The text is copied, cut at 1024 bytes; the last text for an event counts; an index that is out of range or a
     * token that is not running is ignored. Never the content of the event. */
    void (*detail)(const destination_host *host, uint64_t call_token, uint32_t event_index,
                   destination_span text);

    /* Now, in nanoseconds since 1970-01-01T00:00:00Z. [any] */
    int64_t (*unix_ns)(const destination_host *host);

    /* Now, on the clock of `deadline_mono_ns`. [any] Never goes back; its zero has no meaning. */
    uint64_t (*mono_ns)(const destination_host *host);

    /* 1 if that call was cancelled or its deadline passed, otherwise 0; 0 for a token that is not running. [any] Cheap:
     * ask it in loops. */
    uint32_t (*cancelled)(const destination_host *host, uint64_t call_token);

    /* Copies a secret: a setting that the schema marks "x-secret", by the name of the setting. [any], from `configure`
     * on. Errors: NOT_FOUND (not given, or not named in adapter.json); TOO_LARGE (`out->length` says how much room it
     * needs). Wipe your copy when you no longer need it. */
    int32_t (*secret)(const destination_host *host, destination_span name, destination_text *out);

    /* A service beyond this struct, or NULL if this host has none by this id. [any] The answer is static. */
    const void *(*extension)(const destination_host *host, destination_span id);
};

/* ------------------------------------------------------------------------------------ What the adapter offers ---- */

/* What the adapter is. Static. Product, version, display name and kinds are what adapter.json says, or the host refuses
 * the adapter. */
typedef struct destination_descriptor {
    uint32_t struct_size;
    /* DESTINATION_SERVES_*; at least one. The host sends no other kind. */
    uint32_t event_types;
    /* The product it delivers to, in reverse DNS: "org.example.warehouse". [a-z0-9.-], at most 128 bytes. */
    destination_span product;
    /* Of the adapter, after semver.org: "1.4.0". At most 64 bytes. */
    destination_span version;
    /* For people: "Example Warehouse". At most 128 bytes. */
    destination_span display_name;
    /* The settings, as a JSON Schema of one object: {"type":"object","properties":{...},"required":[...]}. A property
     * has "type" (string, integer, number, boolean; or array with "items" of one of them) and may have "title",
     * "description", "default", "enum", "minimum", "maximum", "minLength", "maxLength" and "x-secret": true (a string
     * that the host keeps apart: it is not in the settings, ask `host->secret`). The host shows it to the operator
     * and may refuse, before any code of the adapter runs, what does not satisfy it. Empty = no settings. */
    destination_span settings_schema;
    uint32_t max_concurrency;  /* how many `deliver` at once; at least 1 */
    uint32_t max_batch_events; /* at least 1 */
    /* Of `ndjson`. A single event that is larger is never sent. 0 = no limit. */
    uint64_t max_batch_bytes;
    /* The longest string value, in bytes, that the destination keeps whole; 0 = no limit. A destination that cuts a
     * string destroys ciphertext, so the host does not send it an encrypted value that is longer. */
    uint64_t max_string_length;
    /* DESTINATION_HOST_* without which the adapter cannot work. A host that lacks one refuses the adapter and names
     * the bit. */
    uint64_t required_host_features;
    uint64_t reserved; /* 0 */
} destination_descriptor;

/* What `configure` is given. */
typedef struct destination_configuration {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */
    /* One JSON object. A setting that the operator left out is absent: the adapter fills in its default, and checks
     * the rest again. Secrets are not in it. Borrowed. */
    destination_span settings;
    /* What the operator calls this destination, for logs and file names: [a-z0-9-], at most 64 bytes. Borrowed. */
    destination_span destination_id;
} destination_configuration;

/* The table. Static, one for each library; the entry returns it. Every function is there (never NULL).
 *
 * `problem` says in one sentence why a call failed: what, about which setting or thing, why, and how to mend it. It is
 * read only if the status is not DESTINATION_OK, and may be NULL. */
typedef struct destination_adapter destination_adapter;
struct destination_adapter {
    uint64_t magic;              /* DESTINATION_ADAPTER_MAGIC */
    uint32_t struct_size;        /* sizeof(destination_adapter) of the header the adapter was built with */
    uint32_t abi_major;          /* DESTINATION_ABI_MAJOR of that header */
    uint32_t abi_minor;          /* DESTINATION_ABI_MINOR of that header */
    uint32_t abi_minor_required; /* the least minor of a host that the adapter can live with; at most abi_minor */
    uint64_t reserved;           /* 0 */
    void *context;               /* the adapter's own; the host does not touch it */
    const destination_descriptor *descriptor; /* static */

    /* Makes an instance. [control] Quick: no files, no network.
     * `host` is valid until `destroy` of this instance returns. On DESTINATION_OK, `*instance` (written by the
     * adapter) is what the other functions get; it may be NULL if the adapter needs none. */
    int32_t (*create)(const destination_adapter *adapter, const destination_host *host,
                      void **instance, destination_text *problem);

    /* Reads the settings. [control] Checks all it can without files or network. INVALID = the operator has to change
     * the settings. Called once before each `start`; after a `stop` with new settings. */
    int32_t (*configure)(void *instance, const destination_configuration *configuration,
                         destination_text *problem);

    /* Makes ready to deliver: opens files and connections, checks credentials. [control] May block.
     * UNAVAILABLE and TIMED_OUT: the host tries again later, with a new instance. INVALID and AUTH: the operator has to
     * act. */
    int32_t (*start)(void *instance, destination_text *problem);

    /* Hands a batch to the destination and says what became of each event. [deliver] Blocks until that is known.
     * `batch` is borrowed. `results` (written by the adapter) has `batch->event_count` zeroed elements,
     * `batch->result_stride` bytes apart. An outcome for each; nothing beyond the last. After the return nobody may
     * touch either. An event without an answer by the deadline is RETRY. */
    void (*deliver)(void *instance, const destination_batch *batch, destination_result *results);

    /* Makes durable what was reported as delivered and was not durable yet. [control] OK at once if nothing was.
     * `deadline_mono_ns` as in `destination_batch`. */
    int32_t (*flush)(void *instance, uint64_t deadline_mono_ns, destination_text *problem);

    /* Asks a running call to come back soon. [any], while RUNNING, starting or stopping. Never waits for it.
     * `call_token` is that of a batch; 0 = every running call. A token that is not running is ignored. The cancelled
     * call still says an outcome for each event: RETRY where it does not know. */
    void (*cancel)(void *instance, uint64_t call_token);

    /* Ends what `start` began: flushes, closes. [control] No `deliver` runs. `deadline_mono_ns` as above. */
    void (*stop)(void *instance, uint64_t deadline_mono_ns);

    /* Frees the instance. [control] Called once for each successful `create`; nothing follows. Secrets are wiped. */
    void (*destroy)(void *instance);

    /* A part of the contract beyond this table, or NULL if the adapter has none by this id. [any], also without an
     * instance. The answer is static. No id is defined in 1.0. */
    const void *(*extension)(const destination_adapter *adapter, destination_span id);
};

#if defined(__GNUC__) || defined(__clang__)
#define DESTINATION_EXPORT __attribute__((visibility("default")))
#else
#define DESTINATION_EXPORT
#endif

#if defined(__clang__) && defined(__has_attribute)
#if __has_attribute(swift_name)
#define DESTINATION_SWIFT_NAME(name) __attribute__((swift_name(name)))
#endif
#endif
#ifndef DESTINATION_SWIFT_NAME
#define DESTINATION_SWIFT_NAME(name)
#endif

/* The one symbol of an adapter library. [control] Called first; has no effect beyond making the table ready.
 * Returns the table, static, or NULL: "I cannot serve this major". The host's minor is for the adapter to know; a host
 * that is too old is refused by the host itself, from `abi_minor_required`. */
DESTINATION_EXPORT
const destination_adapter *destination_adapter_entry(uint32_t host_abi_major,
                                                     uint32_t host_abi_minor)
    DESTINATION_SWIFT_NAME("destinationAdapterEntry(hostMajor:hostMinor:)");

/* ---------------------------------------------------------------------------------------------- host.http/1 ------ */

/* HTTP through the host. The host looks up names, verifies TLS, keeps connections, and lets through only requests to
 * the hosts that adapter.json declares and the operator approved. It never follows a redirect to another host. So an
 * adapter needs no network right of its own and no HTTP library.
 *
 * Secrets: the host puts them in, so that the adapter need not have them. adapter.json names them in
 * `permissions.http_secrets`; such a secret is not given to `host->secret`. In the value of a header
 *
 *   {{secret:NAME}}                    becomes the secret; in the URL, too, behind its host, percent-encoded
 *   {{hmac-sha256:NAME:hex:TEXT}}      becomes HMAC-SHA256 under the secret over TEXT and then the body
 *   {{hmac-sha256:NAME:base64:TEXT}}   the same in base64
 *   {{basic:USER:PASSWORD}}            becomes base64 of the two secrets with a colon between, for `Authorization: Basic`;
 *                                      either name may be empty
 *   {{sha256}}                         becomes SHA-256 of the body in hexadecimal digits
 *   {{gzip}}                           as the value of Content-Encoding: the host compresses the body before anything is
 *                                      computed of it, or, where it cannot, leaves the field out
 *   {{aws-sigv4:ACCESS:SECRET:REGION:SERVICE}}
 *                                      becomes what AWS wants in Authorization (Signature Version 4), by two secrets and
 *                                      two words: over method, URL, body, Host and every other field of the request,
 *                                      among them X-Amz-Date, which the adapter writes
 *
 * Any other `{{` in a header's value or the URL is INVALID; a secret that is not there is REFUSED. Bodies are sent as
 * they are. A service that wants its key in the body: the value of a header named `:body-start`, which is not sent as
 * one, is put before the body, and in it `{{json:NAME}}` becomes the secret as a JSON string.
 *
 * Redirects: 307 and 308 are followed where they lead to an allowed host, others only for GET and HEAD. A connection
 * that was kept and has died is replaced; a request that may have been read is repeated only if its method is idempotent
 * or it has an Idempotency-Key. HTTP/1.1.
 *
 * `host->extension(host, DESTINATION_EXTENSION_HTTP_1)` gives a `const destination_http *`. */
#define DESTINATION_EXTENSION_HTTP_1 "host.http/1"

/* One header field, of a request or an answer. Frozen. */
typedef struct destination_http_header {
    destination_span name;  /* any case in a request; lower case in an answer */
    destination_span value; /* without a line break */
} destination_http_header;

/* A request. Every part is borrowed. */
typedef struct destination_http_request {
    uint32_t struct_size;
    uint32_t header_stride; /* bytes from one header to the next */
    uint32_t header_count;
    uint32_t body_stride;   /* bytes from one body span to the next */
    uint32_t body_count;    /* 0 = no body */
    uint32_t timeout_ms;    /* of the whole exchange; 0 = until the deadline of the call */
    destination_span method; /* "POST" */
    destination_span url;    /* absolute; https, or http where the operator allows it */
    const destination_http_header *headers; /* at most 64; without Host, Content-Length and others that frame the
                                             * message: the host writes those */
    const destination_span *body;           /* the pieces of the body, sent one after the other without a copy */
    uint64_t call_token; /* the batch this belongs to: cancelling it ends the request; 0 = outside `deliver` */
} destination_http_request;

/* An answer. Every part is borrowed until the receiver returns. */
typedef struct destination_http_response {
    uint32_t struct_size;
    uint32_t status; /* 100 ... 599 */
    uint32_t header_stride;
    uint32_t header_count;
    const destination_http_header *headers; /* in the order they came; a name may come twice */
    destination_span body;                  /* at most 1 MiB; a longer one makes `send` return TOO_LARGE */
} destination_http_response;

/* Takes the answer. Called once, on the thread that called `send`, before `send` returns; only if that returns OK. */
typedef void (*destination_http_receiver)(void *context, const destination_http_response *response);

/* The extension. Static. */
typedef struct destination_http {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */
    /* Sends a request and waits for the answer. From the thread of `start`, `deliver`, `flush` or `stop`.
     * `context` goes to `receiver`; the host does not touch it. OK = an answer came, whatever its status says.
     * UNAVAILABLE = no connection, or it broke; TIMED_OUT; CANCELLED; REFUSED = this URL is not allowed;
     * INVALID = the request is malformed; TOO_LARGE. Where the answer is not OK, `problem` says why in one sentence. */
    int32_t (*send)(const destination_host *host, const destination_http_request *request,
                    destination_http_receiver receiver, void *context, destination_text *problem);
} destination_http;

/* ------------------------------------------------------------------------------------------- host.metrics/1 ------ */

/* Figures of the adapter's own, shown by the host beside its own. Names: [a-z0-9_], at most 64 bytes, at most 64 names
 * for each instance (more are ignored). `host->extension(host, DESTINATION_EXTENSION_METRICS_1)` gives a
 * `const destination_metrics *`. */
#define DESTINATION_EXTENSION_METRICS_1 "host.metrics/1"

/* The extension. Static. */
typedef struct destination_metrics {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */
    /* Adds to a count that only grows. [any] */
    void (*add)(const destination_host *host, destination_span name, uint64_t amount);
    /* Sets a value that goes up and down. [any] */
    void (*set)(const destination_host *host, destination_span name, int64_t value);
    /* Notes how long something took, in nanoseconds. [any] */
    void (*time)(const destination_host *host, destination_span name, uint64_t nanoseconds);
} destination_metrics;

/* ------------------------------------------------------------------------------------ host.connection/1 (1.1) --- */

/* Connections through the host, for a destination that does not speak HTTP. The host looks up names, refuses addresses
 * that the operator has not allowed, connects, does TLS and verifies it, and moves the bytes; the adapter has a number
 * for each connection and never a socket. So it runs in the same sandbox as every other adapter.
 *
 * Where to    Only `host:port` pairs that adapter.json names in `permissions.network` ("logs.example.com:6514", or
 *             "$settings.NAME" for a setting that is such a pair) and that the operator approved. Private and loopback
 *             addresses only where he allowed them for this destination; link-local ones never. The address that was
 *             checked is the one that is connected to.
 * TLS         1.2 or later. The certificate has to prove the name or address that was asked for, by the system's
 *             authorities or the file that the operator named; nothing turns that off. Without TLS only where the adapter
 *             asks for it, the operator allowed it, and the address is private.
 * Life        A connection belongs to the process of the instance that opened it. It stays open from call to call, until
 *             `close`, an error of `write` or `read`, or some minutes without use. What is still open after `stop`, or when
 *             the process ends, the host closes.
 * Limits      4 connections at once; 1 MiB for each `write`; 64 KiB for each `read`.
 * Threads     Of `start`, `deliver`, `flush` or `stop`, during the call; elsewhere every function is INVALID.
 *
 * In all functions: `timeout_ms` is how long this one may take, 0 = until the deadline of the call. A number that is no
 * open connection of this process is NOT_FOUND. Where the answer is not OK, `problem` says why in one sentence.
 *
 * `host->extension(host, DESTINATION_EXTENSION_CONNECTION_1)` gives a `const destination_connections *`. */
#define DESTINATION_EXTENSION_CONNECTION_1 "host.connection/1"

/* `destination_connection_target.security`. */
#define DESTINATION_CONNECTION_TLS 1u
#define DESTINATION_CONNECTION_PLAIN 2u

/* What to connect to. Every part is borrowed. */
typedef struct destination_connection_target {
    uint32_t struct_size;
    uint32_t port;         /* 1 ... 65535 */
    uint32_t security;     /* DESTINATION_CONNECTION_* */
    uint32_t timeout_ms;   /* for name, connection and TLS together; the host has a limit of its own, too */
    destination_span host; /* a name, or an address; IPv6 without brackets */
    uint64_t call_token;   /* the batch this belongs to; 0 = outside `deliver` */
} destination_connection_target;

/* Which connection, for which call. */
typedef struct destination_connection_use {
    uint32_t struct_size;
    uint32_t timeout_ms;
    uint64_t connection; /* from `open`; never 0 */
    uint64_t call_token; /* the batch this belongs to; 0 = outside `deliver` */
} destination_connection_use;

/* The extension. Static. */
typedef struct destination_connections {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */

    /* Connects. On OK `*connection` (written by the host) is its number; numbers are not used twice.
     * REFUSED = this host, port, address or lack of TLS is not allowed; UNAVAILABLE = no connection, or no TLS;
     * TIMED_OUT; CANCELLED; INVALID = the target is malformed; TOO_LARGE = too many are open. */
    int32_t (*open)(const destination_host *host, const destination_connection_target *target,
                    uint64_t *connection, destination_text *problem);

    /* Writes all of `bytes`. OK = the connection took them all, which is not that the other side has read them.
     * UNAVAILABLE = it broke; TIMED_OUT; CANCELLED: some may have gone, nobody knows how many, and the connection is
     * closed. TOO_LARGE and INVALID: nothing was written. */
    int32_t (*write)(const destination_host *host, const destination_connection_use *use,
                     destination_span bytes, destination_text *problem);

    /* Reads what is there into `bytes`, at least one byte, at most its capacity; waits for the first one.
     * OK with `bytes->length` 0 = the other side has said that nothing more comes.
     * TIMED_OUT = nothing came, and the connection stays open: with a `timeout_ms` of 1 this asks whether anything has
     * come, or whether the other side has hung up. UNAVAILABLE = it broke, and is closed. INVALID = no capacity. */
    int32_t (*read)(const destination_host *host, const destination_connection_use *use,
                    destination_text *bytes, destination_text *problem);

    /* Says to the other side that nothing more comes, and waits until it says the same; what it sends meanwhile is read
     * and dropped. In every case the number is gone.
     * OK = it has said so: with TLS and without, it has then read all that was written. TIMED_OUT = it has not said
     * so in time. UNAVAILABLE = the connection broke: what was on its way may be lost. */
    int32_t (*close)(const destination_host *host, const destination_connection_use *use,
                     destination_text *problem);
} destination_connections;

/* ------------------------------------------------------------------------------------------------- ELF note ------ */

/* An adapter should say what it is in an ELF note, so that a host can list or refuse it without running its code.
 * Section ".note.destadapter", aligned to 4, read-only, kept by the linker. Frozen.
 *
 * In C and C++ one line at file scope writes it: DESTINATION_NOTE("com.example.crm", "1.4.0")
 * In Swift, `sealpost adapter note com.example.crm 1.4.0` prints the declaration. A host refuses an adapter whose note
 * says another product, version or major than its manifest. */
#define DESTINATION_NOTE_SECTION ".note.destadapter"
#define DESTINATION_NOTE_TYPE 1u

typedef struct destination_note {
    uint32_t name_size;        /* 12 */
    uint32_t description_size; /* 8 and the text's */
    uint32_t type;             /* DESTINATION_NOTE_TYPE */
    uint8_t name[12];          /* "destadapter" and a NUL */
    uint32_t abi_major;
    uint32_t abi_minor_required;
    /* The product and the version follow, each with a NUL behind it; then NULs up to a multiple of 4. */
} destination_note;

/* Both are string literals, the same as in the descriptor and in adapter.json. */
#define DESTINATION_NOTE(product_, version_)                                                             \
    static const struct {                                                                                \
        destination_note head;                                                                           \
        char text[(sizeof(product_ "\0" version_) + 3u) / 4u * 4u];                                      \
    } destination_adapter_note __attribute__((used, aligned(4), section(DESTINATION_NOTE_SECTION))) = {  \
        {12u, 8u + (sizeof(product_ "\0" version_) + 3u) / 4u * 4u, DESTINATION_NOTE_TYPE,               \
         {'d', 'e', 's', 't', 'a', 'd', 'a', 'p', 't', 'e', 'r', 0}, DESTINATION_ABI_MAJOR, 0u},         \
        product_ "\0" version_};

/* ------------------------------------------------------------------------------------------------- The layout ---- */

/* Nothing here changes in major version 1. Sizes: what the minor named has; a later one adds to them, at the end. */

#ifdef __cplusplus
#define DESTINATION_ASSERT(condition, text) static_assert(condition, text)
#else
#define DESTINATION_ASSERT(condition, text) _Static_assert(condition, text)
#endif
#define DESTINATION_AT(type, field, offset) \
    DESTINATION_ASSERT(offsetof(type, field) == (offset), #type "." #field " has moved")
#define DESTINATION_SIZE(type, size) \
    DESTINATION_ASSERT(sizeof(type) == (size), #type " has another size")

DESTINATION_ASSERT(sizeof(void *) == 8 && sizeof(size_t) == 8, "destination_adapter.h needs LP64");
DESTINATION_ASSERT(sizeof(void (*)(void)) == 8, "destination_adapter.h needs LP64");

#define DESTINATION_SPAN_SIZE 16u
DESTINATION_SIZE(destination_span, DESTINATION_SPAN_SIZE);
DESTINATION_AT(destination_span, data, 0);
DESTINATION_AT(destination_span, length, 8);

#define DESTINATION_TEXT_SIZE 24u
DESTINATION_SIZE(destination_text, DESTINATION_TEXT_SIZE);
DESTINATION_AT(destination_text, data, 0);
DESTINATION_AT(destination_text, capacity, 8);
DESTINATION_AT(destination_text, length, 16);

#define DESTINATION_EVENT_SIZE_1_0 56u
DESTINATION_SIZE(destination_event, DESTINATION_EVENT_SIZE_1_0);
DESTINATION_AT(destination_event, json, 0);
DESTINATION_AT(destination_event, id, 16);
DESTINATION_AT(destination_event, received_unix_ns, 32);
DESTINATION_AT(destination_event, type, 40);
DESTINATION_AT(destination_event, attempt, 44);
DESTINATION_AT(destination_event, flags, 48);

#define DESTINATION_RESULT_SIZE_1_0 16u
DESTINATION_SIZE(destination_result, DESTINATION_RESULT_SIZE_1_0);
DESTINATION_AT(destination_result, outcome, 0);
DESTINATION_AT(destination_result, remote_code, 4);
DESTINATION_AT(destination_result, retry_after_ms, 8);
DESTINATION_AT(destination_result, flags, 12);

#define DESTINATION_BATCH_SIZE_1_0 64u
DESTINATION_SIZE(destination_batch, DESTINATION_BATCH_SIZE_1_0);
DESTINATION_AT(destination_batch, struct_size, 0);
DESTINATION_AT(destination_batch, event_stride, 4);
DESTINATION_AT(destination_batch, event_count, 8);
DESTINATION_AT(destination_batch, result_stride, 12);
DESTINATION_AT(destination_batch, events, 16);
DESTINATION_AT(destination_batch, ndjson, 24);
DESTINATION_AT(destination_batch, batch_id, 40);
DESTINATION_AT(destination_batch, call_token, 48);
DESTINATION_AT(destination_batch, deadline_mono_ns, 56);

#define DESTINATION_HOST_SIZE_1_0 88u
DESTINATION_SIZE(destination_host, DESTINATION_HOST_SIZE_1_0);
DESTINATION_AT(destination_host, struct_size, 0);
DESTINATION_AT(destination_host, abi_major, 4);
DESTINATION_AT(destination_host, abi_minor, 8);
DESTINATION_AT(destination_host, reserved, 12);
DESTINATION_AT(destination_host, features, 16);
DESTINATION_AT(destination_host, context, 24);
DESTINATION_AT(destination_host, log, 32);
DESTINATION_AT(destination_host, detail, 40);
DESTINATION_AT(destination_host, unix_ns, 48);
DESTINATION_AT(destination_host, mono_ns, 56);
DESTINATION_AT(destination_host, cancelled, 64);
DESTINATION_AT(destination_host, secret, 72);
DESTINATION_AT(destination_host, extension, 80);

#define DESTINATION_DESCRIPTOR_SIZE_1_0 112u
DESTINATION_SIZE(destination_descriptor, DESTINATION_DESCRIPTOR_SIZE_1_0);
DESTINATION_AT(destination_descriptor, struct_size, 0);
DESTINATION_AT(destination_descriptor, event_types, 4);
DESTINATION_AT(destination_descriptor, product, 8);
DESTINATION_AT(destination_descriptor, version, 24);
DESTINATION_AT(destination_descriptor, display_name, 40);
DESTINATION_AT(destination_descriptor, settings_schema, 56);
DESTINATION_AT(destination_descriptor, max_concurrency, 72);
DESTINATION_AT(destination_descriptor, max_batch_events, 76);
DESTINATION_AT(destination_descriptor, max_batch_bytes, 80);
DESTINATION_AT(destination_descriptor, max_string_length, 88);
DESTINATION_AT(destination_descriptor, required_host_features, 96);
DESTINATION_AT(destination_descriptor, reserved, 104);

#define DESTINATION_CONFIGURATION_SIZE_1_0 40u
DESTINATION_SIZE(destination_configuration, DESTINATION_CONFIGURATION_SIZE_1_0);
DESTINATION_AT(destination_configuration, struct_size, 0);
DESTINATION_AT(destination_configuration, reserved, 4);
DESTINATION_AT(destination_configuration, settings, 8);
DESTINATION_AT(destination_configuration, destination_id, 24);

#define DESTINATION_ADAPTER_SIZE_1_0 120u
DESTINATION_SIZE(destination_adapter, DESTINATION_ADAPTER_SIZE_1_0);
DESTINATION_AT(destination_adapter, magic, 0);
DESTINATION_AT(destination_adapter, struct_size, 8);
DESTINATION_AT(destination_adapter, abi_major, 12);
DESTINATION_AT(destination_adapter, abi_minor, 16);
DESTINATION_AT(destination_adapter, abi_minor_required, 20);
DESTINATION_AT(destination_adapter, reserved, 24);
DESTINATION_AT(destination_adapter, context, 32);
DESTINATION_AT(destination_adapter, descriptor, 40);
DESTINATION_AT(destination_adapter, create, 48);
DESTINATION_AT(destination_adapter, configure, 56);
DESTINATION_AT(destination_adapter, start, 64);
DESTINATION_AT(destination_adapter, deliver, 72);
DESTINATION_AT(destination_adapter, flush, 80);
DESTINATION_AT(destination_adapter, cancel, 88);
DESTINATION_AT(destination_adapter, stop, 96);
DESTINATION_AT(destination_adapter, destroy, 104);
DESTINATION_AT(destination_adapter, extension, 112);

DESTINATION_SIZE(destination_http_header, 32u);
DESTINATION_AT(destination_http_header, name, 0);
DESTINATION_AT(destination_http_header, value, 16);

#define DESTINATION_HTTP_REQUEST_SIZE_1_0 80u
DESTINATION_SIZE(destination_http_request, DESTINATION_HTTP_REQUEST_SIZE_1_0);
DESTINATION_AT(destination_http_request, struct_size, 0);
DESTINATION_AT(destination_http_request, header_stride, 4);
DESTINATION_AT(destination_http_request, header_count, 8);
DESTINATION_AT(destination_http_request, body_stride, 12);
DESTINATION_AT(destination_http_request, body_count, 16);
DESTINATION_AT(destination_http_request, timeout_ms, 20);
DESTINATION_AT(destination_http_request, method, 24);
DESTINATION_AT(destination_http_request, url, 40);
DESTINATION_AT(destination_http_request, headers, 56);
DESTINATION_AT(destination_http_request, body, 64);
DESTINATION_AT(destination_http_request, call_token, 72);

#define DESTINATION_HTTP_RESPONSE_SIZE_1_0 40u
DESTINATION_SIZE(destination_http_response, DESTINATION_HTTP_RESPONSE_SIZE_1_0);
DESTINATION_AT(destination_http_response, struct_size, 0);
DESTINATION_AT(destination_http_response, status, 4);
DESTINATION_AT(destination_http_response, header_stride, 8);
DESTINATION_AT(destination_http_response, header_count, 12);
DESTINATION_AT(destination_http_response, headers, 16);
DESTINATION_AT(destination_http_response, body, 24);

#define DESTINATION_HTTP_SIZE_1_0 16u
DESTINATION_SIZE(destination_http, DESTINATION_HTTP_SIZE_1_0);
DESTINATION_AT(destination_http, struct_size, 0);
DESTINATION_AT(destination_http, reserved, 4);
DESTINATION_AT(destination_http, send, 8);

#define DESTINATION_METRICS_SIZE_1_0 32u
DESTINATION_SIZE(destination_metrics, DESTINATION_METRICS_SIZE_1_0);
DESTINATION_AT(destination_metrics, struct_size, 0);
DESTINATION_AT(destination_metrics, reserved, 4);
DESTINATION_AT(destination_metrics, add, 8);
DESTINATION_AT(destination_metrics, set, 16);
DESTINATION_AT(destination_metrics, time, 24);

/* What 1.1 appended. */

#define DESTINATION_CONNECTION_TARGET_SIZE_1_1 40u
DESTINATION_SIZE(destination_connection_target, DESTINATION_CONNECTION_TARGET_SIZE_1_1);
DESTINATION_AT(destination_connection_target, struct_size, 0);
DESTINATION_AT(destination_connection_target, port, 4);
DESTINATION_AT(destination_connection_target, security, 8);
DESTINATION_AT(destination_connection_target, timeout_ms, 12);
DESTINATION_AT(destination_connection_target, host, 16);
DESTINATION_AT(destination_connection_target, call_token, 32);

#define DESTINATION_CONNECTION_USE_SIZE_1_1 24u
DESTINATION_SIZE(destination_connection_use, DESTINATION_CONNECTION_USE_SIZE_1_1);
DESTINATION_AT(destination_connection_use, struct_size, 0);
DESTINATION_AT(destination_connection_use, timeout_ms, 4);
DESTINATION_AT(destination_connection_use, connection, 8);
DESTINATION_AT(destination_connection_use, call_token, 16);

#define DESTINATION_CONNECTIONS_SIZE_1_1 40u
DESTINATION_SIZE(destination_connections, DESTINATION_CONNECTIONS_SIZE_1_1);
DESTINATION_AT(destination_connections, struct_size, 0);
DESTINATION_AT(destination_connections, reserved, 4);
DESTINATION_AT(destination_connections, open, 8);
DESTINATION_AT(destination_connections, write, 16);
DESTINATION_AT(destination_connections, read, 24);
DESTINATION_AT(destination_connections, close, 32);

DESTINATION_SIZE(destination_note, 32u);
DESTINATION_AT(destination_note, name_size, 0);
DESTINATION_AT(destination_note, description_size, 4);
DESTINATION_AT(destination_note, type, 8);
DESTINATION_AT(destination_note, name, 12);
DESTINATION_AT(destination_note, abi_major, 24);
DESTINATION_AT(destination_note, abi_minor_required, 28);

#undef DESTINATION_AT
#undef DESTINATION_SIZE
#undef DESTINATION_ASSERT

#ifdef __cplusplus
}
#endif

#endif
