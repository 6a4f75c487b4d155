"""Peers that mean harm: slow, silent, too many, too large, cut off anywhere. The limits hold, memory stays bounded, and
another machine of the same process is served all the while."""

import multiprocessing
import os
import re
import resource
import socket
import ssl
import struct
import threading
import time
import unittest

import vme

MACHINES = 6000
LOGIN = "admin:P@ssw0rd"
MIB = 1 << 20


def address_of(base, index):
    return socket.inet_ntoa(struct.pack("!I", struct.unpack("!I", socket.inet_aton(base))[0] + index))


def connect(address, port=16992):
    return socket.create_connection((address, port), vme.PATIENCE)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def rest(connection):
    """What comes until the other side ends, in whatever way."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionError:
        pass
    return received


def ask(address, text):
    with connect(address) as connection:
        try:
            connection.sendall(text)
        except ConnectionError:
            pass
        return rest(connection)


def status(answer):
    found = re.match(rb"HTTP/1\.1 (\d+) ", answer)
    return int(found.group(1)) if found else None


PAGE = b"GET /logon.htm HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n"


class Bystander:
    """Asks one machine for a page over and over; every answer must be the page."""

    def __init__(self, address):
        self._address, self._stop = address, threading.Event()
        self.served, self.wrong = 0, []
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._stop.is_set():
            try:
                answer = ask(self._address, PAGE)
            except OSError as error:
                answer = str(error).encode()
            if status(answer) == 200:
                self.served += 1
            else:
                self.wrong.append(answer[:200])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(vme.PATIENCE)


def hold(base, first, machines, each, opened, release):
    """Opens connections and says nothing on them, until it is told to end; how many the fleet took."""
    connections, refused = [], 0
    for index in range(first, first + machines):
        for _ in range(each):
            try:
                connections.append(connect(address_of(base, index)))
            except OSError:
                refused += 1
    opened.put((len(connections), refused))
    release.wait()
    for connection in connections:
        connection.close()


class Fleet(unittest.TestCase):
    """One fleet of many machines for all the tests, short of patience: a connection may be silent for two seconds."""

    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.descriptors = hard
        cls.fleet = vme.Program("--quiet", "serve", "--profile", "amt-3.2.2", "--provisioned", LOGIN, "--address",
                                "127.80.0.1", "--machines", str(MACHINES), "--set", "api.http_idle_s=2", "--json")
        cls.addClassCleanup(cls.fleet.end)
        cls.base = cls.fleet.event("ready")["address"]
        for _ in range(MACHINES - 1):
            cls.fleet.event("ready")
        cls.pid = cls.fleet.process.pid

    def setUp(self):
        self.before = vme.resident(self.pid)

    def machine(self, index):
        return address_of(self.base, index)

    def assert_grew_less_than(self, limit):
        grown = vme.resident(self.pid) - self.before
        print(f"memory grew by {grown / MIB:.1f} MiB", end=" ", flush=True)
        self.assertLess(grown, vme.memory_bound(limit))

    def assert_well(self, index):
        """It serves again; at once, or as soon as the connections that were held have left its four places."""
        until = time.monotonic() + vme.PATIENCE
        answer = b""
        while not answer and time.monotonic() < until:
            answer = ask(self.machine(index), PAGE)
        self.assertEqual(status(answer), 200)

    def test_a_byte_a_second_ends_with_the_time_for_a_request(self):
        with Bystander(self.machine(0)) as bystander, connect(self.machine(1)) as connection:
            connection.settimeout(1)
            answer, sent = None, 0
            while answer is None:
                try:
                    connection.sendall(PAGE[sent:sent + 1])
                    sent += 1
                    answer = connection.recv(1000)
                except TimeoutError:
                    self.assertLess(sent, len(PAGE), "the whole request was taken, a byte a second")
                except ConnectionError:
                    answer = b""
            self.assertIn(status(answer), (None, 408))
        self.assertEqual(bystander.wrong, [])
        self.assertGreater(bystander.served, 0)

    def test_silence_before_and_within_a_request_ends_it(self):
        for start in (b"", b"G", PAGE[:-2], b"POST /wsman HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345"):
            with self.subTest(start=start), connect(self.machine(2)) as connection:
                connection.sendall(start)
                self.assertIn(status(rest(connection)), (None, 408))
        self.assert_well(2)

    def test_five_thousand_connections_to_one_machine(self):
        with Bystander(self.machine(0)) as bystander:
            connections = []
            for _ in range(5000):
                try:
                    connections.append(connect(self.machine(3)))
                except ConnectionError:
                    pass  # reset at once: the machine has its four
            self.assert_grew_less_than(64 * MIB)
            for connection in connections:
                rest(connection)
                connection.close()
        self.assertEqual(bystander.wrong, [])
        self.assertGreater(bystander.served, 0)
        self.assert_well(3)

    def test_twenty_thousand_connections_to_the_fleet(self):
        processes, each = 4, 4
        machines = 20000 // processes // each
        self.assertGreater(self.descriptors, 20000 // processes + 100)
        opened, release = multiprocessing.Queue(), multiprocessing.Event()
        with Bystander(self.machine(0)) as bystander:
            helpers = [multiprocessing.Process(target=hold, args=(self.base, 10 + i * machines, machines, each, opened,
                                                                  release)) for i in range(processes)]
            for helper in helpers:
                helper.start()
            counts = [opened.get(timeout=vme.PATIENCE) for _ in helpers]
            served_before = bystander.served
            while bystander.served < served_before + 20 and not bystander.wrong:
                bystander._stop.wait(0.01)
            self.assert_grew_less_than(512 * MIB)
            release.set()
            for helper in helpers:
                helper.join()
        self.assertEqual(sum(count for count, _ in counts), 20000, counts)
        self.assertEqual(bystander.wrong, [])
        self.assert_well(10)

    def test_a_body_of_a_gigabyte(self):
        head = b"POST /wsman HTTP/1.1\r\nHost: me\r\nContent-Length: 1000000000\r\n\r\n"
        with connect(self.machine(4)) as connection:
            sent = 0
            try:
                connection.sendall(head)
                while sent < 1_000_000_000:
                    sent += connection.send(b"x" * MIB)
            except ConnectionError:
                pass
            self.assertLess(sent, 100 * MIB)
        endless = b"POST /wsman HTTP/1.1\r\nHost: me\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = ask(self.machine(4), endless + b"10000\r\n" + b"x" * 65536 + b"\r\n10000\r\n" + b"x" * 65536)
        self.assertIn(status(answer), (None, 413))
        self.assertEqual(status(ask(self.machine(4), head)), 413)
        self.assert_grew_less_than(16 * MIB)
        self.assert_well(4)

    def test_ten_thousand_headers(self):
        lines = b"".join(b"X-%d: y\r\n" % i for i in range(10000))
        answer = ask(self.machine(5), b"GET / HTTP/1.1\r\n" + lines + b"\r\n")
        self.assertIn(status(answer), (None, 400))
        self.assertEqual(status(ask(self.machine(5), b"GET / HTTP/1.1\r\nX: " + b"y" * 9000 + b"\r\n\r\n")), 400)
        self.assert_grew_less_than(16 * MIB)
        self.assert_well(5)

    def test_deep_and_wide_xml(self):
        deep = b"<a>" * 20000
        wide = b"<a " + b"".join(b'a%d="1" ' % i for i in range(6000)) + b"/>"
        entities = b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 1000 + b'">]><a>' + b"&b;" * 1000 + b"</a>"
        for body in (deep, wide, entities, b"\x00" * 60000, b"\xff\xfe" + b"<\x00a\x00" * 10000):
            with self.subTest(body=body[:20]):
                done = vme.run("curl", "--silent", "--digest", "--user", LOGIN, "--data-binary", "@-", "--output", "-",
                               "--write-out", "%{http_code}", f"http://{self.machine(6)}:16992/wsman",
                               stdin=body.decode("latin-1"))
                self.assertIn(done.stdout[-3:], ("400", "413", "500"), done.stderr)
        self.assert_grew_less_than(16 * MIB)
        self.assert_well(6)

    def test_pipelined_requests_are_answered_in_order(self):
        first = b"GET /logon.htm HTTP/1.1\r\nHost: me\r\n\r\n"
        answer = ask(self.machine(7), first * 50 + b"GET /nowhere.htm HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n")
        statuses = [int(text) for text in re.findall(rb"HTTP/1\.1 (\d+) ", answer)]
        self.assertEqual(statuses[:-1], [200] * (len(statuses) - 1))
        self.assertGreater(len(statuses), 1)
        self.assertEqual(len(statuses), 51)
        self.assertNotEqual(statuses[-1], 200)
        self.assert_well(7)

    @staticmethod
    def send_and_end(address, data, end):
        """Again where the machine's four places are still held by connections that have just ended."""
        while True:
            try:
                with connect(address) as connection:
                    connection.sendall(data)
                    end(connection)
                    return
            except ConnectionError:
                pass

    def test_an_end_after_every_byte(self):
        request = b"POST /wsman HTTP/1.1\r\nHost: me\r\nContent-Length: 5\r\n\r\n<a/>\n"
        for size in range(len(request) + 1):
            for end in (reset, socket.socket.close):
                self.send_and_end(self.machine(8), request[:size], end)
        self.assert_well(8)


