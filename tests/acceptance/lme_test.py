"""The host reaches the ME's HTTP interface through HECI: curl, over a local management service, as local admin."""

import os
import re
import tempfile
import unittest

import lms
import vme

PASSWORD = "P@ssw0rd"
IDENTIFY = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Body><i:Identify/></s:Body></s:Envelope>"""


def curl(*arguments, user=f"admin:{PASSWORD}"):
    return vme.run("curl", "--silent", "--show-error", "--max-time", "20", "--digest", "--user", user, "--write-out",
                   "\n%{http_code}", *arguments)


class Lme(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = folder.name

    def serve(self, profile, *arguments):
        machine = vme.Serve(profile, "--heci", self.path, *arguments)
        self.addCleanup(machine.end)
        return machine

    def lms(self, port=16992):
        service = lms.start(os.path.join(self.path, "0.sock"), port).start()
        self.addCleanup(service.close)
        return service

    def check_digest(self, service):
        done = curl(f"http://{service.address}/index.htm")
        self.assertTrue(done.stdout.endswith("\n200"), done)
        refused = curl(f"http://{service.address}/index.htm", user="admin:wrong")
        self.assertTrue(refused.stdout.endswith("\n401"), refused)
        self.assertIsNone(service.failed)

    def test_lms_protocol_1_of_2_1(self):
        self.serve("amt-2.1", "--provisioned", f"admin:{PASSWORD}")
        service = self.lms()
        self.assertIsInstance(service, lms.Compat)
        self.assertEqual(service.protocol, 1)
        self.check_digest(service)

    def test_lms_protocol_2_of_4_0(self):
        machine = self.serve("amt-4.0", "--provisioned", f"admin:{PASSWORD}")
        service = self.lms()
        self.assertEqual(service.protocol, 2)
        self.assertEqual(service.me, machine.address)
        self.check_digest(service)

    def test_apf_of_5_2(self):
        self.serve("amt-5.2", "--provisioned", f"admin:{PASSWORD}")
        service = self.lms()
        self.assertIsInstance(service, lms.Apf)
        self.check_digest(service)

    def test_a_large_answer_and_wsman_come_through_small_windows(self):
        machine = self.serve("amt-5.2", "--provisioned", f"admin:{PASSWORD}")
        service = self.lms()
        for address in (service.address, f"{machine.address}:16992"):
            done = curl("--header", "Content-Type: application/soap+xml", "--data", IDENTIFY + " " * 20000,
                        f"http://{address}/wsman")
            self.assertIn("ProductVendor", done.stdout)
            self.assertTrue(done.stdout.endswith("\n200"), done)

    def test_many_connections_one_after_the_other(self):
        for profile in ("amt-3.2.2", "amt-5.0"):
            with self.subTest(profile):
                machine = vme.Serve(profile, "--heci", self.path, "--provisioned", f"admin:{PASSWORD}")
                with machine, lms.start(os.path.join(self.path, "0.sock"), 16992) as service:
                    for _ in range(30):
                        self.assertTrue(curl(f"http://{service.address}/index.htm").stdout.endswith("\n200"))

    def test_a_closed_port_is_refused(self):
        self.serve("amt-3.2.2", "--no-hello")
        done = curl(f"http://{self.lms().address}/index.htm")
        self.assertNotEqual(done.returncode, 0)

    def test_the_account_for_software_of_the_host_is_local(self):
        machine = self.serve("amt-5.2", "--provisioned", f"admin:{PASSWORD}", "--compat", "modern-pthi")
        asked = vme.vme("heci", "raw", "010100006700000428000000" + "00" * 40, "--heci",
                        os.path.join(self.path, "0.sock"))
        self.assertEqual(asked.returncode, 0, asked)
        data = bytes.fromhex(asked.stdout.strip())[16:]
        user, password = (data[at:at + 33].split(b"\0")[0].decode() for at in (0, 33))
        self.assertRegex(user, r"^\$\$OsAdmin$")
        service = self.lms()
        self.assertTrue(curl(f"http://{service.address}/index.htm", user=f"{user}:{password}").stdout.endswith("\n200"))
        outside = curl(f"http://{machine.address}:16992/index.htm", user=f"{user}:{password}")
        self.assertTrue(outside.stdout.endswith("\n401"), outside)

    def test_a_machine_of_a_state_file_is_found_by_its_name(self):
        state = os.path.join(self.path, "fleet.state")
        with vme.Serve("amt-3.2.2", "--machines", "3", "--provisioned", f"admin:{PASSWORD}", "--state", state):
            pass
        shown = vme.vme("heci", "state", "--machine", "serve/2", "--state", state)
        self.assertIn("operational", shown.stdout, shown)
        run = vme.vme("host", "--machine", "2", "--state", state, "--", "cat", "/sys/class/mei/mei0/fw_ver")
        self.assertTrue(run.stdout.startswith("0:3.2.2."), run)
        for name in ("serve/3", "desk/0", "3"):
            refused = vme.vme("heci", "state", "--machine", name, "--state", state)
            self.assertEqual(refused.returncode, 2, refused)
            self.assertIn(f"there is no machine {name}", refused.stderr)
        missing = vme.vme("heci", "state", "--state", os.path.join(self.path, "none"))
        self.assertEqual(missing.returncode, 2, missing)
        self.assertIn("there is no such state file", missing.stderr)

    def test_a_tool_over_the_socket_sees_the_machine(self):
        self.serve("amt-3.2.2", "--no-hello")
        socket = os.path.join(self.path, "0.sock")
        state = vme.vme("heci", "state", "--heci", socket)
        self.assertIn("in set-up", state.stdout)
        versions = vme.vme("heci", "versions", "--heci", socket)
        self.assertTrue(re.search(r"^AMT +3\.2\.2$", versions.stdout, re.MULTILINE), versions)


if __name__ == "__main__":
    vme.main("curl")
