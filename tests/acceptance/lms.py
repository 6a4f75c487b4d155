"""A local management service: listens on a loopback port and tunnels each connection through HECI to a port of the ME,
by the LMS protocol of older firmware or by APF (heci.md 6). Written for the tests from the layouts alone."""

import queue
import socket
import struct
import threading

from host import control

PATIENCE = 30
LME = bytes.fromhex("dba4336776047b4eb3afbcfc29bee7a7")
LMS = bytes.fromhex("9fd9983de81c5242b3372eff106ef29f")


class Session:
    """An open file of the HECI device at `path` that is connected to `client`."""

    def __init__(self, path, client):
        self.host = control.Host(path)
        self.file, error = self.host.open(1)
        assert error == 0, error
        self.error, self.longest, self.version = self.host.connect(1, client)
        self.file.settimeout(None)

    def send(self, message):
        assert len(message) <= self.longest, message
        self.file.send(message)

    def receive(self):
        """Empty once the ME has dropped the connection."""
        return self.file.recv(65536)

    def close(self):
        try:
            self.file.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the ME was first
        self.file.close()
        self.host.close()


def start(path, port):
    """The local management service of the ME at `path`, by the protocol that its firmware speaks: APF first."""
    for client, kind in ((LME, Apf), (LMS, Compat)):
        session = Session(path, client)
        if session.error == 0:
            return kind(session, port)
        session.close()
    raise AssertionError("the ME has neither LME nor LMS")


def end(client):
    """Whoever reads from it goes on."""
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other end was first


class Tunnel:
    """One connection of a local program."""

    def __init__(self, client):
        self.client = client
        self.opened = queue.Queue()  # the ME's number for it, or None
        self.number = None
        self.window = 0
        self.room = threading.Condition()


class Lms:
    """`session`: an open HECI session that is connected to LME or to the LMS client."""

    def __init__(self, session, port):
        self.session, self.port = session, port
        self.tunnels = {}
        self.failed = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self._threads = []

    def start(self):
        self.greet()
        self._start(self._read)
        self._start(self._accept)
        return self

    def close(self):
        self.session.close()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for tunnel in list(self.tunnels.values()):
            end(tunnel.client)
        for thread in self._threads:
            thread.join(PATIENCE)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        try:
            while True:
                self._start(self._serve, self._listener.accept()[0])
        except OSError:
            pass  # closed

    def _read(self):
        try:
            while message := self.session.receive():
                self.take(message)
        except OSError:
            pass  # closed
        except Exception as error:  # shown by the test
            self.failed = error

    def _serve(self, client):
        tunnel = Tunnel(client)
        self.open(tunnel)
        if tunnel.opened.get(timeout=PATIENCE) is None:
            client.close()
            return
        try:
            while data := client.recv(self.block):
                self.send(tunnel, data)
        except OSError:
            pass  # ended by the ME
        finally:
            self.shut(tunnel)
            client.close()


class Compat(Lms):
    """LMS protocol 1 or 2; multi-byte fields are big-endian."""

    block = 1024

    def greet(self):
        self.requests = {}
        self.next_request = 0
        self.session.send(bytes([7, 0, 0]))
        reply = self.session.receive()
        assert reply[0] == 8 and reply[3] == 0, reply
        self.protocol = self.session.version
        self.session.send(bytes([5, 0]))
        reply = self.session.receive()
        assert reply[0] == 6 and len(reply) == 276, reply
        self.me = socket.inet_ntoa(reply[4:8])
        self.fqdn = reply[20:].split(b"\0")[0].decode()

    def open(self, tunnel):
        self.next_request = (self.next_request + 1) % 256
        self.requests[self.next_request] = tunnel
        host, port = tunnel.client.getpeername()
        if self.protocol == 1:
            self.session.send(struct.pack(">BBBB4s12xHH", 1, 0, 0, self.next_request, socket.inet_aton(host), port, self.port))
        else:
            self.session.send(struct.pack(">BBBB4xB256sHH", 10, 0, 0, 0, self.next_request, host.encode(), port, self.port))

    def take(self, message):
        kind, number = message[0], message[1]
        if kind == 2:
            tunnel = self.requests.pop(message[3])
            tunnel.number = number if message[2] == 0 else None
            if tunnel.number is not None:
                self.tunnels[number] = tunnel
            tunnel.opened.put(tunnel.number)
        elif kind == 3:
            if tunnel := self.tunnels.pop(number, None):
                end(tunnel.client)
        elif kind == 4:
            size = struct.unpack(">H", message[2:4])[0]
            assert size == len(message) - 4, message
            if tunnel := self.tunnels.get(number):
                tunnel.client.sendall(message[4:])
        else:
            assert kind == 6, message  # IP and FQDN again

    def send(self, tunnel, data):
        self.session.send(struct.pack(">BBH", 4, tunnel.number, len(data)) + data)

    def shut(self, tunnel):
        if self.tunnels.pop(tunnel.number, None):
            self.session.send(bytes([3, tunnel.number, 0]))


