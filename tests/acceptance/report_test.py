"""The files of a run, judged by others: results.json by its schema, junit.xml by the usual schemas, report.html in Chromium;
then `vme report show`, `diff` and `merge` of them."""

import html.parser
import json
import os
import re
import shutil
import sys
import unittest
import zlib

import vme

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

ROOT = sys.argv[1]
CHROMIUM = shutil.which("chromium")

MIXED = """
name: mixed
service_point: embedded
groups:
  - {name: good, machines: 12, profiles: [amt-2.1, amt-5.2], arrival: {over: 1s}}
  - {name: wrong, machines: 2, profile: amt-3.2.2, method: psk, service_point_knows: {pps: wrong}}
  - {name: strangers, machines: 3, profile: amt-2.1, approval: refuse}
expect: [provisioned: 12, failed: 0]
"""
HELD = MIXED.replace("failed: 0", "failed: 2")


def load(folder):
    with open(os.path.join(folder, "results.json"), encoding="utf-8") as stream:
        return json.load(stream)


class Page(html.parser.HTMLParser):
    """What elements say of themselves in data attributes, each with the ones around it that have some."""

    def __init__(self, text):
        super().__init__()
        self.all = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        data = {name[5:]: value for name, value in attrs if name.startswith("data-")}
        data["id"] = dict(attrs).get("id")
        self.all.append((tag, data))

    def rows(self, tag, key):
        return [data for name, data in self.all if name == tag and key in data]

    def cells_after(self, tag, key):
        """Rows with that key, with the data of the cells in them."""
        rows = []
        for name, data in self.all:
            if name == tag and key in data:
                rows.append(dict(data))
            elif name == "td" and rows and len(data) > 1:
                rows[-1].update({k: v for k, v in data.items() if k != "id"})
        return rows


def png_is_blank(path):
    """Whether all rows of a screenshot are alike, after inflating them: a page that was drawn has many."""
    with open(path, "rb") as stream:
        data = stream.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        if data[at + 4:at + 8] == b"IHDR":
            width = int.from_bytes(data[at + 8:at + 12], "big")
            channels = {2: 3, 6: 4}[data[at + 17]]
        if data[at + 4:at + 8] == b"IDAT":
            packed += data[at + 8:at + 8 + size]
        at += size + 12
    raw, row = zlib.decompress(packed), width * channels + 1
    return len({raw[i:i + row] for i in range(0, len(raw), row)}) < 50


