/* Our records of librdkafka against its own header, field by field. */
#include <librdkafka/rdkafka.h>

#include "kafka.h"

#define SAME(ours, field, theirs, their_field)                                                   \
    _Static_assert(offsetof(ours, field) == offsetof(theirs, their_field), "place of " #field);  \
    _Static_assert(sizeof(((ours *)0)->field) == sizeof(((theirs *)0)->their_field), "size of " #field)

_Static_assert(sizeof(kafka_message) == sizeof(rd_kafka_message_t), "message");
SAME(kafka_message, err, rd_kafka_message_t, err);
SAME(kafka_message, topic, rd_kafka_message_t, rkt);
SAME(kafka_message, partition, rd_kafka_message_t, partition);
SAME(kafka_message, payload, rd_kafka_message_t, payload);
SAME(kafka_message, len, rd_kafka_message_t, len);
SAME(kafka_message, key, rd_kafka_message_t, key);
SAME(kafka_message, key_len, rd_kafka_message_t, key_len);
SAME(kafka_message, offset, rd_kafka_message_t, offset);
SAME(kafka_message, opaque, rd_kafka_message_t, _private);

_Static_assert(sizeof(kafka_partition) == sizeof(rd_kafka_topic_partition_t), "partition");
SAME(kafka_partition, topic, rd_kafka_topic_partition_t, topic);
SAME(kafka_partition, partition, rd_kafka_topic_partition_t, partition);
SAME(kafka_partition, offset, rd_kafka_topic_partition_t, offset);
SAME(kafka_partition, metadata, rd_kafka_topic_partition_t, metadata);
SAME(kafka_partition, metadata_size, rd_kafka_topic_partition_t, metadata_size);
SAME(kafka_partition, opaque, rd_kafka_topic_partition_t, opaque);
SAME(kafka_partition, err, rd_kafka_topic_partition_t, err);

_Static_assert(sizeof(kafka_partition_list) == sizeof(rd_kafka_topic_partition_list_t), "list");
SAME(kafka_partition_list, count, rd_kafka_topic_partition_list_t, cnt);
SAME(kafka_partition_list, size, rd_kafka_topic_partition_list_t, size);
SAME(kafka_partition_list, elements, rd_kafka_topic_partition_list_t, elems);
