"""A server of HTTP/2 that misbehaves as it is told: the other side in tests, by the Python package h2.

usage: peer.py PLAN LOG CERTIFICATE KEY

PLAN is JSON: for each path the steps, one for each request; the last one goes on for ever. "settings" holds what the
server announces: {"max_concurrent_streams": 2}; "announce" how many streams it says it takes, and does not hold others
to. "alpn" is what it chooses from, else ["h2"]; "imposes" what it chooses whatever is offered. A step is an object:
  {"status": 200, "headers": [["name", "value"]], "body": "text", "trailers": [[...]]}   or {"bytes": 100}
  {"gather": N, ...}   the same, but held until N requests are under way on the connection
  {"interim": N, ...}  N interim answers before it
  {"do": "..."}        a method of Connection
LOG gets one line of JSON for each request that was read, and for what ends a connection. Prints the port.
"""
import ctypes, json, socket, socketserver, ssl, struct, sys, threading, time

import h2.config, h2.connection, h2.errors, h2.events, h2.exceptions, h2.settings
import hpack
from hyperframe.frame import (
    ContinuationFrame, DataFrame, GoAwayFrame, HeadersFrame, PingFrame, PushPromiseFrame, SettingsFrame,
    WindowUpdateFrame)

plan, log_path = json.loads(sys.argv[1]), sys.argv[2]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[3], sys.argv[4])
context.set_alpn_protocols(plan.get("alpn", ["h2"]))


def impose(name):
    # Python's module chooses from what is offered; OpenSSL's callback may choose anything. The context is the first
    # member of Python's object.
    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p), ctypes.POINTER(ctypes.c_ubyte), ctypes.c_void_p,
        ctypes.c_uint, ctypes.c_void_p)

    def choose(_, chosen, length, offered, offered_length, argument):
        chosen[0], length[0] = name, len(name)
        return 0

    impose.kept = kind(choose)
    native = ctypes.cast(id(context) + object.__basicsize__, ctypes.POINTER(ctypes.c_void_p))[0]
    ctypes.CDLL(ssl._ssl.__file__).SSL_CTX_set_alpn_select_cb(ctypes.c_void_p(native), impose.kept, None)


if "imposes" in plan:
    impose(plan["imposes"].encode())
lock, served, connections = threading.Lock(), {}, [0]