class Runs(unittest.TestCase):
    """Three runs, one of which fails."""

    @classmethod
    def setUpClass(cls):
        cls.folder = vme.Folder()
        cls.failed = cls.run_scenario("mixed.yaml", MIXED, "failed", 1)
        cls.held = cls.run_scenario("mixed.yaml", HELD, "held", 0)
        cls.other = cls.run_scenario("mixed.yaml", HELD, "other", 0, "--seed", "9", "--journal")

    @classmethod
    def tearDownClass(cls):
        cls.folder.close()

    @classmethod
    def run_scenario(cls, name, text, report, status, *arguments):
        report = os.path.join(cls.folder.path, report)
        done = vme.vme("run", cls.folder.write(name, text), "--report", report, *arguments)
        assert done.returncode == status, done.stdout + done.stderr
        return report

    def merged(self):
        folder = os.path.join(self.folder.path, "merged")
        done = vme.vme("report", "merge", self.held, self.other, "--report", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return folder

    def folders(self):
        return [self.failed, self.held, self.other, self.merged()]


class Files(Runs):
    def test_results_follow_their_schema(self):
        with open(os.path.join(ROOT, "scenarios/schema/results.schema.json"), encoding="utf-8") as stream:
            schema = json.load(stream)
        validator = jsonschema.Draft202012Validator(schema)
        validator.check_schema(schema)
        for folder in self.folders():
            self.assertEqual([error.message for error in validator.iter_errors(load(folder))], [])
        wrong = load(self.failed)
        wrong["timeline"][0]["operational"] = "many"
        del wrong["seed"]
        self.assertEqual(len(list(validator.iter_errors(wrong))), 2)

    def test_every_key_of_the_schema_has_a_description(self):
        with open(os.path.join(ROOT, "scenarios/schema/results.schema.json"), encoding="utf-8") as stream:
            schema = json.load(stream)

        def bare(value, path):
            for name, one in value.get("properties", {}).items():
                if "description" not in one and "$ref" not in one:
                    yield f"{path}.{name}"
                yield from bare(one, f"{path}.{name}")
            if "items" in value:
                yield from bare(value["items"], f"{path}[]")

        rules = [schema, *schema["$defs"].values()]
        self.assertEqual([name for rule in rules for name in bare(rule, "results")], [])
        self.assertTrue(all("description" in rule for rule in schema["$defs"].values()))

    def test_numbers_agree_with_each_other(self):
        results = load(self.failed)
        last = results["timeline"][-1]
        self.assertEqual(last["arrivals"], 17)
        self.assertEqual(last["operational"], results["machines"]["provisioned"])
        for point in results["timeline"]:
            self.assertEqual(point["waiting"] + point["factory"] + point["in_setup"] + point["operational"], 17)
        for step in results["steps"]:
            self.assertEqual(sum(step["histogram"][1::2]), step["count"])
        whole = {profile["profile"]: next(s for s in profile["steps"] if s["step"] == "handshake")["count"]
                 for profile in results["profiles"]}
        self.assertEqual(sum(whole.values()), next(s for s in results["steps"] if s["step"] == "handshake")["count"])
        self.assertEqual(sum(failure["count"] for failure in results["failures"]), 5)
        self.assertEqual(results["environment"]["command"][0], "run")

    def test_a_failure_has_its_conversation(self):
        failures = {failure["reason"]: failure["example"] for failure in load(self.failed)["failures"]}
        refused = failures["psk-refused"]
        self.assertRegex(refused["machine"], r"^wrong/\d$")
        said = [(one["direction"], one["what"]) for one in refused["conversation"]]
        self.assertIn(("out", "hello-sent"), said)
        self.assertIn(("in", "handshake-refused"), said)
        self.assertLessEqual(len(said), 20)

    @unittest.skipUnless(shutil.which("xmllint"), "xmllint is not installed")
    def test_junit_is_valid_by_both_usual_schemas(self):
        for folder in self.folders():
            for schema in ("ant", "jenkins"):
                done = vme.run("xmllint", "--noout", "--schema", os.path.join(ROOT, f"tests/data/junit/{schema}.xsd"),
                               os.path.join(folder, "junit.xml"))
                self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.failed, "junit.xml"), encoding="utf-8") as stream:
            broken = stream.read().replace(' classname="', ' klass="')
        for schema in ("ant", "jenkins"):
            done = vme.run("xmllint", "--noout", "--schema", os.path.join(ROOT, f"tests/data/junit/{schema}.xsd"),
                           self.folder.write("broken.xml", broken))
            self.assertNotEqual(done.returncode, 0)

    def test_show_tells_the_run_again(self):
        again = vme.vme("report", "show", self.failed)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("verdict: failed   12 of 17 provisioned", again.stdout)
        self.assertIn("FAILED  failed: 0", again.stdout)
        as_json = vme.vme("report", "show", os.path.join(self.failed, "results.json"), "--json")
        self.assertEqual(json.loads(as_json.stdout), load(self.failed))

    def test_diff_tells_what_got_worse(self):
        same = vme.vme("report", "diff", self.held, self.held, "--json")
        self.assertEqual(same.returncode, 0, same.stderr)
        self.assertEqual(json.loads(same.stdout)["machines"], [])
        worse = vme.vme("report", "diff", self.held, self.failed, "--json")
        self.assertEqual(worse.returncode, 1, worse.stderr)
        found = json.loads(worse.stdout)
        self.assertTrue(found["worse"])
        self.assertEqual(found["expectations"]["newly_failing"], ["failed: 0"])
        self.assertEqual(vme.vme("report", "diff", self.failed, self.held).returncode, 0)

    def test_merge_joins_runs(self):
        folder = self.merged()
        results = load(folder)
        self.assertEqual(results["machines"]["total"], 34)
        self.assertEqual(results["verdict"], "held")
        with open(os.path.join(folder, "machines.jsonl"), encoding="utf-8") as stream:
            self.assertEqual(len(stream.readlines()), 34)
        whole = [next(s for s in load(one)["steps"] if s["step"] == "whole") for one in (self.held, self.other, folder)]
        self.assertEqual(whole[2]["count"], whole[0]["count"] + whole[1]["count"])
        self.assertEqual(whole[2]["max"], max(whole[0]["max"], whole[1]["max"]))
        self.assertLessEqual(whole[2]["p50"], max(whole[0]["p50"], whole[1]["p50"]) * 1.02)
        self.assertGreaterEqual(whole[2]["p50"], min(whole[0]["p50"], whole[1]["p50"]))

    def test_errors_name_the_file_and_what_to_do(self):
        same = vme.vme("report", "merge", self.held, self.held, "--report", os.path.join(self.folder.path, "x"))
        self.assertEqual(same.returncode, 2)
        self.assertRegex(same.stderr, r"has the machine \S+/\d+ of seed 1, as .* has\. merge runs of different machines")
        missing = vme.vme("report", "show", os.path.join(self.folder.path, "nowhere"))
        self.assertEqual(missing.returncode, 2)
        self.assertIn("nowhere: cannot be read. name a folder that `vme run` wrote", missing.stderr)
        bad = vme.vme("report", "show", self.folder.write("bad.json", '{"schema": 1, "verdict": "fine"}'))
        self.assertEqual(bad.returncode, 2)
        self.assertIn("bad.json: scenario: is not there", bad.stderr)
        self.assertEqual(vme.vme("report", "diff", self.held).returncode, 2)
        self.assertEqual(vme.vme("report", "diff", self.held, self.held, "--tolerance", "much").returncode, 2)


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class InChromium(Runs):
    def chromium(self, *arguments):
        done = vme.run(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                       f"--user-data-dir={self.folder.path}/profile", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def page_of(self, folder):
        return Page(self.chromium("--dump-dom", f"file://{folder}/report.html"))

    def compare(self, folder):
        page, results = self.page_of(folder), load(folder)
        self.assertEqual(page.rows("header", "verdict")[0]["verdict"], results["verdict"])
        tiles = {row["machines"]: int(row["value"]) for row in page.rows("div", "machines")}
        self.assertEqual(tiles, results["machines"])
        self.assertEqual([row["held"] == "true" for row in page.rows("tr", "held")],
                         [one["held"] for one in results["expectations"]])
        steps = [row for row in page.rows("tr", "step") if "profile" not in row]
        self.assertEqual([(row["step"], int(row["count"])) for row in steps],
                         [(step["step"], step["count"]) for step in results["steps"]])
        for row, step in zip(steps, results["steps"]):
            for key in ("p50", "p95", "p99", "max"):
                self.assertAlmostEqual(float(row[key]), step[key], places=3)
        by_profile = [row for row in page.rows("tr", "step") if "profile" in row]
        self.assertEqual(len(by_profile), sum(len(profile["steps"]) for profile in results["profiles"]))
        groups = [row for row in page.cells_after("tr", "group") if row["group"]]
        self.assertEqual([(row["group"], row["profile"], {key: int(row[key]) for key in results["machines"]}) for row in groups],
                         [(group["name"], group["profile"], group["machines"]) for group in results["groups"]])
        self.assertEqual({row["reason"]: int(row["count"]) for row in page.rows("article", "reason")},
                         {failure["reason"]: failure["count"] for failure in results["failures"]})
        last = results["timeline"][-1]
        stack = next(data for tag, data in page.all if data["id"] == "timeline")
        self.assertEqual(int(stack["points"]), len(results["timeline"]))
        self.assertEqual([int(stack[key]) for key in ("operational", "in-setup", "factory", "waiting")],
                         [last[key] for key in ("operational", "in_setup", "factory", "waiting")])
        curves = next(data for tag, data in page.all if data["id"] == "throughput")
        self.assertEqual((int(curves["arrivals"]), int(curves["completions"])), (last["arrivals"], last["completions"]))

    def test_the_page_has_the_numbers_of_results_json(self):
        for folder in (self.failed, self.held, self.merged()):
            self.compare(folder)

    def test_the_page_is_drawn(self):
        shot = os.path.join(self.folder.path, "shot.png")
        self.chromium("--window-size=1000,2400", f"--screenshot={shot}", f"file://{self.failed}/report.html")
        self.assertFalse(png_is_blank(shot))
        self.folder.write("blank.html", "<html></html>")
        self.chromium("--window-size=1000,2400", f"--screenshot={shot}", f"file://{self.folder.path}/blank.html")
        self.assertTrue(png_is_blank(shot))

    def test_the_page_prints(self):
        pdf = os.path.join(self.folder.path, "page.pdf")
        self.chromium("--no-pdf-header-footer", f"--print-to-pdf={pdf}", f"file://{self.failed}/report.html")
        with open(pdf, "rb") as stream:
            self.assertGreaterEqual(len(re.findall(rb"/Type\s*/Page\b", stream.read())), 2)

    def test_the_page_needs_no_network_and_no_script(self):
        with open(os.path.join(self.failed, "report.html"), encoding="utf-8") as stream:
            text = stream.read()
        self.assertNotRegex(text, r"<script|src=|https?:|@import|url\(")


if __name__ == "__main__":
    vme.main()
