/* What the host uses of libnghttp2's interface: its records, and the callbacks it is given.
 *
 * The library itself is found at run time (libnghttp2.so.14), so that the host runs without it; its header is not needed
 * to build. The layouts are those that the soname promises; a test holds them against the library's own header where it
 * is installed. */
#ifndef SEALPOST_HTTP2_H
#define SEALPOST_HTTP2_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* `nghttp2_info`, as far as every version has it. */
typedef struct {
    int age;
    int version_num; /* 0x013400 is 1.52.0. */
    const char *version_str;
} http2_info;

/* One header field (`nghttp2_nv`); the library copies both texts. */
typedef struct {
    uint8_t *name;
    uint8_t *value;
    size_t name_length;
    size_t value_length;
    uint8_t flags; /* 1: never kept in a compression table, here or behind (RFC 7541, 7.1.3). */
} http2_field;

/* What every frame begins with (`nghttp2_frame_hd`, the first member of each `nghttp2_frame`). */
typedef struct {
    size_t length;
    int32_t stream_id;
    uint8_t type;
    uint8_t flags;
    uint8_t reserved;
} http2_frame;

/* `nghttp2_settings_entry`. */
typedef struct {
    int32_t id;
    uint32_t value;
} http2_setting;

/* Fills `buffer` with the next bytes of a request's body; sets bit 0 of `flags` with the last of them. */
typedef ssize_t (*http2_read)(
    void *session, int32_t stream_id, uint8_t *buffer, size_t length, uint32_t *flags, void *source,
    void *context);

/* Where a body comes from (`nghttp2_data_provider`). */
typedef struct {
    void *source;
    http2_read read;
} http2_body;

/* Of each callback the last argument is what the session was made with, and 0 means that all is well. */
typedef int (*http2_on_frame)(void *session, const http2_frame *frame, void *context);
typedef int (*http2_on_invalid_frame)(
    void *session, const http2_frame *frame, int error, void *context);
typedef int (*http2_on_field)(
    void *session, const http2_frame *frame, const uint8_t *name, size_t name_length,
    const uint8_t *value, size_t value_length, uint8_t flags, void *context);
typedef int (*http2_on_data)(
    void *session, uint8_t flags, int32_t stream_id, const uint8_t *bytes, size_t length,
    void *context);
typedef int (*http2_on_close)(void *session, int32_t stream_id, uint32_t code, void *context);

#endif
