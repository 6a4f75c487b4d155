"""`vme run`: verdicts, exit statuses, reports, repeatability, interruption."""

import collections
import json
import os
import signal
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree

import vme

SCENARIOS = sys.argv[1]
QUICKSTART = os.path.join(SCENARIOS, "quickstart.yaml")

# Much that is drawn: arrivals, faults by share and by chance, quirks, the machines of a phase.
REPEATED = """
name: repeated
clock: skip-idle
service_point: {mode: embedded, step_timeout: 2s}
groups:
  - name: desktops
    machines: 40
    profiles: [amt-3.0, amt-4.0]
    arrival: {poisson: {rate: 2}}
    faults:
      - {id: torn, on: tls.handshake, do: reset-after, bytes: 600, share: 20%, times: 1}
      - {id: full, on: request, do: status, operation: CommitChanges, status: INTERNAL_ERROR, chance: 40%, times: 1}
    quirks:
      hello_bad: {kind: short, p: 20%, times: 1}
  - name: laptops
    machines: 20
    profile: amt-2.6.20
    arrival: {over: 1m, shape: random}
    faults: [{id: dropped, on: request, do: hang, operation: SetMEBxPassword, nth: 1, share: 20%}]
    quirks: {http: {drop_reply_after: CommitChanges, p: 30%}}
  - name: refusing
    machines: 20
    profile: amt-4.2
    set: {prov.hello_schedule_pki: [{every: 23h}]}  # a further hello would bring further attempts, sooner or later
    faults: [{id: broken, on: request, do: status, operation: SetMEBxPassword, status: INTERNAL_ERROR, share: 30%}]
  - {name: typed-wrong, machines: 4, profile: amt-2.1, service_point_knows: {pps: wrong}}
  - {name: strangers, machines: 4, profile: amt-5.2, approval: refuse, arrival: {over: 30s, shape: random}}
phases:
  - {at: after, group: desktops, share: 25%, do: {unprovision: partial}, wait: {provisioned: 100%, within: 24h}}
expect: [provisioned: "> 50%"]
"""


class Run(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()

    def tearDown(self):
        self.folder.close()

    def run_scenario(self, file, name, *arguments):
        report = os.path.join(self.folder.path, name)
        done = vme.vme("run", file, "--report", report, *arguments, timeout=600)
        with open(os.path.join(report, "results.json"), encoding="utf-8") as stream:
            return done, json.load(stream), report

    def test_quickstart_holds(self):
        done, results, report = self.run_scenario(QUICKSTART, "quick", "--machines", "100")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(results["verdict"], "held")
        self.assertEqual(results["machines"]["total"], 100)
        self.assertEqual(results["machines"]["provisioned"], 100)
        self.assertIn("verdict: held", done.stdout)
        self.assertEqual(done.stdout.splitlines()[-1], f"report: {report}/")
        suites = xml.etree.ElementTree.parse(os.path.join(report, "junit.xml")).getroot()
        self.assertFalse(list(suites.iter("failure")))

    def test_approval_outcomes(self):
        done, results, _ = self.run_scenario(os.path.join(SCENARIOS, "approval.yaml"), "approval")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(all(expectation["held"] for expectation in results["expectations"]))
        self.assertGreater(results["machines"]["refused"], 0)

    def test_agents_end_as_the_scenario_says(self):
        """All two thousand; fewer with a sanitizer."""
        fewer = ("--machines", "200") if os.environ.get("VME_SANITIZE") else ()
        done, results, _ = self.run_scenario(os.path.join(SCENARIOS, "agent-initiated.yaml"), "agents", *fewer)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(results["machines"]["idle"], 0)
        reasons = {reason for group in results["groups"] for reason in group["outcomes"]}
        self.assertEqual(reasons, {"provisioned", "rng-seed-missing", "firmware-too-old", "heci-driver-missing", "blocked",
                                   "not-in-collection", "otp-expired", "otp-reused", "otp-of-another", "otp-mismatch"})

    def test_a_failed_expectation_is_status_1(self):
        with open(QUICKSTART, encoding="utf-8") as stream:
            text = stream.read()
        start = text.index("expect:")
        file = self.folder.write("bad.yaml", text[:start] + "expect:\n  - provisioned: 0\n")
        done, results, report = self.run_scenario(file, "bad", "--machines", "20")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(results["verdict"], "failed")
        suites = xml.etree.ElementTree.parse(os.path.join(report, "junit.xml")).getroot()
        self.assertTrue(list(suites.iter("failure")))

    def test_one_seed_gives_equal_runs(self):
        """Identities, arrivals, faults and final states; another seed gives others."""
        file = self.folder.write("repeat.yaml", REPEATED)

        def parts(name, seed):
            done, results, report = self.run_scenario(file, name, "--seed", seed, "--journal")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            with open(os.path.join(report, "machines.jsonl"), encoding="utf-8") as stream:
                machines = stream.read()
            states, fired = {}, collections.Counter()
            with open(os.path.join(report, "journal.jsonl"), encoding="utf-8") as stream:
                for event in map(json.loads, stream):
                    if event["kind"] == "state-changed":
                        states[event["machine"]] = event["text"]
                    elif event["kind"] == "fault-fired":
                        fired[event["machine"], event["text"]] += 1
            return {"machines": machines, "faults": results["faults"], "fired": fired, "states": states,
                    "groups": [(group["name"], group["outcomes"]) for group in results["groups"]]}

        first, second, other = parts("first", "7"), parts("second", "7"), parts("other", "8")
        self.maxDiff = None
        self.assertEqual(first, second)
        self.assertTrue(all(fault["fired"] for fault in first["faults"]), first["faults"])
        for part in ("machines", "fired", "groups"):
            self.assertNotEqual(first[part], other[part], part)

    def test_ctrl_c_ends_in_order(self):
        """No service point answers at that address, so the run lasts until it is interrupted."""
        report = os.path.join(self.folder.path, "stopped")
        process = subprocess.Popen([vme.VME, "run", QUICKSTART, "--machines", "20", "--report", report,
                                    "--service-point", "127.77.0.1:9"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.assertIn("operational", process.stderr.readline())  # the first line of progress: it runs
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=vme.PATIENCE)
        self.assertEqual(process.returncode, 130, errors)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertIn("verdict: interrupted", output)
        with open(os.path.join(report, "results.json"), encoding="utf-8") as stream:
            self.assertEqual(json.load(stream)["verdict"], "interrupted")


if __name__ == "__main__":
    vme.main()
