"""Digest answers that no firmware of 2.x to 5.x may take: empty, cut short, with a nonce that it never gave."""

import hashlib
import re
import socket
import unittest

import vme

USER, PASSWORD = "admin", "P@ssw0rd"
PROFILES = ("amt-2.1", "amt-3.2.2", "amt-5.2")


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def request(address, authorization=None):
    """GET /index.htm on a connection of its own: status, and the whole answer."""
    lines = ["GET /index.htm HTTP/1.1", f"Host: {address}", "Connection: close"]
    if authorization:
        lines.append("Authorization: Digest " + authorization)
    with socket.create_connection((address, 16992), vme.PATIENCE) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode("latin-1")
    return int(answer.split(" ", 2)[1]), answer


class Digest(unittest.TestCase):
    def answer(self, address, nonce=None, response=None):
        """The status for a digest answer that is right but for what is given."""
        _, challenge = request(address)
        realm = re.search(r'realm="([^"]*)"', challenge).group(1)
        nonce = nonce or re.search(r'nonce="([^"]*)"', challenge).group(1)
        right = md5(":".join((md5(f"{USER}:{realm}:{PASSWORD}"), nonce, "00000001", "0a4f113b", "auth",
                              md5("GET:/index.htm"))))
        response = right if response is None else response(right)
        return request(address, f'username="{USER}", realm="{realm}", nonce="{nonce}", uri="/index.htm", qop=auth, '
                                f'nc=00000001, cnonce="0a4f113b", response="{response}"')[0]

    def each_profile(self, test):
        for profile in PROFILES:
            with self.subTest(profile=profile), vme.Serve(profile, "--provisioned", f"{USER}:{PASSWORD}") as serve:
                test(serve)
                self.assertEqual(self.answer(serve.address), 200)  # and the right answer is still taken

    def test_empty_response(self):
        def test(serve):
            self.assertEqual(self.answer(serve.address, response=lambda _: ""), 401)
            serve.event("request-refused", reason="digest-empty")
        self.each_profile(test)

    def test_short_response(self):
        def test(serve):
            self.assertEqual(self.answer(serve.address, response=lambda right: right[:8]), 401)
        self.each_profile(test)

    def test_unknown_nonce(self):
        def test(serve):
            self.assertEqual(self.answer(serve.address, nonce="QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"), 401)
            serve.event("request-refused", reason="digest-unknown-nonce")
        self.each_profile(test)

    def test_wrong_password(self):
        def test(serve):
            self.assertEqual(self.answer(serve.address, response=lambda right: right[::-1]), 401)
            serve.event("request-refused", reason="digest-wrong")
        self.each_profile(test)


if __name__ == "__main__":
    vme.main()