class Apf(Lms):
    """APF over MEI; all integers big-endian."""

    block = 4096
    window = 4096

    def greet(self):
        self.opening = {}
        self.next_channel = 10
        self.forwards = []
        self.session.send(struct.pack(">BIII16s64x", 192, 1, 0, 9, b""))
        while self.forwards[-1:] != [623]:
            self.answer(self.session.receive())

    def answer(self, message):
        kind = message[0]
        if kind == 192:
            assert len(message) == 93, message
            self.uuid = message[13:29]
        elif kind == 5:
            size = struct.unpack(">I", message[1:5])[0]
            name = message[5:5 + size]
            self.session.send(struct.pack(">BI", 6, size) + name)
        elif kind == 80:
            size = struct.unpack(">I", message[1:5])[0]
            assert message[5:5 + size] == b"tcpip-forward", message
            self.forwards.append(struct.unpack(">I", message[-4:])[0])
            if message[5 + size]:
                self.session.send(struct.pack(">BI", 81, self.forwards[-1]))
        else:
            raise AssertionError(message)

    def open(self, tunnel):
        self.next_channel += 1
        own = self.next_channel
        self.opening[own] = self.tunnels[own] = tunnel
        tunnel.own = own
        host, port = tunnel.client.getpeername()
        kind, address = b"forwarded-tcpip", b"127.0.0.1"
        self.session.send(struct.pack(">BI", 90, len(kind)) + kind + struct.pack(">III", own, self.window, 0xFFFFFFFF) +
                          struct.pack(">I", len(address)) + address + struct.pack(">I", self.port) +
                          struct.pack(">I", len(host)) + host.encode() + struct.pack(">I", port))

    def take(self, message):
        kind = message[0]
        if kind in (5, 80, 192):
            self.answer(message)
            return
        tunnel = self.tunnels.get(struct.unpack(">I", message[1:5])[0])
        if not tunnel:
            assert kind in (93, 94, 97), message  # crossed our close on its way
            return
        if kind == 91:
            tunnel.number, tunnel.window = struct.unpack(">II", message[5:13])
            tunnel.opened.put(tunnel.number)
        elif kind == 92:
            tunnel.opened.put(None)
        elif kind == 93:
            with tunnel.room:
                tunnel.window += struct.unpack(">I", message[5:9])[0]
                tunnel.room.notify()
        elif kind == 94:
            size = struct.unpack(">I", message[5:9])[0]
            assert size == len(message) - 9 and size <= self.window, message
            tunnel.client.sendall(message[9:])
            self.session.send(struct.pack(">BII", 93, tunnel.number, size))
        elif kind == 97:
            if not self.tunnels.pop(tunnel.own, None):
                return
            self.session.send(struct.pack(">BI", 97, tunnel.number))
            with tunnel.room:
                tunnel.window = 1 << 30
                tunnel.room.notify()
            end(tunnel.client)
        else:
            raise AssertionError(message)

    def send(self, tunnel, data):
        while data:
            with tunnel.room:
                assert tunnel.room.wait_for(lambda: tunnel.window > 0, PATIENCE), "the window never opens"
                part = data[:tunnel.window]
                tunnel.window -= len(part)
            self.session.send(struct.pack(">BII", 94, tunnel.number, len(part)) + part)
            data = data[len(part):]

    def shut(self, tunnel):
        if self.tunnels.pop(tunnel.own, None):
            self.session.send(struct.pack(">BI", 97, tunnel.number))
