"""The scenario language from outside: runs of folders and matrices, rerun, explain, new, and the JSON schema, by a
validator that nobody here wrote, against every scenario."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import jsonschema
import vme
import yaml

SCENARIOS = sys.argv[1]

GOOD = """name: good
groups: [{name: desktops, machines: 4, profile: amt-3.2.2}]
expect:
  - provisioned: 100%
  - state: {is: operational}
  - order: {of: [hello-sent, connected, handshake-done, CommitChanges, operational]}
  - never: {operation: Unprovision}
  - connections: {per: machine, max: 30}
  - step: {name: handshake, profile: amt-3.2.2, p95: "< 30s"}
"""
BAD = """name: bad
groups: [{name: desktops, machines: 3, profile: amt-3.0, overrides: {"1": {approval: refuse}}}]
expect: [provisioned: 100%]
"""
FIELD = """name: wrong-pair
field: {id: [wrong-pps], symptom: no set-up, naive: fails}
groups: [{name: old, machines: 2, profile: amt-2.1, service_point_knows: {pps: wrong}}]
expect: [outcome: {reason: psk-refused, is: 100%}]
"""
MATRIX = """name: cells
variables: {method: psk}
matrix: {profile: [amt-3.0, amt-4.0], method: [psk, pki]}
exclude: [{profile: amt-4.0, method: psk}]
groups: [{name: g, machines: 2, method: "${method}"}]
"""


class Yaml(yaml.SafeLoader):
    """As YAML 1.2, vme and editors read it: `on` and `yes` are words."""


Yaml.yaml_implicit_resolvers = {
    letter: [one for one in resolvers if one[0] != "tag:yaml.org,2002:bool" or letter in "tTfF"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


class Language(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()

    def tearDown(self):
        self.folder.close()

    def path(self, *names):
        return os.path.join(self.folder.path, *names)

    def results(self, *names):
        with open(self.path(*names, "results.json"), encoding="utf-8") as stream:
            return json.load(stream)

    def machines(self, name):
        with open(self.path(name, "machines.jsonl"), encoding="utf-8") as stream:
            return [json.loads(line) for line in stream]

    def make_folder(self):
        os.makedirs(self.path("all", "parts"))
        for name, text in {"a.yaml": GOOD, "b.yaml": BAD, "c.yaml": FIELD, "parts/not-run.yaml": "no scenario",
                           "readme.txt": "no scenario"}.items():
            self.folder.write(os.path.join("all", name), text)
        return self.path("all")

    def test_a_folder_runs_and_ends_with_a_table(self):
        done = vme.vme("run", self.make_folder(), "--report", self.path("out"), timeout=240)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
        self.assertIn("held", rows["good"])
        self.assertIn("failed", rows["bad"])
        self.assertIn("provisioned: 100% (seen 2 of 3)", rows["bad"])
        self.assertIn("wrong-pps", rows["wrong-pair"])
        self.assertIn("2 of 3 scenarios held", done.stdout)
        self.assertEqual(self.results("out", "good")["verdict"], "held")
        self.assertEqual(self.results("out", "wrong-pair")["field"]["id"], ["wrong-pps"])
        suites = xml.etree.ElementTree.parse(self.path("out", "junit.xml")).getroot()
        self.assertEqual(len(list(suites.iter("testsuite"))), 3)
        self.assertEqual(sum(1 for _ in suites.iter("failure")), 1)

    def test_every_cell_of_a_matrix_is_a_run(self):
        file = self.folder.write("m.yaml", MATRIX)
        done = vme.vme("run", file, "--report", self.path("out"), "--json", timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        runs = json.loads(done.stdout)
        self.assertEqual([run["scenario"] for run in runs], ["cells[profile=amt-3.0,method=psk]",
                                                             "cells[profile=amt-3.0,method=pki]",
                                                             "cells[profile=amt-4.0,method=pki]"])
        self.assertEqual([run["groups"][0]["provisioning"] for run in runs], ["psk", "pki", "pki"])

    def test_ctrl_c_ends_all_in_order(self):
        folder = self.make_folder()
        process = subprocess.Popen([vme.VME, "run", folder, "--report", self.path("out"), "--service-point",
                                    "127.77.0.1:9"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("operational", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=vme.PATIENCE)
        self.assertEqual(process.returncode, 130, out + errors)
        self.assertIn("2 not run", out)
        self.assertEqual(self.results("out", "good")["verdict"], "interrupted")

    def test_one_mistake_stops_all_before_the_first(self):
        folder = self.make_folder()
        self.folder.write("all/z.yaml", "name: z\ngroup: []\n")
        done = vme.vme("run", folder, "--report", self.path("out"))
        self.assertEqual(done.returncode, 2)
        self.assertIn('z.yaml:2:1: unknown key "group". did you mean "groups"?', done.stderr)
        self.assertFalse(os.path.exists(self.path("out")))

    def test_two_of_one_name_are_refused(self):
        done = vme.vme("run", self.folder.write("a.yaml", GOOD), self.folder.write("b.yaml", GOOD))
        self.assertEqual(done.returncode, 2)
        self.assertIn('its name "good" is that of', done.stderr)

    def test_rerun_is_one_machine_of_the_same_fleet(self):
        file = self.folder.write("b.yaml", BAD)
        vme.vme("run", file, "--report", self.path("first"), "--seed", "11")
        os.remove(file)
        first = {line["name"]: line for line in self.machines("first")}
        done = vme.vme("rerun", self.path("first", "results.json"), "--machine", "desktops/1", "--report",
                       self.path("again"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("desktops/1 ended as refused (not-approved) in the run before", done.stderr)
        self.assertEqual(self.machines("again"), [first["desktops/1"]])
        done = vme.vme("rerun", self.path("first"), "--machine", "desktops/2", "--report", self.path("good"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.results("good")["machines"]["total"], 1)

    def test_rerun_names_its_default_folder_after_the_run(self):
        file = self.folder.write("b.yaml", BAD)
        vme.vme("run", file, "--report", self.path("first"))
        done = subprocess.run([vme.VME, "rerun", self.path("first"), "--machine", "desktops/0"], cwd=self.folder.path,
                              capture_output=True, text=True, timeout=vme.PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.results("vme-report", "bad-rerun")["verdict"], "held")

    def test_rerun_says_what_is_wrong(self):
        file = self.folder.write("b.yaml", BAD)
        vme.vme("run", file, "--report", self.path("first"))
        for machine, error in {"desktop/1": 'did you mean "desktops"?', "desktops/7": "the group has desktops/0 to"}.items():
            done = vme.vme("rerun", self.path("first"), "--machine", machine)
            self.assertEqual(done.returncode, 2)
            self.assertIn(error, done.stderr)
        self.assertEqual(vme.vme("rerun", self.path("nowhere"), "--machine", "desktops/1").returncode, 2)

    def test_new_writes_a_scenario_that_loads(self):
        for template in ("bare-metal", "agent", "faults", "external"):
            done = subprocess.run([vme.VME, "scenario", "new", template, "--template", template], cwd=self.folder.path,
                                  capture_output=True, text=True, timeout=vme.PATIENCE, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = vme.vme("scenario", "check", self.path(template + ".yaml"))
            self.assertEqual(done.returncode, 0, done.stderr)
        done = vme.vme("scenario", "new", "x", "--template", "fault", "--print")
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean "faults"?', done.stderr)

    def test_templates_hold(self):
        for template in ("bare-metal", "agent", "faults"):
            text = vme.vme("scenario", "new", template, "--template", template, "--print").stdout
            done = vme.vme("run", self.folder.write(template + ".yaml", text), "--report", self.path(template),
                           timeout=240)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_readmes_scenarios_hold(self):
        text = (pathlib.Path(SCENARIOS).parent / "README.md").read_text(encoding="utf-8")
        examples = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        self.assertGreaterEqual(len(examples), 2)
        for number, example in enumerate(examples):
            name = "" if example.startswith("name:") else f"name: example-{number}\n"
            file = self.folder.write(f"example-{number}.yaml", name + example)
            # A machine that is gone in mid-commit costs the service point half a minute before it begins anew.
            done = vme.vme("run", file, "--quiet", "--report", self.path(f"report-{number}"), timeout=240)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_explain_and_check_take_folders(self):
        folder = self.make_folder()
        done = vme.vme("scenario", "explain", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("reproduces wrong-pps", done.stdout)
        self.folder.write("all/z.yaml", "name: z\ngroup: []\n")
        done = vme.vme("scenario", "check", folder)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout.count("in order"), 3)


def scenario_files():
    for top, _, names in os.walk(SCENARIOS):
        for name in sorted(names):
            if name.endswith(".yaml"):
                yield os.path.join(top, name)


class Schema(unittest.TestCase):
    def setUp(self):
        self.schema = json.loads(vme.vme("scenario", "schema").stdout)
        self.validator = jsonschema.Draft202012Validator(self.schema)

    def errors(self, text):
        return [error.message for error in self.validator.iter_errors(yaml.load(text, Yaml))]

    def test_it_is_a_schema_and_the_committed_one(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)
        with open(os.path.join(SCENARIOS, "schema", "scenario.schema.json"), encoding="utf-8") as stream:
            self.assertEqual(json.load(stream), self.schema)

    def test_every_scenario_is_valid(self):
        for file in scenario_files():
            with open(file, encoding="utf-8") as stream, self.subTest(file):
                text = stream.read()
                value = yaml.load(text, Yaml)
                if "name" in value:  # else it is for others to include
                    self.assertEqual(self.errors(text), [])

    def test_templates_and_this_file_are_valid(self):
        for template in ("bare-metal", "agent", "faults", "external"):
            self.assertEqual(self.errors(vme.vme("scenario", "new", "x", "--template", template, "--print").stdout), [])
        for text in (GOOD, BAD, FIELD, MATRIX):
            self.assertEqual(self.errors(text), [])

    def test_mistakes_are_not(self):
        for text in ("name: x\ngroups: []\n", "name: x\ngroups: [{name: g, machines: 0}]\n",
                     GOOD + "sead: 3\n", GOOD.replace("machines: 4", "machine: 4"),
                     GOOD.replace("is: operational", "is: operating"), GOOD.replace('"< 30s"', '"30s"')):
            self.assertTrue(self.errors(text), text)


if __name__ == "__main__":
    vme.main()