def write_log(**entry):
    with lock, open(log_path, "a") as log:
        print(json.dumps(entry), file=log)


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        with lock:
            connections[0] += 1
            self.number = connections[0]
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(self.request, server_side=True)
        if self.socket.selected_alpn_protocol() != "h2":
            return self.handle_http11()
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        self.h2 = h2.connection.H2Connection(config=config)
        self.streams, self.held, self.most, self.outgoing, self.unread = {}, [], 0, {}, 0
        settings = plan.get("settings", {})
        if settings:
            self.h2.local_settings = h2.settings.Settings(client=False, initial_values={
                getattr(h2.settings.SettingCodes, name.upper()): value for name, value in settings.items()})
        self.h2.initiate_connection()
        self.flush()
        if "announce" in plan:
            self.socket.sendall(SettingsFrame(0, settings={3: plan["announce"]}).serialize())
        try:
            while self.turn():
                pass
        except (OSError, h2.exceptions.ProtocolError) as error:
            write_log(target="broken", error=type(error).__name__, connection=self.number)
        write_log(target="closed", connection=self.number, most=self.most)

    def handle_http11(self):
        # One answer, which says what was spoken.
        text = b""
        while b"\r\n\r\n" not in text:
            text += self.socket.recv(65536)
        line = text.split(b"\r\n")[0].decode().split(" ")
        write_log(method=line[0], target=line[1], version=line[2], connection=self.number)
        self.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhttp")

    def flush(self):
        data = self.h2.data_to_send()
        if data:
            self.socket.sendall(data)

    def turn(self):
        data = self.socket.recv(65536)
        if not data:
            return False
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                if not self.begin(event):
                    return False
            elif isinstance(event, h2.events.DataReceived):
                if event.stream_id in self.streams:
                    self.streams[event.stream_id]["body"] += event.data
                    if self.streams[event.stream_id].get("stalled"):
                        self.unread += event.flow_controlled_length
                    else:
                        self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                if event.stream_id in self.streams and not self.end(event.stream_id):
                    return False
            elif isinstance(event, h2.events.WindowUpdated):
                for stream in list(self.outgoing):
                    self.pump(stream)
            elif isinstance(event, h2.events.StreamReset):
                self.outgoing.pop(event.stream_id, None)
                # What was sent for nobody counts against the connection no longer.
                if self.unread:
                    self.h2.increment_flow_control_window(self.unread)
                    self.unread = 0
                write_log(target="reset", stream=event.stream_id, code=int(event.error_code), connection=self.number)
            elif isinstance(event, h2.events.ConnectionTerminated):
                write_log(target="goaway", code=int(event.error_code), connection=self.number)
            elif isinstance(event, h2.events.PingAckReceived):
                write_log(target="pong", connection=self.number)
        self.flush()
        return True

    def begin(self, event):
        headers = list(event.headers)
        path = dict(headers)[":path"].partition("?")[0]
        with lock:
            count = served.get(path, 0)
            served[path] = count + 1
        steps = plan.get(path, [{"status": 404}])
        step = steps[min(count, len(steps) - 1)]
        self.streams[event.stream_id] = {"headers": headers, "body": b"", "step": step}
        self.most = max(self.most, len(self.streams))
        if step.get("do") in ("early", "refuse_at_once"):
            self.streams[event.stream_id]["stalled"] = True
            return self.end(event.stream_id)
        return True

    def end(self, stream):
        state = self.streams[stream]
        step, headers = state["step"], state["headers"]
        if not state.get("told"):
            state["told"] = True
            names = dict(headers)
            write_log(
                method=names[":method"], target=names[":path"], fields=headers, stream=stream,
                body=state["body"].decode("utf-8", "replace"), connection=self.number)
        if "gather" in step:
            self.held.append(stream)
            if len(self.held) < step["gather"]:
                return True
            for one in self.held:
                self.answer(one, self.streams[one]["step"])
            self.held = []
            return True
        if "do" in step:
            return getattr(self, step["do"].replace("-", "_"))(stream, step)
        self.answer(stream, step)
        return True

    def answer(self, stream, step):
        for _ in range(step.get("interim", 0)):
            self.h2.send_headers(stream, [(":status", "103"), ("link", "x")])
        body = step["bytes"] * b"x" if "bytes" in step else step.get("body", "").encode()
        headers = [(":status", str(step.get("status", 200)))] + [tuple(pair) for pair in step.get("headers", [])]
        method = dict(self.streams[stream]["headers"])[":method"]
        if method == "HEAD":
            body = b""
        trailers = [tuple(pair) for pair in step.get("trailers", [])]
        self.h2.send_headers(stream, headers, end_stream=not body and not trailers)
        if body or trailers:
            self.outgoing[stream] = (body, trailers)
            self.pump(stream)
        else:
            self.streams.pop(stream, None)

    def pump(self, stream):
        body, trailers = self.outgoing[stream]
        while body:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if room <= 0:
                break
            piece, body = body[:room], body[room:]
            self.h2.send_data(stream, piece, end_stream=not body and not trailers)
        self.outgoing[stream] = (body, trailers)
        if not body:
            if trailers:
                self.h2.send_headers(stream, trailers, end_stream=True)
            self.outgoing.pop(stream)
            self.streams.pop(stream, None)

    # What a step can do. Each says whether the connection goes on.

    def refuse(self, stream, step):
        self.h2.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
        self.streams.pop(stream, None)
        return True

    refuse_at_once = refuse

    def http11(self, stream, step):
        self.h2.reset_stream(stream, h2.errors.ErrorCodes.HTTP_1_1_REQUIRED)
        return True

    def reset(self, stream, step):
        self.h2.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
        return True

    def reset_within(self, stream, step):
        self.h2.send_headers(stream, [(":status", "200")])
        self.h2.send_data(stream, b"half")
        self.h2.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
        return True

    def goaway_before(self, stream, step):
        # Nothing was done with this one.
        self.raw_frames(GoAwayFrame(stream_id=0, last_stream_id=max(0, stream - 2), error_code=0))
        return True

    def goaway_after(self, stream, step):
        self.raw_frames(GoAwayFrame(stream_id=0, last_stream_id=stream, error_code=0))
        self.answer(stream, step)
        return True

    def hangup(self, stream, step):
        return False

    def hangup_within(self, stream, step):
        self.h2.send_headers(stream, [(":status", "200"), ("content-length", "10")])
        self.h2.send_data(stream, b"half")
        self.flush()
        return False

    def never(self, stream, step):
        return True

    def early(self, stream, step):
        # Answers before the body is there, and takes no more of it.
        self.h2.send_headers(stream, [(":status", "413")], end_stream=True)
        self.flush()
        return True

    def endless(self, stream, step):
        self.h2.send_headers(stream, [(":status", "200")])
        self.outgoing[stream] = (b"x" * (64 << 20), [])
        self.pump(stream)
        return True

    def drip(self, stream, step):
        self.h2.send_headers(stream, [(":status", "200")])
        self.flush()
        for _ in range(60):
            self.h2.send_data(stream, b"x")
            self.flush()
            time.sleep(0.1)
        return False

    def bad_fields(self, stream, step):
        # As a server would that does not check what it sends.
        block = hpack.Encoder().encode([tuple(pair) for pair in step["fields"]])
        frame = HeadersFrame(stream, data=block)
        frame.flags.add("END_HEADERS")
        frame.flags.add("END_STREAM")
        self.raw_frames(frame)
        return True

    def bad_block(self, stream, step):
        frame = HeadersFrame(stream, data=bytes.fromhex(step["hex"]))
        frame.flags.add("END_HEADERS")
        self.raw_frames(frame)
        return True

    def bomb(self, stream, step):
        # One long field in the table, named thousands of times by one byte each.
        encoder = hpack.Encoder()
        block = encoder.encode([(":status", "200"), ("x", "y" * 3000)]) + b"\xbe" * 13000
        frame = HeadersFrame(stream, data=block)
        frame.flags.add("END_HEADERS")
        self.raw_frames(frame)
        return True

    def long_head(self, stream, step):
        encoder = hpack.Encoder()
        block = encoder.encode([(":status", "200")] + [(f"x-{i}", "y" * 400) for i in range(step["count"])])
        pieces = [block[i:i + 16000] for i in range(0, len(block), 16000)]
        first = HeadersFrame(stream, data=pieces[0])
        frames = [first] + [ContinuationFrame(stream, data=piece) for piece in pieces[1:]]
        frames[-1].flags.add("END_HEADERS")
        first.flags.add("END_STREAM")
        self.raw_frames(*frames)
        return True

    def flood(self, stream, step):
        # Frames that come to nothing, for as long as somebody takes them.
        self.h2.send_headers(stream, [(":status", "200")])
        self.flush()
        what = step["of"]
        if what == "continuation":
            self.raw_frames(HeadersFrame(stream, data=b""))
        frame = {
            "ping": lambda: PingFrame(0, opaque_data=b"12345678"),
            "settings": lambda: SettingsFrame(0, settings={4: 65535}),
            "data": lambda: DataFrame(stream, data=b""),
            "continuation": lambda: ContinuationFrame(stream, data=b""),
            "window": lambda: WindowUpdateFrame(stream, window_increment=1),
            "padding": lambda: DataFrame(stream, data=b"", pad_length=1, flags=["PADDED"]),
        }[what]().serialize()
        try:
            for _ in range(5000):
                self.socket.sendall(frame * 100)
        except OSError:
            write_log(target="flood over", connection=self.number)
            return False
        write_log(target="flood taken", connection=self.number)
        return False

    def beyond_window(self, stream, step):
        self.h2.send_headers(stream, [(":status", "200")])
        piece = DataFrame(stream, data=b"x" * 16384).serialize()
        # Without a look at what comes back: whoever opens the window as it reads is soon behind.
        self.flush()
        try:
            for _ in range(50):
                self.socket.sendall(piece * 40)
        except OSError:
            pass
        return True

    def frames(self, stream, step):
        # Raw bytes, with the stream's number put in for "SSSSSSSS".
        self.flush()
        self.socket.sendall(bytes.fromhex(step["hex"].replace("SSSSSSSS", f"{stream:08x}")))
        return True

    def push(self, stream, step):
        block = hpack.Encoder().encode(
            [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/pushed")])
        frame = PushPromiseFrame(stream, promised_stream_id=2, data=block)
        frame.flags.add("END_HEADERS")
        self.raw_frames(frame)
        return True

    def raw_frames(self, *frames):
        self.flush()
        try:
            for frame in frames:
                self.socket.sendall(frame.serialize())
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Connection)
print(server.server_address[1], flush=True)
server.serve_forever()
