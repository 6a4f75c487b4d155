"""`vme run`: verdicts, exit statuses, reports, repeatability, interruption."""

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


class Run(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()

    def tearDown(self):
        self.folder.close()

    def run_scenario(self, file, name, *arguments):
        report = os.path.join(self.folder.path, name)
        done = vme.vme("run", file, "--report", report, *arguments, timeout=240)
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

    def test_one_seed_gives_equal_outcomes(self):
        def outcomes(name):
            _, results, _ = self.run_scenario(QUICKSTART, name, "--machines", "50", "--seed", "7")
            return [(group["name"], group["machines"], group["outcomes"]) for group in results["groups"]]
        self.assertEqual(outcomes("first"), outcomes("second"))

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
