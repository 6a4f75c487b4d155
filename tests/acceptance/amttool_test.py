"""amttool (Debian amtterm) info and netinfo against a provisioned machine of one profile (eoi.md 9)."""

import re
import unittest

import vme

PROFILE = vme.profile_argument()
PASSWORD = "P@ssw0rd"


def amttool(address, command, password=PASSWORD):
    return vme.run("amttool", address, command, env={"AMT_PASSWORD": password})


class Amttool(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.serve = vme.Serve(PROFILE, "--provisioned", "admin:" + PASSWORD)
        cls.version = vme.profile_facts(PROFILE)["version"]

    @classmethod
    def tearDownClass(cls):
        cls.serve.__exit__(None)

    def test_ready_object(self):
        ready = self.serve.ready
        self.assertEqual(ready["state"], "operational")
        self.assertEqual(ready["ports"], [16992])
        self.assertEqual(ready["profile"], PROFILE)
        self.assertRegex(ready["uuid"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

    def test_info(self):
        done = amttool(self.serve.address, "info")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"### AMT info on machine '{self.serve.address}' ###", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^AMT version: +" + re.escape(self.version) + "$")
        self.assertRegex(done.stdout, r"(?m)^Hostname: +\S")
        self.assertRegex(done.stdout, r"(?m)^Powerstate: +S0$")
        self.assertRegex(done.stdout, r"(?m)^ +IanaOemNumber +157$")  # 343, which amttool prints in hex
        self.assertRegex(done.stdout, r"(?m)^ +SystemCapabilitiesSupported .*powercycle powerdown powerup reset")
        self.assertEqual(done.stderr, "")

    def test_netinfo(self):
        done = amttool(self.serve.address, "netinfo")
        if tuple(int(n) for n in self.version.split(".")[:2]) < (2, 5):
            self.assertEqual(done.returncode, 2)
            self.assertIn("version mismatch (need >= 2.5", done.stdout + done.stderr)
            return
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Network Interface 0:", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^    InterfaceMode +SHARED_MAC_ADDRESS$")
        self.assertRegex(done.stdout, r"(?m)^    MACAddress +([0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}$")
        self.assertIn(self.serve.address, done.stdout)

    def test_wrong_password(self):
        done = amttool(self.serve.address, "info", password="Wr0ng!Password")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("401 Unauthorized", done.stdout + done.stderr)
        self.assertNotIn(self.version, done.stdout)


if __name__ == "__main__":
    vme.main("amttool")
