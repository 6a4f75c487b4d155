"""`--journal`: what happened to each machine, as JSON lines, and never a password."""

import collections
import json
import os
import unittest

import vme

SETUP, ADMIN = "Set-Up-Secr3t", "Adm1n-Secret!"

SCENARIO = """
name: journal
service_point: {mode: embedded, admin_password: "%s"}
%s
groups:
  - {name: psk, machines: 2, profile: amt-2.1, setup_password: "%s"}
  - {name: pki, machines: 2, profile: amt-5.2}
  - {name: wrong, machines: 1, profile: amt-3.2.2, method: psk, service_point_knows: {pps: wrong}}
expect: [provisioned: 4]
"""


def scenario_with(keys):
    return SCENARIO % (ADMIN, keys, SETUP)


class Journal(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.addCleanup(self.folder.close)
        self.report = os.path.join(self.folder.path, "report")

    def lines(self, keys="", *arguments):
        scenario = self.folder.write("s.yaml", scenario_with(keys))
        done = vme.vme("run", scenario, "--report", self.report, *arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(os.path.join(self.report, "journal.jsonl"), encoding="utf-8") as stream:
            self.text = stream.read()
        return [json.loads(line) for line in self.text.splitlines()]

    def test_tells_a_whole_provisioning(self):
        lines = self.lines("", "--journal")
        mine = [line for line in lines if line["machine"] == "psk/0"]
        kinds = collections.Counter(line["kind"] for line in mine)
        for kind in ("hello-sent", "connected", "handshake-done", "exchange", "state-changed", "disconnected"):
            self.assertGreater(kinds[kind], 0, kinds)
        self.assertEqual([line["ms"] for line in mine], sorted(line["ms"] for line in mine))
        commit = next(line for line in mine if line.get("operation") == "CommitChanges")
        self.assertEqual((commit["status"], commit["amt_status"], commit["port"], commit["peer"], commit["setup"]),
                         (200, 0, 16993, "127.0.0.1", True))
        self.assertRegex(commit["me_time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertIn("operational", [line.get("text") for line in mine if line["kind"] == "state-changed"])

    def test_counts_as_results_do(self):
        lines = self.lines("", "--journal")
        with open(os.path.join(self.report, "results.json"), encoding="utf-8") as stream:
            results = json.load(stream)
        refused = [line for line in lines if line["kind"] == "handshake-refused"]
        self.assertEqual({line["reason"] for line in refused}, {"psk-mismatch"})
        self.assertEqual({line["machine"] for line in refused}, {"wrong/0"})
        self.assertEqual(results["files"]["journal"], os.path.join(self.report, "journal.jsonl"))
        self.assertEqual({line["machine"] for line in lines}, {"psk/0", "psk/1", "pki/0", "pki/1", "wrong/0"})

    def test_tells_no_password(self):
        pairs = os.path.join(self.folder.path, "pairs.txt")
        self.lines("", "--journal", "--psk-out", pairs)
        with open(pairs, encoding="utf-8") as stream:
            secrets = [SETUP, ADMIN, *stream.read().split()[1::2]]
        self.assertEqual(len(secrets), 5)
        told = self.text
        for file in ("report.html", "junit.xml", "machines.jsonl"):
            with open(os.path.join(self.report, file), encoding="utf-8") as stream:
                told += stream.read()
        with open(os.path.join(self.report, "results.json"), encoding="utf-8") as stream:
            results = json.load(stream)
        told += json.dumps([results["failures"], results["environment"]])
        for secret in [*secrets, *(pair.replace("-", "") for pair in secrets[2:])]:
            self.assertNotIn(secret, told)
        self.assertNotIn("response=", self.text)
        self.assertEqual(os.stat(os.path.join(self.report, "journal.jsonl")).st_mode & 0o777, 0o600)

    def test_of_chosen_machines(self):
        lines = self.lines("journal: {machines: [pki/1, psk]}")
        self.assertEqual({line["machine"] for line in lines}, {"pki/1", "psk/0", "psk/1"})

    def test_only_on_request(self):
        scenario = self.folder.write("s.yaml", scenario_with(""))
        self.assertEqual(vme.vme("run", scenario, "--report", self.report).returncode, 0)
        self.assertNotIn("journal.jsonl", os.listdir(self.report))


if __name__ == "__main__":
    vme.main()
