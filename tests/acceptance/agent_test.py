"""Agent-initiated provisioning: `vme agent` and an agent written here against `vme servicepoint`'s policy server."""

import hashlib
import hmac
import http.client
import json
import socket
import time
import unittest

import vme

SECRET = "the site's secret"
SUFFIX = "corp.example"


def token_of(uuid):
    return hmac.new(SECRET.encode(), uuid.encode(), hashlib.sha256).hexdigest()


class Point(vme.Program):
    def __init__(self, *arguments):
        self.address = vme.next_address()
        super().__init__("servicepoint", "--address", self.address, "--json", "--policy-port", "0", *arguments)
        self.port = self.event("ready")["policy_port"]

    def outcome(self, uuid):
        return self.wait_for(lambda found: found.get("uuid") == uuid, f"outcome of {uuid}")

    def ask(self, method, path, uuid, body=None, token=None):
        """A request of the agent of `uuid`: status and body."""
        connection = http.client.HTTPConnection(self.address, self.port, timeout=vme.PATIENCE)
        headers = {"Authorization": "Bearer " + (token or token_of(uuid)), "X-Client-UUID": uuid}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def request(self, machine, otp, age=0):
        """Asks for the provisioning of a `vme serve`."""
        uuid = machine.ready["uuid"]
        status, body = self.ask("POST", "/provision", uuid, {
            "uuid": uuid, "fqdn": "pc." + SUFFIX, "address": machine.address, "amt_version": "3.2.2",
            "otp_sha1": hashlib.sha1(otp.encode()).hexdigest(), "otp_created": int(time.time()) - age})
        return status, json.loads(body)


