"""State files: a process is killed at random moments under load and started again, and nothing is lost but the last
second. The moments come from a seed, which is printed when something fails."""

import contextlib
import hashlib
import http.client
import os
import random
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import threading
import time
import unittest

import vme

SEED = int(os.environ.get("VME_TEST_SEED", "20090811"))
KILLS = 50
MACHINES = 1200
LOST_AT_MOST = 1.0  # seconds
FACTORY, IN_SETUP, QUIET, OPERATIONAL = range(4)
NEVER = 2**63 - 1
# What may lie between two looks at a machine that is set up and then left alone; None: it has not arrived.
LEADS_TO = {None: {None, IN_SETUP, OPERATIONAL}, IN_SETUP: {IN_SETUP, OPERATIONAL}, OPERATIONAL: {OPERATIONAL}}

SCENARIO = """
name: killed
seed: 11
address: 127.79.0.1
ports: {{http: 17992, https: 17993}}
groups:
  - name: by-psk
    machines: {half}
    profiles: [amt-2.1, amt-2.2.20, amt-2.5, amt-2.6.20, amt-3.0, amt-3.2.2, amt-4.0, amt-4.2, amt-5.0, amt-5.2]
    method: psk
    arrival: {{over: 20s}}
  - name: by-pki
    machines: {half}
    profiles: [amt-2.2.20, amt-2.6.20, amt-3.0, amt-3.2.2, amt-4.0, amt-4.2, amt-5.0, amt-5.2]
    method: pki
    arrival: {{over: 20s}}
expect:
  - provisioned: 100%
"""


class Saved:
    """A copy of a state file and its journal, as the killed process left them."""

    def __init__(self, file, folder):
        copy = os.path.join(folder, "copy.state")
        for ending in ("", "-wal"):
            if os.path.exists(copy + ending):
                os.remove(copy + ending)
            if os.path.exists(file + ending):
                assert os.stat(file + ending).st_mode & 0o777 == 0o600, file + ending
                shutil.copy(file + ending, copy + ending)
        database = sqlite3.connect(copy)
        self.integrity = database.execute("PRAGMA integrity_check").fetchall()
        self.meta, self.images = {"time": "0", "elapsed": "0"}, {}
        if database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] > 0:  # else killed before its first commit
            self.meta = dict(database.execute("SELECT key, value FROM meta").fetchall())
            self.images = dict(database.execute("SELECT machine, image FROM machines").fetchall())
        database.close()

    def states(self):
        return {machine: image[2] for machine, image in self.images.items()}

    def operational(self):
        return sum(state == OPERATIONAL for state in self.states().values())


def contradiction(image):
    """What no lifecycle leads to in a machine of the scenario above; None when there is nothing of it. The offsets are
    those of emulator/machine/image.hpp."""
    version, state, method, mode, _flags, window, _locked, _offset, _writes, overlay = struct.unpack_from(
        "<HBBBBqqiHB", image)
    if version != 1 or state not in (IN_SETUP, OPERATIONAL) or method not in (1, 2) or mode != 1:
        return f"version {version}, state {state}, method {method}, mode {mode}"
    if (window != NEVER) != (state == IN_SETUP):
        return f"window {window} in state {state}"
    if state == OPERATIONAL and not overlay:
        return "operational without NVRAM"
    return None


