"""openssl s_client by PSK against a machine of one profile in set-up, in both modes, and its refusals."""

import unittest

import vme

PROFILE = vme.profile_argument()
PID, PPS = "0000037M", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"
OTHER_PPS = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XK"


def handshake(serve, mode, pid=PID, pps=PPS):
    version, level, _ = vme.TLS_MODES[mode]
    return vme.s_client(serve.address, version, "-psk", pps.encode().hex(), "-psk_identity", pid, "-cipher",
                        "PSK-AES128-CBC-SHA:" + level)


class Psk(unittest.TestCase):
    def each_mode(self, test):
        for mode in vme.TLS_MODES:
            with self.subTest(mode=mode), vme.Serve(PROFILE, "--psk", f"{PID}:{PPS}", "--tls", mode,
                                                    "--no-hello") as serve:
                self.assertEqual(serve.ready["state"], "in-setup")
                test(serve, mode)

    def completes(self, serve, mode):
        output = handshake(serve, mode)
        self.assertIn("Cipher is PSK-AES128-CBC-SHA", output)
        self.assertIn("PSK identity hint: " + PID, output)
        self.assertIn("Protocol  : " + vme.TLS_MODES[mode][2] + "\n", output)
        serve.event("handshake-done")

    def test_handshake(self):
        self.each_mode(self.completes)

    def test_dashed_identity(self):
        def test(serve, mode):
            self.assertIn("Cipher is PSK-AES128-CBC-SHA", handshake(serve, mode, pid="0000-037M"))
        self.each_mode(test)

    def test_wrong_key_then_the_right_one(self):
        def test(serve, mode):
            self.assertIn("alert", handshake(serve, mode, pps=OTHER_PPS))
            serve.event("handshake-refused", reason="psk-mismatch")
            self.completes(serve, mode)
        self.each_mode(test)

    def test_unknown_identity_then_the_right_one(self):
        def test(serve, mode):
            self.assertIn("alert", handshake(serve, mode, pid="0000047N"))
            serve.event("handshake-refused", reason="psk-unknown-identity")
            self.completes(serve, mode)
        self.each_mode(test)

    def test_hello_carries_the_pid(self):
        import socket
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(vme.PATIENCE)
            port = server.getsockname()[1]
            with vme.Serve(PROFILE, "--psk", f"{PID}:{PPS}", "--hello-to", f"127.0.0.1:{port}") as serve:
                connection, peer = server.accept()
                with connection:
                    hello = b"".join(iter(lambda: connection.recv(4096), b""))
                self.assertEqual(peer[0], serve.address)
                self.assertEqual(hello[2:4], b"\x02\x00")
                self.assertEqual(hello[24:], PID.encode())
                wire = hello[8:24]
                text = wire[3::-1] + wire[5:3:-1] + wire[7:5:-1] + wire[8:]
                self.assertEqual(text.hex(), serve.ready["uuid"].replace("-", ""))


if __name__ == "__main__":
    vme.main("openssl")