class Events(unittest.TestCase):
    def test_a_path_that_is_no_text(self):
        with vme.Serve("amt-3.2.2", "--provisioned", LOGIN) as serve:
            ask(serve.address, b"GET /\xff\xc3( HTTP/1.1\r\nHost: me\r\n\r\n")
            told = serve.event("request-refused", reason="no-credentials")
            self.assertEqual(told["text"], "GET /\ufffd\ufffd(")


class Tls(unittest.TestCase):
    """A handshake that ends after every few bytes of each flight; records that are none."""

    def test_an_end_within_the_handshake(self):
        with vme.Serve("amt-4.0", "--provisioned", LOGIN, "--tls", "modern", "--set", "api.http_idle_s=2") as serve:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            for size in list(range(0, 200, 7)) + [400, 500, 517, 600]:
                self.shake_hands(context, serve.address, size)
            for noise in (b"\x16\x03\x01\xff\xff" + b"\0" * 70000, b"\x80\x01\x00", b"GET / HTTP/1.0\r\n\r\n", os.urandom(4096)):
                with connect(serve.address, 16993) as connection:
                    try:
                        connection.sendall(noise)
                    except ConnectionError:
                        pass
                    rest(connection)
            with socket.create_connection((serve.address, 16993), vme.PATIENCE) as plain, \
                    context.wrap_socket(plain) as secure:
                secure.sendall(PAGE)
                self.assertEqual(status(rest(secure)), 200)

    def shake_hands(self, context, address, size):
        """Sends that many bytes of a real client's side and resets."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(incoming, outgoing, server_hostname="me")
        connection = connect(address, 16993)
        left = size
        while left > 0:
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                pass
            flight = outgoing.read()
            connection.sendall(flight[:left])
            left -= len(flight)
            if left > 0:
                incoming.write(connection.recv(65536))
        reset(connection)


if __name__ == "__main__":
    vme.main("curl")
