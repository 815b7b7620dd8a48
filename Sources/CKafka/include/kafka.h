/* The records of librdkafka's interface that the host reads, and the callbacks it gives.
 *
 * The library itself is found at run time (librdkafka.so.1), so that the host runs without it; its header is not needed
 * to build. The layouts are those of librdkafka 1.x and 2.x, whose soname promises them; a test holds them against the
 * library's own header where it is installed. */
#ifndef SEALPOST_KAFKA_H
#define SEALPOST_KAFKA_H

#include <stddef.h>
#include <stdint.h>

/* A message as the consumer gets it, or as its delivery report tells of it (`rd_kafka_message_t`). */
typedef struct {
    int32_t err;       /* 0, or what went wrong instead: `payload` then says it in words. */
    int32_t reserved;  /* Padding. */
    void *topic;       /* `rd_kafka_topic_t *`, the library's. */
    int32_t partition;
    int32_t reserved2; /* Padding. */
    void *payload;     /* NULL for a tombstone. */
    size_t len;
    void *key;         /* NULL for none. */
    size_t key_len;
    int64_t offset;
    void *opaque;      /* What `rd_kafka_produce` was given. */
} kafka_message;

/* One partition of a list (`rd_kafka_topic_partition_t`). */
typedef struct {
    char *topic;
    int32_t partition;
    int32_t reserved;  /* Padding. */
    int64_t offset;
    void *metadata;
    size_t metadata_size;
    void *opaque;
    int32_t err;
    int32_t reserved2; /* Padding. */
    void *internals;
} kafka_partition;

/* `rd_kafka_topic_partition_list_t`. */
typedef struct {
    int32_t count;
    int32_t size;
    kafka_partition *elements;
} kafka_partition_list;

#endif
