"""The commands of docs/ci/*.yml, taken out of these files and run as a CI server would, in a checkout of the scenarios."""

import os
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import vme

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

ROOT = sys.argv[1]
FEWER = "20"  # machines; the files name more


def load(name):
    with open(os.path.join(ROOT, "docs/ci", name), encoding="utf-8") as stream:
        return yaml.safe_load(stream)


def github():
    job = load("github-actions.yml")["jobs"]["fleet"]
    artifact = next(step for step in job["steps"] if str(step.get("uses", "")).startswith("actions/upload-artifact"))
    return job["env"], [step["run"] for step in job["steps"] if "run" in step], [artifact["with"]["path"]]


def gitlab():
    job = load("gitlab-ci.yml")["fleet"]
    artifacts = job["artifacts"]
    return job["variables"], job["script"] + job["after_script"], [*artifacts["paths"], artifacts["reports"]["junit"]]


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.addCleanup(self.folder.close)
        self.checkout = self.folder.path
        shutil.copytree(os.path.join(ROOT, "scenarios"), os.path.join(self.checkout, "scenarios"))
        self.bin = os.path.join(self.checkout, "bin")
        os.mkdir(self.bin)
        os.symlink(vme.VME, os.path.join(self.bin, "vme"))

    def execute(self, variables, commands):
        environment = {**os.environ, **variables, "MACHINES": FEWER, "PATH": f"{self.bin}:{os.environ['PATH']}"}
        said = []
        for command in commands:
            done = subprocess.run(["bash", "-eo", "pipefail", "-c", command], cwd=self.checkout, env=environment, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, check=False)
            self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}")
            said.append(done.stdout)
        return "".join(said)

    def try_all(self, variables, commands, artifacts):
        self.assertEqual(set(variables), {"SCENARIO", "MACHINES"})
        self.assertIn("verdict: held", self.execute(variables, commands))
        for artifact in artifacts:
            self.assertTrue(os.path.exists(os.path.join(self.checkout, artifact)), artifact)
        report = os.path.join(self.checkout, "vme-report")
        for file in ("results.json", "machines.jsonl", "junit.xml", "report.html", "journal.jsonl", "run.pcapng"):
            self.assertGreater(os.path.getsize(os.path.join(report, file)), 100, file)
        suite = xml.etree.ElementTree.parse(os.path.join(report, "junit.xml")).getroot().find("testsuite")
        self.assertEqual((suite.get("failures"), suite.get("errors")), ("0", "0"))
        # With a report of before, the comparison is made.
        shutil.copytree(report, os.path.join(self.checkout, "baseline"))
        self.assertIn("not worse", self.execute(variables, commands))

    def test_github(self):
        self.try_all(*github())

    def test_gitlab(self):
        self.try_all(*gitlab())

    def test_both_run_the_same(self):
        self.assertEqual(github()[1], gitlab()[1])

    def test_a_failed_expectation_fails_the_job(self):
        variables, commands, _ = gitlab()
        path = os.path.join(self.checkout, variables["SCENARIO"])
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text[:text.index("expect:")] + "expect:\n  - provisioned: 0\n")
        run = next(command for command in commands if command.startswith("vme run"))
        with self.assertRaises(AssertionError):
            self.execute(variables, [run])


if __name__ == "__main__":
    vme.main("bash")
