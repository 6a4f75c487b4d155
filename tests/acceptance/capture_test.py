"""`--capture`: tshark shows the conversations of provisionings in clear, without being given any key, and finds nothing wrong."""

import json
import os
import unittest

import vme

# Each firmware's own interface, both ways of set-up, TLS of the period and of today.
SCENARIO = """
name: captured
service_point: embedded
{keys}
groups:
  - {{name: psk-eoi, machines: 1, profile: amt-2.1}}
  - {{name: pki-eoi, machines: 1, profile: amt-2.6.20}}
  - {{name: pki-wsman, machines: 1, profile: amt-5.2}}
  - {{name: psk-eoi-old, machines: 1, profile: amt-2.1, tls: period}}
  - {{name: pki-wsman-old, machines: 1, profile: amt-3.2.2, tls: period}}
  - {{name: refused, machines: 1, profile: amt-4.0, method: psk, service_point_knows: {{pps: wrong}}}}
expect: [provisioned: 5]
"""
MACHINES = [f"127.16.0.{n}" for n in range(6)]


def tshark(file, *arguments):
    done = vme.run("tshark", "-r", file, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def fields(file, condition, *names):
    lines = tshark(file, "-Y", condition, "-T", "fields", *[word for name in names for word in ("-e", name)]).splitlines()
    return [line.split("\t") for line in lines]


class Capture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = vme.Folder()
        cls.file = os.path.join(cls.folder.path, "run.pcapng")
        scenario = cls.folder.write("captured.yaml", SCENARIO.format(keys=""))
        cls.done = vme.vme("run", scenario, "--capture", cls.file, "--report", os.path.join(cls.folder.path, "report"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.close()

    def test_the_run_is_as_without(self):
        self.assertEqual(self.done.returncode, 0, self.done.stdout + self.done.stderr)

    def test_is_for_its_owner_alone(self):
        self.assertEqual(os.stat(self.file).st_mode & 0o777, 0o600)

    def test_holds_hellos_from_the_machines_addresses(self):
        hellos = fields(self.file, "tcp.dstport == 9971 or tcp.len > 0 and not tls and not http", "ip.src")
        self.assertTrue(set(MACHINES) <= {source for source, in hellos}, hellos)

    def test_shows_http_of_every_provisioning_in_clear(self):
        requests = fields(self.file, "tls and http.request", "ip.dst", "http.request.uri")
        for address, path in ((MACHINES[0], "/SecurityAdministrationService"), (MACHINES[1], "/SecurityAdministrationService"),
                              (MACHINES[2], "/wsman"), (MACHINES[3], "/SecurityAdministrationService"),
                              (MACHINES[4], "/wsman")):
            self.assertIn([address, path], requests)
        self.assertNotIn(MACHINES[5], [address for address, _ in requests])

    def test_shows_the_last_call_of_each_and_its_answer(self):
        text = tshark(self.file, "-Y", "tls and http", "-T", "fields", "-e", "http.file_data")
        plain = "".join(bytes.fromhex(line.replace(":", "")).decode(errors="replace") if not line.startswith("<") else line
                        for line in text.splitlines() if line)
        self.assertIn("CommitChanges", plain)
        self.assertIn("CommitChangesResponse", plain)

    def test_has_every_version_of_tls(self):
        versions = {version for version, in fields(self.file, "tls.handshake.type == 2", "tls.handshake.version")}
        self.assertEqual(versions, {"0x0301", "0x0303"})
        suites = {suite for suite, in fields(self.file, "tls.handshake.type == 2", "tls.handshake.ciphersuite")}
        self.assertTrue(suites & {"0x1301", "0x1302", "0x1303"}, suites)  # TLS 1.3
        self.assertTrue(suites & {"0x008c", "0x00ae", "0x00a8"}, suites)  # PSK

    def test_nothing_is_malformed(self):
        wrong = tshark(self.file, "-Y", "_ws.malformed or _ws.expert.severity == error or tcp.analysis.flags or "
                       "ip.checksum.status == 0 or tcp.checksum.status == 0")
        self.assertEqual(wrong, "")
        self.assertGreater(len(fields(self.file, "tcp.checksum.status == 1", "frame.number")), 100)

    def test_every_conversation_has_beginning_and_end(self):
        streams = {stream for stream, in fields(self.file, "tcp", "tcp.stream")}
        begun = [stream for stream, in fields(self.file, "tcp.flags.syn == 1 and tcp.flags.ack == 0", "tcp.stream")]
        ended = {stream for stream, in fields(self.file, "tcp.flags.fin == 1 or tcp.flags.reset == 1", "tcp.stream")}
        self.assertEqual(len(begun), len(streams))
        self.assertEqual(ended, streams)

    def test_macs_are_those_of_the_machines(self):
        self.assertTrue(all(mac.startswith("00:19:d1") for mac, in fields(self.file, f"ip.src == {MACHINES[0]}", "eth.src")))

    def test_capinfos_takes_it(self):
        done = vme.run("capinfos", self.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"Strict time order: +True")
        self.assertRegex(done.stdout, r"nanoseconds")


class Choice(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.addCleanup(self.folder.close)
        self.report = os.path.join(self.folder.path, "report")

    def run_with(self, keys, *arguments):
        scenario = self.folder.write("s.yaml", SCENARIO.format(keys=keys))
        done = vme.vme("run", scenario, "--report", self.report, *arguments)
        return done

    def machines_in(self, file):
        return {address for row in fields(file, "tcp", "ip.src", "ip.dst") for address in row} & set(MACHINES)

    def test_a_scenario_names_file_and_machines(self):
        done = self.run_with("capture: {file: two.pcapng, machines: [psk-eoi/0, pki-wsman]}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.machines_in(os.path.join(self.report, "two.pcapng")), {MACHINES[0], MACHINES[2]})

    def test_options_win(self):
        file = os.path.join(self.folder.path, "one.pcapng")
        done = self.run_with("capture: two.pcapng", "--capture", file, "--capture-machines", "refused/0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.machines_in(file), {MACHINES[5]})
        self.assertFalse(os.path.exists(os.path.join(self.report, "two.pcapng")))

    def test_its_limit_is_kept_and_said(self):
        file = os.path.join(self.folder.path, "short.pcapng")
        done = self.run_with("", "--capture", file, "--capture-limit", "64KiB")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLessEqual(os.path.getsize(file), 64 << 10)
        with open(os.path.join(self.report, "results.json"), encoding="utf-8") as stream:
            self.assertIn("up to its limit", json.load(stream)["files"]["capture"])
        self.assertEqual(vme.run("capinfos", file).returncode, 0)
        self.assertEqual(tshark(file, "-Y", "_ws.malformed"), "")

    def test_a_folder_that_is_not_to_be_written_is_an_error_of_the_environment(self):
        done = self.run_with("", "--capture", "/proc/none/x.pcapng")
        self.assertEqual(done.returncode, 3)
        self.assertIn("/proc/none/x.pcapng: cannot be written", done.stderr)

    def test_an_unknown_machine_is_named(self):
        done = self.run_with("", "--capture", "x.pcapng", "--capture-machines", "nobody/1")
        self.assertEqual(done.returncode, 2)
        self.assertIn('"nobody/1" is of no group', done.stderr)


class ServedMachine(unittest.TestCase):
    def test_a_login_of_curl_is_in_it(self):
        folder = vme.Folder()
        self.addCleanup(folder.close)
        file = os.path.join(folder.path, "serve.pcapng")
        with vme.Serve("amt-5.2", "--provisioned", "admin:P@ssw0rd", "--tls", "modern", "--capture", file) as serve:
            curl = vme.run("curl", "--silent", "--insecure", "--digest", "--user", "admin:P@ssw0rd",
                           f"https://{serve.address}:16993/index.htm")
            self.assertEqual(curl.returncode, 0)
            serve.event("disconnected")
        requests = fields(file, "tls and http.request", "http.request.uri", "tcp.dstport")
        self.assertIn(["/index.htm", "16993"], requests)


if __name__ == "__main__":
    vme.main("tshark", "capinfos", "curl")
