"""A Kafka cluster of three brokers in this process: the mock cluster that comes with librdkafka.

Usage: cluster.py TOPIC=PARTITIONS [TOPIC=PARTITIONS ...]

Prints the brokers' addresses, then takes one command a line from standard input and answers each with `ok` or an error:

    down N | up N                    a broker goes away, or comes back
    error API CODE [CODE ...]        the next requests of that kind are answered so (the protocol's numbers)
    leader TOPIC PARTITION N         the partition moves to that broker
    put TOPIC KEY VALUE              sends a message, keyed, by a producer of its own
    flush                            waits until what was put is stored
    get TOPIC                        every message of the topic: partition, offset, key, value as JSON lines, then `ok`

It ends with its standard input.
"""

import ctypes
import json
import sys
import time

kafka = ctypes.CDLL("librdkafka.so.1")
Pointer = ctypes.c_void_p


class Message(ctypes.Structure):
    _fields_ = [
        ("err", ctypes.c_int), ("rkt", Pointer), ("partition", ctypes.c_int32), ("payload", Pointer),
        ("len", ctypes.c_size_t), ("key", Pointer), ("key_len", ctypes.c_size_t), ("offset", ctypes.c_int64),
        ("private", Pointer),
    ]


def function(name, result, *arguments):
    found = getattr(kafka, "rd_kafka_" + name)
    found.restype = result
    found.argtypes = arguments
    return found


conf_new = function("conf_new", Pointer)
conf_set = function("conf_set", ctypes.c_int, Pointer, ctypes.c_char_p, ctypes.c_char_p, Pointer, ctypes.c_size_t)
new = function("new", Pointer, ctypes.c_int, Pointer, ctypes.c_char_p, ctypes.c_size_t)
topic_new = function("topic_new", Pointer, Pointer, ctypes.c_char_p, Pointer)
produce = function(
    "produce", ctypes.c_int, Pointer, ctypes.c_int32, ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t,
    ctypes.c_char_p, ctypes.c_size_t, Pointer)
flush = function("flush", ctypes.c_int, Pointer, ctypes.c_int)
query = function(
    "query_watermark_offsets", ctypes.c_int, Pointer, ctypes.c_char_p, ctypes.c_int32,
    ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_int64), ctypes.c_int)
consume_start = function("consume_start", ctypes.c_int, Pointer, ctypes.c_int32, ctypes.c_int64)
consume = function("consume", ctypes.POINTER(Message), Pointer, ctypes.c_int32, ctypes.c_int)
consume_stop = function("consume_stop", ctypes.c_int, Pointer, ctypes.c_int32)
message_destroy = function("message_destroy", None, ctypes.POINTER(Message))
cluster_new = function("mock_cluster_new", Pointer, Pointer, ctypes.c_int)
bootstraps = function("mock_cluster_bootstraps", ctypes.c_char_p, Pointer)
topic_create = function("mock_topic_create", ctypes.c_int, Pointer, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)
set_down = function("mock_broker_set_down", ctypes.c_int, Pointer, ctypes.c_int32)
set_up = function("mock_broker_set_up", ctypes.c_int, Pointer, ctypes.c_int32)
set_leader = function(
    "mock_partition_set_leader", ctypes.c_int, Pointer, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int32)
push_errors = function(
    "mock_push_request_errors_array", None, Pointer, ctypes.c_int16, ctypes.c_size_t, ctypes.POINTER(ctypes.c_int))

PRODUCER, CONSUMER = 0, 1
COPY = 2
BEGINNING = -2


def client(kind, **properties):
    configuration = conf_new()
    for name, value in properties.items():
        conf_set(configuration, name.replace("_", ".").encode(), value.encode(), None, 0)
    reason = ctypes.create_string_buffer(512)
    made = new(kind, configuration, reason, len(reason))
    if not made:
        sys.exit(reason.value.decode())
    return made


def everything(address, topic, partitions):
    """Every message of the topic, read without a group."""
    reader = client(CONSUMER, bootstrap_servers=address)
    handle = topic_new(reader, topic.encode(), None)
    for partition in range(partitions):
        low, high = ctypes.c_int64(), ctypes.c_int64()
        if query(reader, topic.encode(), partition, low, high, 10000) != 0:
            return "no answer from the brokers"
        consume_start(handle, partition, BEGINNING)
        seen, deadline = low.value, time.monotonic() + 20
        while seen < high.value and time.monotonic() < deadline:
            message = consume(handle, partition, 1000)
            if not message:
                continue
            if message.contents.err == 0:
                fields = message.contents
                print(json.dumps({
                    "partition": partition, "offset": fields.offset,
                    "key": ctypes.string_at(fields.key, fields.key_len).decode() if fields.key else None,
                    "value": ctypes.string_at(fields.payload, fields.len).decode() if fields.payload else None,
                }))
                seen = fields.offset + 1
            message_destroy(message)
        consume_stop(handle, partition)
        if seen < high.value:
            return "not every message came"
    return "ok"


def main():
    topics = dict((name, int(count)) for name, count in (word.split("=") for word in sys.argv[1:]))
    # The cluster wants a client to live in; what that says of having no brokers is of no interest.
    home = client(PRODUCER, log_level="2", bootstrap_servers="127.0.0.1:9")
    cluster = cluster_new(home, 3)
    for name, count in topics.items():
        topic_create(cluster, name.encode(), count, 3)
    address = bootstraps(cluster).decode()
    print(address, flush=True)
    producer, handles = client(PRODUCER, bootstrap_servers=address, linger_ms="1"), {}
    for line in sys.stdin:
        words = line.rstrip("\n").split(" ", 3)
        answer = "ok"
        if words[0] == "down":
            set_down(cluster, int(words[1]))
        elif words[0] == "up":
            set_up(cluster, int(words[1]))
        elif words[0] == "leader":
            set_leader(cluster, words[1].encode(), int(words[2]), int(words[3]))
        elif words[0] == "error":
            codes = [int(code) for code in line.split()[2:]]
            push_errors(cluster, int(words[1]), len(codes), (ctypes.c_int * len(codes))(*codes))
        elif words[0] == "put":
            topic, key, value = words[1].encode(), words[2].encode(), words[3].encode()
            handles[topic] = handles.get(topic) or topic_new(producer, topic, None)
            if produce(handles[topic], -1, COPY, value, len(value), key, len(key), None) != 0:
                answer = "not taken"
        elif words[0] == "flush":
            answer = "ok" if flush(producer, 20000) == 0 else "not everything was stored"
        elif words[0] == "get":
            answer = everything(address, words[1], topics[words[1]])
        else:
            answer = "no such command"
        print(answer, flush=True)


main()
