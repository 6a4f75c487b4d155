"""The control protocol of a virtual ME's HECI socket (docs/heci.md), from both ends."""

import os
import socket
import struct
import threading

OPEN, CONNECT, DISCONNECTED, STATE, HOLD, RELEASE, OPENED, CONNECTED, HELD = 1, 2, 3, 4, 5, 6, 0x81, 0x82, 0x85
PATIENCE = 60


def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Host:
    """Opens files of the device of the ME that serves `path`, one after the other."""

    def __init__(self, path):
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(PATIENCE)
        self.control.connect(path)
        op, self.state, *self.version, self.pci = struct.unpack("<BB5H", self.control.recv(100))
        assert op == STATE

    def open(self, session):
        ours, mes = pair()
        ours.settimeout(PATIENCE)
        with mes:
            socket.send_fds(self.control, [struct.pack("<BI", OPEN, session)], [mes.fileno()])
        op, opened, error = struct.unpack("<BIB", self.control.recv(100))
        assert (op, opened) == (OPENED, session)
        return ours, error

    def connect(self, session, client):
        self.control.send(struct.pack("<BI", CONNECT, session) + client)
        op, connected, error, longest, protocol = struct.unpack("<BIBIB", self.control.recv(100))
        assert (op, connected) == (CONNECTED, session)
        return error, longest, protocol

    def close(self):
        self.control.close()


class Me:
    """An ME at `path` whose clients do as the test says: `connect(client)` gives errno, longest message and protocol;
    `message(me, session, bytes)` gives the answers to a message; `opening` the errno of every open."""

    def __init__(self, path, connect, message, opening=0, state=0):
        self.connect, self.message, self.opening, self.state = connect, message, opening, state
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        os.chmod(path, 0o666)
        self.listener.listen()
        self.sessions = {}
        self.control = None
        self.threads = [threading.Thread(target=self._serve, daemon=True)]
        self.threads[0].start()

    def _serve(self):
        self.control, _ = self.listener.accept()
        self.control.send(struct.pack("<BB5H", STATE, self.state, 3, 2, 2, 1046, 0x29B4))
        while True:
            data, fds, _, _ = socket.recv_fds(self.control, 100, 4)
            if not data:
                return
            op, session = struct.unpack_from("<BI", data)
            if op == OPEN:
                self._open(session, socket.socket(fileno=fds[0]))
            elif op == CONNECT:
                self.control.send(struct.pack("<BIBIB", CONNECTED, session, *self.connect(data[5:])))
            elif op == HOLD:
                self.control.send(struct.pack("<BI", HELD, session))

    def _open(self, session, end):
        self.control.send(struct.pack("<BIB", OPENED, session, self.opening))
        if self.opening:
            end.close()
            return
        end.setblocking(True)
        self.sessions[session] = end
        thread = threading.Thread(target=self._answer, args=(session, end), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _answer(self, session, end):
        while True:
            try:
                data = end.recv(10000)
            except OSError:
                return
            if not data:
                return
            for answer in self.message(self, session, data):
                end.send(answer)

    def reset(self):
        """Every file of the device is lost."""
        for session, end in list(self.sessions.items()):
            self.control.send(struct.pack("<BI", DISCONNECTED, session))
            end.close()

    def vanish(self):
        for end in (self.listener, self.control, *self.sessions.values()):
            if end and end.fileno() >= 0:
                try:
                    end.shutdown(socket.SHUT_RDWR)  # whoever waits at it goes on
                except OSError:
                    pass  # the other end has gone before
                end.close()
