"""MEs that mean harm to a service point: hellos that are none, floods of them, answers without end, renegotiation. It
lives on, its memory stays bounded, and an honest machine is provisioned afterwards."""

import os
import socket
import ssl
import struct
import subprocess
import threading
import unittest

import vme

SUFFIX = "corp.example"
MIB = 1 << 20


def hello(uuid, root, version=3):
    """The PKI layout of provisioning.md 1.3, with one SHA-1 root hash."""
    return struct.pack("<HHI", 0, version, 0) + uuid + bytes([1, 1, 20]) + root


class ServicePoint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = vme.Folder()
        cls.addClassCleanup(cls.folder.close)
        cls.pki = cls.folder.make_pki("pki", "--host", f"sp.{SUFFIX}")
        der = vme.run("openssl", "x509", "-in", f"{cls.pki}/root.pem", "-noout", "-fingerprint", "-sha1").stdout
        cls.root = bytes.fromhex(der.split("=")[1].replace(":", ""))

    def setUp(self):
        self.address = vme.next_address()
        self.point = vme.Program("servicepoint", "--address", self.address, "--json", "--pki", self.pki, "--attempts",
                                 "1")
        self.addCleanup(self.point.end)
        self.point.event("ready")
        self.before = vme.resident(self.point.process.pid)

    def send(self, data, source=None, end=socket.socket.close):
        with socket.create_connection((self.address, 9971), vme.PATIENCE, (source, 0) if source else None) as connection:
            try:
                connection.sendall(data)
            except ConnectionError:
                return
            end(connection)

    def outcome(self, uuid=None):
        return self.point.wait_for(lambda found: "outcome" in found and uuid in (None, found["uuid"]), "outcome")

    def assert_alive(self, limit=32 * MIB):
        with vme.Serve("amt-3.2.2", "--hello-to", self.address, "--root", f"t={self.pki}/root.pem", "--dns-suffix",
                       SUFFIX, "--start") as serve:
            outcome = self.outcome(serve.ready["uuid"])
            self.assertEqual(outcome["outcome"], "provisioned", outcome)
        self.assertLess(vme.resident(self.point.process.pid) - self.before, vme.memory_bound(limit))

    def test_hellos_that_are_none(self):
        good = hello(os.urandom(16), self.root)
        for size in range(len(good)):
            self.send(good[:size])
        for bad in (good + b"\0", hello(os.urandom(16), self.root, 7), b"\xff" * 5000, good[:24] + b"\xff" + good[25:],
                    good[:25] + b"\x09" + good[26:], good[:26] + b"\xff" + good[27:], b"GET / HTTP/1.1\r\n\r\n"):
            self.send(bad)
        self.assert_alive()

    def test_a_flood_of_hellos_from_one_address(self):
        source = vme.next_address()
        for _ in range(20000):
            self.send(hello(os.urandom(16), self.root), source)
        self.assert_alive()

    def test_answers_without_end(self):
        """TLS servers that show a certificate as an ME does, and never stop talking."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{self.pki}/chain.pem", f"{self.pki}/leaf.key")
        ok = b"HTTP/1.1 200 OK\r\n"
        more = b"HTTP/1.1 100 Continue\r\n\r\n"
        chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
        for start, endless in ((ok, b"X-More: and more\r\n" * 1000), (ok + b"Transfer-Encoding: chunked\r\n\r\n", chunk),
                               (ok + b"\r\n", b"x" * 65536), (more, more * 1000),
                               (ok + b"Content-Length: 99999999999\r\n\r\n", b"<" * 65536)):
            with self.subTest(start=start):
                source, uuid = vme.next_address(), os.urandom(16)
                with socket.create_server((source, 16993)) as server:
                    talker = threading.Thread(target=self.talk, args=(server, context, start, endless))
                    talker.start()
                    self.send(hello(uuid, self.root), source)
                    outcome = self.outcome()
                    self.assertEqual(outcome["outcome"], "failed", outcome)
                    server.shutdown(socket.SHUT_RDWR)
                    talker.join(vme.PATIENCE)
        self.assert_alive()

    @staticmethod
    def talk(server, context, start, endless):
        """Each connection until the other side has had enough."""
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return  # the test is done with it
            try:
                with context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(start)
                    while True:
                        secure.sendall(endless)
            except OSError:
                pass

    def test_renegotiation(self):
        source, uuid = vme.next_address(), os.urandom(16)
        server = subprocess.Popen(["openssl", "s_server", "-accept", f"{source}:16993", "-tls1_2", "-cert",
                                   f"{self.pki}/chain.pem", "-key", f"{self.pki}/leaf.key"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with server:
            for line in server.stdout:
                if line.startswith(b"ACCEPT"):
                    break
            self.send(hello(uuid, self.root), source)
            for line in server.stdout:  # once it has asked for something, it is told to begin anew
                if b"POST" in line:
                    break
            server.stdin.write(b"r\n")
            server.stdin.flush()
            outcome = self.outcome()
            self.assertEqual(outcome["outcome"], "failed", outcome)
            server.kill()
        self.assert_alive()


if __name__ == "__main__":
    vme.main("openssl")
