"""docs/meshcentral.md, followed word by word: the commands of its blocks, typed in a copy of the folders they name."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

import vme

ROOT = pathlib.Path(__file__).resolve().parents[2]


def blocks():
    return re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs/meshcentral.md").read_text(), re.MULTILINE | re.DOTALL)


def registry_answers():
    try:
        return vme.run("npm", "view", "meshcentral@1.1.55", "version").stdout.strip() == "1.1.55"
    except subprocess.TimeoutExpired:
        return False


class Followed(unittest.TestCase):
    def setUp(self):
        if not registry_answers():
            self.skipTest("the npm registry has no meshcentral 1.1.55 for this machine")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copytree(ROOT / "scenarios", self.folder / "scenarios", ignore=shutil.ignore_patterns("node_modules"))
        (self.folder / "bin").mkdir()
        (self.folder / "bin/vme").symlink_to(pathlib.Path(vme.VME).resolve())

    def test_every_block(self):
        commands = blocks()
        self.assertEqual(len(commands), 5, "the page's commands have changed. follow them here too")
        script = "set -eum\ntrap 'kill $(jobs -p) 2>/dev/null || :; wait' EXIT\n" + "\n".join(commands)
        environment = {**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        with subprocess.Popen(["bash", "-c", script], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, start_new_session=True) as shell:
            try:
                out, err = shell.communicate(timeout=vme.PATIENCE * 3)
            except subprocess.TimeoutExpired:
                shell.send_signal(signal.SIGTERM)
                out, err = shell.communicate()
                log = self.folder / "mc/server.log"
                self.fail(f"stuck after:\n{out}\n{err}\n{log.read_text()[-3000:] if log.exists() else ''}")
        log = (self.folder / "mc/server.log").read_text()
        self.assertEqual(shell.returncode, 0, f"{out}\n{err}\n{log[-3000:]}")
        self.check_run(out, log)
        self.check_devices(out)

    def check_run(self, out, log):
        results = json.loads((self.folder / "vme-report/meshcentral/results.json").read_text())
        self.assertEqual(results["verdict"], "held")
        self.assertEqual(results["machines"]["provisioned"], 20)
        self.assertTrue(all(group["compat"] == ["meshcentral"] for group in results["groups"]))
        self.assertEqual({group["profile"] for group in results["groups"]},
                         {"amt-3.2.2", "amt-4.0", "amt-4.2", "amt-5.0", "amt-5.2"})
        self.assertIn("not faithful to the firmware: desktops, laptops, newer-desktops (meshcentral)", out)
        self.assertEqual(len(re.findall("Intel AMT ACM activation completed", log)), 25)
        self.assertGreaterEqual(len(re.findall("Intel AMT connected with TLS", log)), 25)

    def check_devices(self, out):
        devices = [json.loads(line) for line in out.splitlines() if line.startswith('{"host"')]
        self.assertEqual(len(devices), 5)
        for device in devices:
            self.assertTrue(device["connected"])
            self.assertEqual((device["version"], device["state"]), ("4.0.3", 2))


if __name__ == "__main__":
    vme.main("node", "npm", "bash")
