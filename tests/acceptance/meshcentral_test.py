"""docs/meshcentral.md, followed word by word: the commands of its blocks, typed in a copy of the folders they name; and
what it says of each switch, by a machine that lacks that one."""

import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import vme

ROOT = pathlib.Path(__file__).resolve().parents[2]


def blocks():
    return re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs/meshcentral.md").read_text(), re.MULTILINE | re.DOTALL)


def is_installed():
    """test.sh has installed it, so that npm's cache has all of it and the page's own `npm ci` needs no network."""
    return (pathlib.Path(os.environ.get("VME_MESHCENTRAL", "")) / "node_modules/meshcentral/package.json").exists()


def folder_and_environment():
    """A copy of what the page's commands name, with vme on the path."""
    folder = tempfile.TemporaryDirectory()
    path = pathlib.Path(folder.name)
    shutil.copytree(ROOT / "scenarios", path / "scenarios", ignore=shutil.ignore_patterns("node_modules"))
    (path / "bin").mkdir()
    (path / "bin/vme").symlink_to(pathlib.Path(vme.VME).resolve())
    return folder, path, {**os.environ, "npm_config_offline": "true", "PATH": f"{path / 'bin'}:{os.environ['PATH']}"}


class MeshCentral(unittest.TestCase):
    seeds = itertools.count(100)  # the server tells machines apart by the UUID that follows from it

    @classmethod
    def setUpClass(cls):
        folder, cls.path, cls.environment = folder_and_environment()
        cls.addClassCleanup(folder.cleanup)
        cls.commands = blocks()
        assert len(cls.commands) == 5, "the page's commands have changed. follow them here too"
        cls.type_in(cls.commands[0])

    @classmethod
    def type_in(cls, script):
        """Runs it in a shell with job control; what it printed. Its jobs end with it."""
        script = "set -eum\ntrap 'kill $(jobs -p) 2>/dev/null || :; wait' EXIT\n" + script
        log = cls.path / "mc/server.log"
        with subprocess.Popen(["bash", "-c", script], cwd=cls.path, env=cls.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, start_new_session=True) as shell:
            try:
                out, err = shell.communicate(timeout=vme.PATIENCE * 3)
            except subprocess.TimeoutExpired:
                shell.send_signal(signal.SIGTERM)
                out, err = shell.communicate()
                err = "stuck after this\n" + err
            told = f"{out}\n{err}\n{log.read_text()[-3000:] if log.exists() else ''}"
            assert shell.returncode == 0 and not err.startswith("stuck"), told
        return out

    def test_a_the_page_is_followed(self):
        out = self.type_in("\n".join(self.commands[1:]))
        log = (self.path / "mc/server.log").read_text()
        results = json.loads((self.path / "vme-report/meshcentral/results.json").read_text())
        self.assertEqual(results["verdict"], "held")
        self.assertEqual(results["machines"]["provisioned"], 20)
        self.assertTrue(all(group["compat"] == ["meshcentral"] for group in results["groups"]))
        self.assertEqual({group["profile"] for group in results["groups"]},
                         {"amt-3.2.2", "amt-4.0", "amt-4.2", "amt-5.0", "amt-5.2"})
        self.assertIn("not faithful to the firmware: desktops, laptops, newer-desktops (meshcentral)", out)
        self.assertEqual(len(re.findall("Intel AMT ACM activation completed", log)), 25)
        devices = [json.loads(line) for line in out.splitlines() if line.startswith('{"host"')]
        self.assertEqual(len(devices), 5)
        for device in devices:
            self.assertTrue(device["connected"])
            self.assertEqual((device["version"], device["state"]), ("4.0.3", 2))

    def machine(self, *arguments):
        root = f"mc={self.path / 'mc/pki/root.pem'}"
        return vme.Serve("amt-3.2.2", "--root", root, "--dns-suffix", "vme.test", "--start", "--hello-to", "127.0.0.1",
                         *arguments)

    def lacking(self, value):
        return self.machine("--compat", "meshcentral", "--set", f"{value}=false", "--seed", str(next(self.seeds)))

    def start_server(self):
        """Until it answers; it ends with the test."""
        server = subprocess.Popen(["node", "scenarios/meshcentral/server.mjs", "mc"], cwd=self.path, text=True,
                                  stdout=subprocess.PIPE)
        reader = threading.Thread(target=lambda: [None for _ in server.stdout])
        self.addCleanup(lambda: (reader.join(), server.stdout.close()))
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        for line in server.stdout:
            if "HTTPS server running" in line:
                break
        reader.start()

    def test_b_without_a_switch_the_machine_is_its_firmware(self):
        self.start_server()
        with self.machine("--seed", "99") as faithful:
            faithful.event("handshake-refused", reason="chain-broken")
        with self.lacking("prov.chain_root_first") as machine:
            machine.event("handshake-refused", reason="chain-broken")
        with self.lacking("prov.cert_is_auth") as machine:
            machine.event("request-refused", reason="digest-wrong")
        with self.lacking("features.key_generation") as machine:
            machine.event("request", text="POST /wsman 400")
        with self.lacking("api.hex_digest") as machine:
            machine.event("state-changed", text="operational")
            machine.event("request-refused", reason="digest-wrong")
        with self.lacking("prov.host_based_setup") as machine:
            machine.event("state-changed", text="operational")
            machine.event("logged-in")
            machine.event("request", text="POST /wsman 400")


if __name__ == "__main__":
    if not is_installed():
        print("skipped: VME_MESHCENTRAL names no folder whose node_modules has meshcentral")
        sys.exit(77)
    vme.main("node", "npm", "bash")
