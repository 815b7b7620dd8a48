"""A server that misbehaves as it is told: the other side in tests of HTTP.

usage: peer.py PLAN LOG [CERTIFICATE KEY]

PLAN is JSON: for each path the steps, one for each request; the last one goes on for ever. A step is an object:
  {"status": 200, "headers": {"Retry-After": "1"}, "body": "text"}   an answer; {"bytes": 100} a body of that length
  {"do": "reset" | "hangup" | "never" | "early" | "raw" | "answer-and-hangup" | "endless" | "drip"}
LOG gets one line of JSON for each request that was read. Prints the port.
"""
import gzip, json, socket, socketserver, ssl, struct, sys, threading, time

plan, log_path = json.loads(sys.argv[1]), sys.argv[2]
context = None
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
lock, served, connections = threading.Lock(), {}, [0]


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        with lock:
            connections[0] += 1
            self.number = connections[0]
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            self.request = context.wrap_socket(self.request, server_side=True)
        self.file = self.request.makefile("rb")
        while self.one_request():
            pass

    def one_request(self):
        line = self.file.readline().decode()
        if not line:
            return False
        method, target, _ = line.split(" ")
        headers = {}
        while True:
            line = self.file.readline().decode().rstrip("\r\n")
            if not line:
                break
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        path = target.partition("?")[0]
        with lock:
            count = served.get(path, 0)
            served[path] = count + 1
        steps = plan.get(path, [{"status": 404}])
        step = steps[min(count, len(steps) - 1)]
        what = step.get("do", "answer")
        body = b"" if what == "early" else self.file.read(int(headers.get("content-length", 0)))
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        with lock, open(log_path, "a") as log:
            print(
                json.dumps(
                    {"method": method, "target": target, "headers": headers, "connection": self.number,
                     "body": body.decode("utf-8", "replace"), "time": time.time()}), file=log)
        return getattr(self, what.replace("-", "_"))(step, method)

    def answer(self, step, method):
        status = step.get("status", 200)
        body = step["bytes"] * b"x" if "bytes" in step else step.get("body", "").encode()
        headers = dict(step.get("headers", {}))
        text = f"HTTP/1.1 {status} Said\r\n"
        if step.get("chunked"):
            headers["Transfer-Encoding"] = "chunked"
            body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[i:i + 1000] for i in range(0, len(body), 1000)))
            body += b"0\r\n\r\n"
        elif status not in (204, 304):
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            text += f"{name}: {value}\r\n"
        self.request.sendall(text.encode() + b"\r\n" + (b"" if method == "HEAD" else body))
        return headers.get("Connection") != "close"

    def answer_and_hangup(self, step, method):
        self.answer(step, method)
        return False

    def reset(self, step, method):
        reset(self.request)
        return False

    def hangup(self, step, method):
        return False

    def never(self, step, method):
        # Until the other side gives up.
        self.request.settimeout(60)
        try:
            gone = self.request.recv(1) == b""
        except OSError:
            gone = True
        with lock, open(log_path, "a") as log:
            print(json.dumps({"target": "closed" if gone else "silent"}), file=log)
        return False

    def early(self, step, method):
        self.request.sendall(b"HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        time.sleep(0.2)
        return False

    def raw(self, step, method):
        self.request.sendall(step["body"].encode("latin-1"))
        return False

    def endless(self, step, method):
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                self.request.sendall(b"x" * 65536)
        except OSError:
            return False

    def drip(self, step, method):
        # A byte now and then: never idle, never done.
        try:
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: " + b"y" * 600:
                self.request.sendall(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            pass
        return False


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Connection)
print(server.server_address[1], flush=True)
server.serve_forever()
