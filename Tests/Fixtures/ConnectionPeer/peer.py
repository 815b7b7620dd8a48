"""The other side of connections that are no HTTP, which behaves as it is told.

usage: peer.py MODE,MODE,... LOG [CERTIFICATE KEY]

One MODE for each connection, the last one for ever:
  sink      reads until the other side says that nothing more comes, and says the same
  echo      the same, and sends everything back
  greet     says "hello", then as sink
  hangup    says at once that nothing more comes, and goes
  rude      reads until the end, and never says a word of its own
  reset     reads a little and breaks the connection
  half      reads 1000 bytes, says that nothing more comes, and goes
  stall     never reads
LOG gets one line of JSON for each connection that has ended: its number, how it ended, what was read (as Latin-1).
Prints the port.
"""
import json, socket, socketserver, ssl, struct, sys, threading, time

modes, log_path = sys.argv[1].split(","), sys.argv[2]
context = None
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
lock, connections = threading.Lock(), [0]


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        with lock:
            number = connections[0] = connections[0] + 1
        mode = modes[min(number, len(modes)) - 1]
        self.read, self.ended = b"", "nothing"
        try:
            if context:
                self.request = context.wrap_socket(self.request, server_side=True, suppress_ragged_eofs=False)
            self.behave(mode)
        except (OSError, ssl.SSLError) as error:
            self.ended = type(error).__name__
        with lock, open(log_path, "a") as log:
            log.write(json.dumps({"connection": number, "ended": self.ended, "read": self.read.decode("latin-1")}) + "\n")

    def behave(self, mode):
        if mode == "hangup":
            return self.goodbye()
        if mode == "greet":
            self.request.sendall(b"hello")
        if mode == "stall":
            time.sleep(60)
        while len(self.read) < 1000 or mode != "half":
            piece = self.request.recv(65536 if mode != "half" else 1000)
            if not piece:
                self.ended = "goodbye"
                break
            self.read += piece
            if mode == "echo":
                self.request.sendall(piece)
            if mode == "reset":
                raw = self.request
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.ended = "reset"
                return raw.close()
        if mode == "rude":
            time.sleep(60)
        self.goodbye()

    def goodbye(self):
        if context:
            self.request.settimeout(2)
            try:
                self.request.unwrap()
            except OSError:
                pass
        else:
            self.request.shutdown(socket.SHUT_WR)
            time.sleep(0.05)


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads, allow_reuse_address, request_queue_size = True, True, 64

    def handle_error(self, request, address):
        pass


with Server(("127.0.0.1", 0), Connection) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