class Agent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = vme.Folder()
        cls.pki = cls.folder.make_pki("pki", "--host", "sp." + SUFFIX)
        cls.secret = cls.folder.write("secret", SECRET + "\n")
        cls.everyone = cls.folder.write("everyone", "all *\n")
        cls.root = ("--root", f"test={cls.pki}/root.pem", "--dns-suffix", SUFFIX)

    @classmethod
    def tearDownClass(cls):
        cls.folder.close()

    def point(self, *arguments, collection=None):
        return Point("--pki", self.pki, "--site-secret", self.secret, "--collection", collection or self.everyone,
                     *arguments)

    def agent(self, point, profile, *arguments):
        """`vme agent` on a machine of its own: exit status and result."""
        done = vme.vme("agent", "--profile", profile, "--policy-server", f"{point.address}:{point.port}",
                       "--site-secret", self.secret, "--address", vme.next_address(), "--timing-scale", "0",
                       "--retry", "1s", "--no-hello", "--json", *self.root, *arguments)
        self.assertTrue(done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def machine(self, otp, *arguments):
        """A machine whose agent has set that OTP and started it."""
        return vme.Serve("amt-3.2.2", "--otp", otp, "--start", "--no-hello", *self.root, *arguments)

    def packages(self):
        for profile in ("amt-2.2.20", "amt-3.2.2"):
            done = vme.vme("firmware", "make", "--profile", profile, f"{self.folder.path}/{profile}.fw", "--size", "64KiB")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.folder.write("heci.driver", "3.2.20.1046\n")
        return self.folder.path

    def test_provisions(self):
        with self.point() as point:
            for seed, profile in enumerate(("amt-2.2.20", "amt-2.6.20", "amt-3.2.2", "amt-4.0", "amt-5.2")):
                with self.subTest(profile=profile):
                    status, result = self.agent(point, profile, "--seed", str(seed + 1))
                    self.assertEqual((status, result["reason"]), (0, "provisioned"), result)
                    outcome = point.outcome(result["uuid"])
                    self.assertEqual((outcome["outcome"], outcome["method"]), ("provisioned", "pki"), outcome)
                    self.assertIn("check-otp", [step["step"] for step in outcome["steps"]])

    def test_provisions_a_machine_of_another_process(self):
        sockets = self.folder.path + "/heci"
        with self.point() as point, vme.Serve("amt-2.6.20", "--heci", sockets, "--no-hello", *self.root) as machine:
            done = vme.vme("agent", "--heci", sockets + "/0.sock", "--uuid", machine.ready["uuid"], "--address",
                           machine.address, "--policy-server", f"{point.address}:{point.port}",
                           "--site-secret", self.secret, "--json")
            result = json.loads(done.stdout)
            self.assertEqual((done.returncode, result["reason"]), (0, "provisioned"), result)
            self.assertEqual(point.outcome(machine.ready["uuid"])["outcome"], "provisioned")
            machine.event("state-changed", text="operational")

    def test_upgrades_first(self):
        with self.point("--packages", self.packages()) as point:
            for seed, (profile, version) in enumerate((("amt-2.1", "2.2.20"), ("amt-3.0", "3.2.2"))):
                with self.subTest(profile=profile):
                    status, result = self.agent(point, profile, "--seed", str(seed + 20), "--driver", "absent")
                    self.assertEqual((status, result["reason"]), (0, "provisioned"), result)
                    self.assertTrue(result["version"].startswith(version), result)

    def test_what_stops_an_agent(self):
        provision_only = self.folder.write("provision_only", "all *\nall task-sequence provision\n")
        with self.point(collection=provision_only) as point:
            for profile, arguments, reason in (("amt-3.2.2", ("--driver", "absent"), "heci-driver-missing"),
                                               ("amt-3.2.2", ("--driver", "old"), "heci-driver-old"),
                                               ("amt-3.0", (), "firmware-too-old"),
                                               ("amt-2.2.20", (), "rng-seed-missing"),
                                               ("amt-3.2.2", ("--start",), "already-configured")):
                with self.subTest(reason=reason):
                    status, result = self.agent(point, profile, "--seed", "30", *arguments)
                    self.assertEqual((status, result["reason"], result["attempts"]), (1, reason, 1), result)

    def test_nobody_answers(self):
        with socket.socket() as taken:  # bound, and not listening
            taken.bind(("127.0.0.1", 0))
            done = vme.vme("agent", "--profile", "amt-3.2.2", "--policy-server", f"127.0.0.1:{taken.getsockname()[1]}",
                           "--token", "x", "--address", vme.next_address(), "--attempts", "2", "--retry", "1s", "--json")
            result = json.loads(done.stdout)
            self.assertEqual((done.returncode, result["reason"], result["attempts"]),
                             (1, "policy-server-unreachable", 2), result)

    def test_who_may_not(self):
        uuid = "44454c4c-3100-1051-8032-b4c04f4b4d31"
        blocked = self.folder.write("blocked", f"{uuid} block\n")
        nobody = self.folder.write("nobody", "all *\nall policy none\n")
        for arguments, collection, reason in (((), nobody, "not-in-collection"), (("--approve", blocked), None, "blocked")):
            with self.subTest(reason=reason), self.point(*arguments, collection=collection) as point:
                status, result = self.agent(point, "amt-3.2.2", "--uuid", uuid)
                self.assertEqual((status, result["reason"]), (1, reason), result)
                self.assertEqual(point.outcome(uuid)["reason"], reason)

    def test_a_stranger(self):
        with self.point() as point:
            status, body = point.ask("GET", "/policy/44454c4c-3100-1051-8032-b4c04f4b4d31",
                                     "44454c4c-3100-1051-8032-b4c04f4b4d31", token=token_of("another"))
            self.assertEqual((status, json.loads(body)["reason"]), (401, "agent-unknown"))

    def test_one_time_passwords(self):
        with self.point() as point, self.machine("0123456789abcdef") as first, \
                self.machine("another password", "--seed", "2") as second, \
                self.machine("the third one", "--seed", "3") as third:
            self.assertEqual(point.request(first, "0123456789abcdef", age=901)[1]["reason"], "otp-expired")
            self.assertEqual(point.outcome(first.ready["uuid"])["reason"], "otp-expired")
            self.assertEqual(point.request(first, "0123456789abcdef", age=10)[0], 202)
            self.assertEqual(point.outcome(first.ready["uuid"])["outcome"], "provisioned")
            status, answer = point.request(first, "0123456789abcdef")
            self.assertEqual((status, answer["reason"]), (403, "otp-reused"))
            status, answer = point.request(second, "0123456789abcdef")
            self.assertEqual((status, answer["reason"]), (403, "otp-of-another"))
            self.assertEqual(point.request(third, "not what the ME holds")[0], 202)
            self.assertEqual(point.outcome(third.ready["uuid"])["reason"], "otp-mismatch")
            uuid = third.ready["uuid"]
            state = json.loads(point.ask("GET", f"/provision/{uuid}", uuid)[1])
            self.assertEqual((state["state"], state["reason"]), ("refused", "otp-mismatch"))
            self.assertEqual(third.event("connected")["event"], "connected")

    def test_packages(self):
        with self.point("--packages", self.packages()) as point:
            uuid = "44454c4c-3100-1051-8032-b4c04f4b4d31"
            policy = json.loads(point.ask("GET", f"/policy/{uuid}", uuid)[1])
            self.assertEqual([package["kind"] for package in policy["packages"]], ["firmware", "firmware", "driver"])
            for package in policy["packages"]:
                status, content = point.ask("GET", "/packages/" + package["name"], uuid)
                self.assertEqual((status, len(content), hashlib.sha256(content).hexdigest()),
                                 (200, package["bytes"], package["sha256"]))

    def test_firmware_images(self):
        path = f"{self.packages()}/amt-2.2.20.fw"
        shown = json.loads(vme.vme("firmware", "show", path, "--json").stdout)
        self.assertEqual((shown["profile"], shown["chipset"], shown["payload_bytes"]), ("amt-2.2.20", "Q965", 65536))
        with open(path, "rb") as file:
            content = bytearray(file.read())
        self.assertEqual(content[:8], b"VMEFWIMG")
        self.assertEqual(content[-32:], hashlib.sha256(content[:-32]).digest())
        content[100] ^= 1
        damaged = self.folder.path + "/damaged.image"
        with open(damaged, "wb") as file:
            file.write(content)
        done = vme.vme("firmware", "show", damaged)
        self.assertEqual(done.returncode, 2)
        self.assertIn("a wrong checksum", done.stderr)


vme.main()
