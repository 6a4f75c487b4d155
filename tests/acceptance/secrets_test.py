"""What must stay secret stays out of logs and reports, files that hold it belong to their owner alone, and nothing listens
beyond loopback unless it is asked to."""

import pathlib
import re
import unittest

import vme

SETUP, ADMIN, OPERATIONAL = "Set-Up-Secr3t", "Adm1n-Secret!", "Oper-Secr3t!"

SCENARIO = f"""
name: secrets
ports: {{http: 17992, https: 17993}}
address: 127.90.0.1
service_point: {{mode: embedded, admin_password: "{ADMIN}"}}
groups:
  - {{name: psk, machines: 2, profile: amt-2.1, setup_password: "{SETUP}"}}
  - {{name: pki, machines: 2, profile: amt-5.2}}
  - {{name: wrong, machines: 1, profile: amt-3.2.2, method: psk, service_point_knows: {{pps: wrong}}, setup_password: "{SETUP}"}}
expect: [provisioned: 4]
"""


def mode(path):
    return pathlib.Path(path).stat().st_mode & 0o777


class Secrets(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.addCleanup(self.folder.close)
        self.path = pathlib.Path(self.folder.path)

    def assert_kept(self, text, *secrets):
        for secret in secrets:
            self.assertNotIn(secret, text)

    def test_a_run_tells_no_password(self):
        scenario = self.folder.write("secrets.yaml", SCENARIO)
        cache = self.path / "cache"
        done = vme.vme("--log-level", "trace", "run", scenario, "--report", self.path / "report", "--psk-out",
                       self.path / "pairs.txt", env={"XDG_CACHE_HOME": str(cache)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        pairs = (self.path / "pairs.txt").read_text().split()
        self.assertEqual(len(pairs), 6)
        self.assertEqual(mode(self.path / "pairs.txt"), 0o600)
        told = done.stdout + done.stderr
        files = [file for file in (self.path / "report").rglob("*") if file.is_file()]
        self.assertGreaterEqual(len(files), 4)
        for file in files:
            told += file.read_text()
        self.assert_kept(told, SETUP, ADMIN, *pairs[1::2], *(pps.replace("-", "") for pps in pairs[1::2]))
        pools = list((cache / "vme").iterdir())
        self.assertTrue(pools)
        self.assertEqual({mode(pool) for pool in pools}, {0o600})

    def test_machine_and_service_point_tell_no_password(self):
        pki = self.folder.make_pki("pki", "--host", "sp.corp.example")
        self.assertEqual({mode(f"{pki}/leaf.key"), mode(f"{pki}/root.key")}, {0o600})
        address = vme.next_address()
        with vme.Program("--log-level", "trace", "servicepoint", "--address", address, "--json", "--pki", pki,
                         "--setup-password", SETUP, "--setup-password", "admin", "--admin-password", ADMIN) as point:
            point.event("ready")
            with vme.Serve("amt-4.0", "--log-level", "trace", "--hello-to", address, "--root", f"t={pki}/root.pem",
                           "--dns-suffix", "corp.example", "--start", "--otp", OPERATIONAL) as serve:
                outcome = point.wait_for(lambda found: "outcome" in found, "outcome")
                self.assertEqual(outcome.pop("admin_password"), ADMIN)  # the one place that tells it, since it is asked to
                serve.event("state-changed", text="operational")
                told = str(serve.seen)
        told += str([{**found, "admin_password": ""} for found in point.seen]) + "".join(point.errors + serve.errors)
        self.assert_kept(told, ADMIN, SETUP, OPERATIONAL)

    def test_a_login_tells_no_password(self):
        with vme.Serve("amt-3.2.2", "--log-level", "trace", "--provisioned", f"admin:{OPERATIONAL}") as serve:
            for password in (OPERATIONAL, SETUP):
                vme.run("curl", "--silent", "--digest", "--user", f"admin:{password}",
                        f"http://{serve.address}:16992/index.htm")
            serve.event("request-refused", reason="digest-wrong")
        self.assert_kept(str(serve.seen) + "".join(serve.errors), OPERATIONAL, SETUP)


class Loopback(unittest.TestCase):
    def listening(self, program):
        lines = vme.run("ss", "--no-header", "--listening", "--tcp", "--numeric", "--processes").stdout.splitlines()
        return [re.split(r"\s+", line)[3] for line in lines if f"pid={program.process.pid}," in line]

    def assert_loopback(self, program, count):
        places = self.listening(program)
        self.assertEqual(len(places), count, places)
        for place in places:
            self.assertRegex(place, r"^(127\.\d+\.\d+\.\d+|0\.0\.0\.0%lo):\d+$")

    def test_nothing_listens_beyond_it(self):
        with vme.Serve("amt-3.2.2", "--provisioned", "admin:P@ssw0rd") as serve:
            self.assert_loopback(serve, 2)
        with vme.Program("servicepoint", "--address", vme.next_address(), "--json") as point:
            point.event("ready")
            self.assert_loopback(point, 1)

    def test_a_fleet_is_kept_to_the_loopback_device(self):
        with vme.Serve("amt-3.2.2", "--provisioned", "admin:P@ssw0rd", "--machines", "3") as fleet:
            self.assert_loopback(fleet, 2)

    def test_another_address_is_said_aloud(self):
        with vme.Program("servicepoint", "--address", "0.0.0.0", "--hello-port", "0", "--json") as point:
            point.event("ready")
        self.assertIn("can be reached from the network", "".join(point.errors))


if __name__ == "__main__":
    vme.main("curl", "ss")