class KilledRun(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.file = os.path.join(self.folder.path, "fleet.state")
        self.scenario = self.folder.write("killed.yaml", SCENARIO.format(half=MACHINES // 2))
        self.states, self.images, self.times, self.judged = {}, {}, (0, 0), 0
        self.random = random.Random(SEED)

    def tearDown(self):
        self.folder.close()

    def command(self):
        return [vme.VME, "run", self.scenario, "--state", self.file,
                "--report", os.path.join(self.folder.path, "report")]

    def last_written(self):
        """When the state file or its journal was."""
        files = [self.file + ending for ending in ("", "-wal") if os.path.exists(self.file + ending)]
        return max((os.stat(file).st_mtime_ns for file in files), default=0)

    def wait_until_it_saves(self, process, before):
        deadline = time.monotonic() + vme.PATIENCE
        while self.last_written() == before and process.poll() is None:
            self.assertLess(time.monotonic(), deadline, "it saves nothing")
            time.sleep(0.005)

    def live(self, seconds, once_it_saves):
        """Runs for that time, from its start or from what it first saves, then is killed. What it had told of its
        machines, each with the time left to live."""
        told, before = [], self.last_written()
        with subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            if once_it_saves:
                self.wait_until_it_saves(process, before)
            end = time.monotonic() + seconds
            timer = threading.Timer(seconds, process.kill)
            timer.start()
            for line in process.stderr:
                found = re.search(r"(\d+) of \d+ operational", line)
                self.assertTrue(found, line)
                told.append((end - time.monotonic(), int(found.group(1))))
            process.wait(vme.PATIENCE)
            timer.cancel()
        return process.returncode, told

    def look(self, told):
        saved = Saved(self.file, self.folder.path)
        self.assertEqual(saved.integrity, [("ok",)])
        states = saved.states()
        for machine in self.states.keys() | states.keys():
            before, after = self.states.get(machine), states.get(machine)
            self.assertIn(after, LEADS_TO[before], f"machine {machine}")
            self.assertIsNone(contradiction(saved.images[machine]), f"machine {machine}")
        times = int(saved.meta["time"]), int(saved.meta["elapsed"])
        self.assertGreaterEqual(times[0], self.times[0])
        self.assertGreaterEqual(times[1], self.times[1])
        for left, operational in told:
            if left >= LOST_AT_MOST:
                self.judged += 1
                self.assertGreaterEqual(saved.operational(), operational)
        self.states, self.images, self.times = states, saved.images, times

    def test_killed_fifty_times_it_comes_to_its_end(self):
        loaded, slowness = 0, 1
        for kill in range(KILLS):
            # Every fifth one lives long enough to tell of its machines more than a second before its end, and to have
            # one provisioned, for which a slow computer needs longer.
            if kill % 5 == 4:
                seconds = self.random.uniform(2.0, 2.6) * slowness
            else:
                seconds = self.random.uniform(0.05, 1.2)
            with self.subTest(kill=kill, seconds=seconds, seed=SEED):
                status, told = self.live(seconds, once_it_saves=kill % 2 == 0)
                if status != -signal.SIGKILL:
                    self.assertEqual(status, 0, told)  # it was done before
                    continue
                if os.path.exists(self.file) and os.path.getsize(self.file) > 0:
                    before = self.images
                    self.look(told)
                    loaded += self.images != before
            if kill % 5 == 4 and OPERATIONAL not in self.states.values():
                slowness *= 2
        self.assertGreater(self.judged, 0)
        self.assertGreater(loaded, KILLS // 3)  # the kills did come under load
        done = vme.run(*self.command(), timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"{MACHINES} of {MACHINES} provisioned", done.stdout)
        self.assertRegex(done.stdout, r"[1-9]\d* of them before this run")
        self.look([])
        self.assertEqual(set(self.states.values()), {OPERATIONAL})
        again = vme.run(*self.command(), timeout=240)
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertIn(f"{MACHINES} of them before this run", again.stdout)


class Admin:
    """A console on a connection that it keeps: digest log-in, and EOI calls of the network administration service."""

    SERVICE = "http://schemas.intel.com/platform/client/NetworkAdministration/2004/01"
    PATH = "/NetworkAdministrationService"

    def __init__(self, address, user, password):
        self.connection = http.client.HTTPConnection(address, 16992, timeout=vme.PATIENCE)
        self.user, self.password, self.count = user, password, 0
        self.realm = self.nonce = None

    def authorization(self):
        def md5(*parts):
            return hashlib.md5(":".join(parts).encode()).hexdigest()
        self.count += 1
        nc = f"{self.count:08x}"
        response = md5(md5(self.user, self.realm, self.password), self.nonce, nc, "c0ffee", "auth",
                       md5("POST", self.PATH))
        return (f'Digest username="{self.user}", realm="{self.realm}", nonce="{self.nonce}", uri="{self.PATH}", '
                f'qop=auth, nc={nc}, cnonce="c0ffee", response="{response}"')

    def call(self, name, parameters=""):
        body = ('<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap='
                f'"http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><{name} xmlns="{self.SERVICE}">{parameters}'
                f"</{name}></soap:Body></soap:Envelope>")
        for _ in range(3):
            headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{self.SERVICE}#{name}"'}
            if self.nonce:
                headers["Authorization"] = self.authorization()
            self.connection.request("POST", self.PATH, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
            if answer.status == 200:
                assert "<Status>0</Status>" in re.sub(r"<(/?)\w+:", r"<\1", text), text
                return text
            assert answer.status == 401, text
            challenge = answer.getheader("WWW-Authenticate")
            self.realm = re.search(r'realm="([^"]*)"', challenge).group(1)
            self.nonce, self.count = re.search(r'nonce="([^"]*)"', challenge).group(1), 0
        raise AssertionError("refused three times")

    def close(self):
        self.connection.close()

    def set_name(self, number):
        self.call("SetHostName", f"<HostName>host{number}</HostName>")

    def name(self):
        found = re.search(r"HostName>host(\d+)<", self.call("GetHostName"))
        return int(found.group(1)) if found else 0


class AcknowledgedWrites(unittest.TestCase):
    """A console changes a machine without a pause. What was acknowledged more than a second before the kill is there."""

    def setUp(self):
        self.folder = vme.Folder()
        self.file = os.path.join(self.folder.path, "one.state")
        self.address = None
        self.random = random.Random(SEED)

    def tearDown(self):
        self.folder.close()

    def serve(self):
        return vme.Serve("amt-3.2.2", "--provisioned", "admin:P@ssw0rd", "--quiet", "--state", self.file,
                         address=self.address)

    def admin(self):
        return Admin(self.address, "admin", "P@ssw0rd")

    def write_until_killed(self, serve, number):
        """The numbers that were acknowledged, each with its time, and the time of the kill."""
        acknowledged, killed = [], []

        def kill():
            serve.process.kill()
            killed.append(time.monotonic())
        timer = threading.Timer(self.random.uniform(0.1, 1.6), kill)
        timer.start()
        try:
            with contextlib.closing(self.admin()) as admin:
                while True:
                    number += 1
                    admin.set_name(number)
                    acknowledged.append((time.monotonic(), number))
        except (OSError, http.client.HTTPException):
            timer.join(vme.PATIENCE)
        self.assertEqual(serve.end(), -signal.SIGKILL)
        return acknowledged, killed[0]

    def test_what_was_acknowledged_a_second_ago_survives(self):
        number, judged, worst = 0, 0, 0.0
        for kill in range(12):
            with self.subTest(kill=kill, seed=SEED):
                serve = self.serve()
                self.address = serve.address
                if kill:
                    self.assertEqual(serve.ready["state"], "operational")
                    self.assertTrue(serve.ready["restored"])
                acknowledged, killed_at = self.write_until_killed(serve, number)
                self.assertTrue(acknowledged)
                with self.serve() as again, contextlib.closing(self.admin()) as admin:
                    kept = admin.name()
                    self.assertTrue(again.ready["restored"])
                must = [one for at, one in acknowledged if killed_at - at > LOST_AT_MOST]
                judged += bool(must)
                self.assertGreaterEqual(kept, max(must, default=number))
                self.assertLessEqual(kept, acknowledged[-1][1] + 1)  # the last one may have lost its answer
                lost = [killed_at - at for at, one in acknowledged if one > kept]
                worst = max(worst, max(lost, default=0.0))
                number = acknowledged[-1][1] + 1
        self.assertGreater(judged, 2)
        print(f"lost at most the last {worst * 1000:.0f} ms")


class Refusals(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.file = os.path.join(self.folder.path, "one.state")

    def tearDown(self):
        self.folder.close()

    def refusal(self, status, *arguments):
        done = vme.vme("serve", "--profile", "amt-3.2.2", "--no-hello", "--state", self.file, *arguments)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertRegex(done.stderr, r"^[^\n]+: [^\n]+\. [^\n]+\n$")
        self.assertTrue(done.stderr.startswith(self.file + ": "), done.stderr)
        return done.stderr

    def test_a_file_in_use_or_of_others_is_refused_and_kept(self):
        with vme.Serve("amt-3.2.2", "--no-hello", "--state", self.file) as serve:
            self.assertIn("another process has this state file open",
                          self.refusal(3, "--address", vme.next_address()))
        address = ("--address", serve.address)
        with open(self.file, "rb") as stream:
            before = stream.read()
        self.assertIn("seed 1, here 2", self.refusal(2, *address, "--seed", "2"))
        self.assertIn("first UUID", self.refusal(2, *address, "--uuid", "44454c4c-3100-1051-8032-b4c04f4b4d31"))
        self.assertIn("machines 1 of serve", self.refusal(2, *address, "--machines", "3"))
        self.assertIn("first address", self.refusal(2, "--address", "127.79.9.9"))
        with open(self.file, "rb") as stream:
            self.assertEqual(stream.read(), before)
        with open(self.file, "wb") as stream:
            stream.write(before[:-1])
        self.assertIn("was cut", self.refusal(2, *address))

    def test_a_run_without_a_seed_cannot_be_gone_on_with(self):
        scenario = self.folder.write("s.yaml", "name: s\ngroups: [{name: a, machines: 1, profile: amt-3.2.2, method: psk}]")
        done = vme.vme("run", scenario, "--seed", "0", "--state", self.file)
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stderr.startswith("--state: with seed 0 "), done.stderr)


if __name__ == "__main__":
    vme.main()
