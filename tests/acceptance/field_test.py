"""Failures from the field: the embedded service point passes each scenario, and one that takes no care fails where the
scenario says that it does."""

import concurrent.futures
import pathlib
import re
import unittest

import yaml

import vme

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"
FIELD = sorted((SCENARIOS / "field").glob("*.yaml"))
# A server that provisions healthy machines and takes no care of the others.
NAIVE = (
    "give-up-at-once", "skip-uuid-check", "skip-otp-check", "ignore-status", "skip-come-back", "skip-read-back",
    "use-unfit-certificate", "trust-dates", "keep-blocked-certificates", "skip-way-back", "all-crl-urls", "skip-capabilities",
    "merge-twins", "hammer-login", "hammer-flash", "sessions-at-once", "no-limits", "connect-to-refused",
    "take-agents-hello", "fragile-hello", "stale-address", "no-timeouts", "let-window-end", "only-modern-tls")
# Habits that would keep it from healthy machines too, always or by chance, so each is added where its failure is looked
# at.
MORE = {"root-not-in-chain": ("omit-root",), "p48-utf16": ("utf16",), "p43-two-servers": ("serve-duplicates",),
        "envelope-too-small": ("small-envelopes",), "optionset-fault": ("mandatory-options",),
        "method-newer-than-firmware": ("newer-methods",)}
PROVISIONING_FAILURES = range(1, 51)
SIDE_BY_SIDE = 4


def naive(more=()):
    return "[" + ", ".join(NAIVE + more) + "]"


def field_of(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))["field"]


class Field(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.addCleanup(self.folder.close)
        self.report = pathlib.Path(self.folder.path) / "report"

    def run_naive(self, file, *options):
        return vme.vme("run", file, "--quiet", "--report", self.report / file.stem, *options)

    def end_naively(self, numbered):
        """Each has ports of its own. Where it ends well it has its time; else what never ends is cut."""
        number, file = numbered
        options = ["--set", f"service_point.careless={naive(MORE.get(file.stem, ()))}",
                   "--set", f"ports={{http: {20000 + 2 * number}, https: {20001 + 2 * number}}}"]
        if field_of(file)["naive"] == "fails":
            options += ["--set", "deadline=6s"]
        return self.run_naive(file, *options)

    def test_the_service_point_passes_all(self):
        done = vme.vme("run", SCENARIOS / "field", "--quiet", "--report", self.report, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"{len(FIELD)} of {len(FIELD)} scenarios held", done.stdout)

    def test_a_naive_server_provisions_healthy_machines(self):
        done = self.run_naive(SCENARIOS / "quickstart.yaml", "--machines", "40", "--set",
                              f"service_point={{mode: embedded, careless: {naive()}}}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_naive_server_fails_where_the_scenario_says(self):
        with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for file, done in zip(FIELD, pool.map(self.end_naively, enumerate(FIELD))):
                with self.subTest(file.name):
                    self.assertEqual(done.returncode, {"fails": 1, "passes": 0}[field_of(file)["naive"]],
                                     done.stdout + done.stderr)

    def test_each_says_what_it_reproduces(self):
        for file in FIELD:
            with self.subTest(file.name):
                scenario = yaml.safe_load(file.read_text(encoding="utf-8"))
                self.assertEqual(scenario["name"], file.stem)
                for key in ("id", "symptom", "correct", "naive", "why"):
                    self.assertTrue(scenario["field"][key], key)

    def test_the_list_tells_of_each(self):
        """The table of scenarios is what they say of themselves, and no provisioning failure is passed over."""
        text = (SCENARIOS / "field" / "README.md").read_text(encoding="utf-8")
        scenarios, others = text.split("## Not there")
        rows = set(re.findall(r"^\| \[(.+)\]\(\1\.yaml\) \| ([\d, ]*)\| (.+) \|$", scenarios, re.MULTILINE))
        numbers = set(re.findall(r"^\| [^|]+ \| (\d+) \|", others, re.MULTILINE))
        expected = set()
        for file in FIELD:
            field = field_of(file)
            own = [str(number) for number in field.get("provisioning", [])]
            expected.add((file.stem, ", ".join(own) + " " if own else "", field["symptom"]))
            numbers.update(own)
        self.assertEqual(rows, expected)
        self.assertEqual(numbers, {str(number) for number in PROVISIONING_FAILURES})


if __name__ == "__main__":
    vme.main()
