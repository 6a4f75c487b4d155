"""Starts the vme under test and other programs, and waits for what they say."""

import ctypes
import fcntl
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

VME = os.environ.get("VME", "vme")
PATIENCE = 120  # seconds; far more than anything takes, so that only a real fault runs into it


def main(*programs, alone=True):
    """Runs the tests of the calling script; skipped when one of the programs is not installed. `alone`: nobody else has
    the ports of an ME meanwhile."""
    for program in programs:
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed")
            sys.exit(77)
    lock = be_alone() if alone else None
    try:
        run_tests()
    finally:
        if lock:
            lock.close()


def be_alone():
    """A loopback network of this process's own, so that scripts run side by side; where that is not permitted, a lock
    has them run one after the other."""
    clone_newnet = 0x40000000
    if shutil.which("ip") and ctypes.CDLL(None).unshare(clone_newnet) == 0:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return None
    lock = open(os.path.join(tempfile.gettempdir(), f"vme-acceptance-{os.getuid()}.lock"), "w", encoding="utf-8")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def run_tests():
    unittest.main(argv=sys.argv[:1], verbosity=2)


def profile_argument():
    return sys.argv[1]


def run(*command, stdin="", env=None, timeout=PATIENCE):
    """A program that ends by itself: its exit status, and both outputs as text."""
    return subprocess.run(command, input=stdin, env={**os.environ, **(env or {})}, timeout=timeout,
                          capture_output=True, text=True, errors="replace", check=False)


def vme(*arguments, **keywords):
    return run(VME, *arguments, **keywords)


def resident(pid):
    """Bytes of memory that the process has now."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)) * 1024


def memory_bound(size):
    """What a process may grow by; with a sanitizer, which keeps what was freed for a while, that much more."""
    return size + ((1 << 30) if os.environ.get("VME_SANITIZE") else 0)


def profile_facts(name):
    done = vme("profiles", name, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def addresses():
    """Addresses of 127.77.0.0/16, from one that other processes of this moment do not begin with."""
    n = os.getpid() * 7
    while True:
        yield f"127.77.{n // 250 % 250 + 1}.{n % 250 + 1}"
        n += 1


_addresses = addresses()


def next_address():
    return next(_addresses)


class Program:
    """A vme that runs until it is told to end and prints a JSON object a line."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([VME, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.errors = []
        self.seen = []
        self._lines = queue.Queue()
        self._threads = [threading.Thread(target=self._read_output), threading.Thread(target=self._read_errors)]
        for thread in self._threads:
            thread.start()

    def _read_output(self):
        for line in self.process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def _read_errors(self):
        self.errors.extend(self.process.stderr)

    def wait_for(self, wanted, what):
        """The next object for which `wanted` holds; objects before it are passed over."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                found = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {what} within {PATIENCE} s; seen {self.seen}") from None
            if found is None:
                raise AssertionError(f"ended before {what}; seen {self.seen}; errors {self.errors}")
            self.seen.append(found)
            if wanted(found):
                return found

    def event(self, kind, **values):
        def wanted(found):
            return found.get("event") == kind and all(found.get(key) == value for key, value in values.items())
        return self.wait_for(wanted, f"event {kind} {values}")

    def end(self, number=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        status = self.end()
        if kind is None and status != 0:
            raise AssertionError(f"vme ended with {status}: {''.join(self.errors)}")


class Serve(Program):
    """`vme serve` on an address of its own; `ready` is the object that it prints when it can be reached."""

    def __init__(self, profile, *arguments, address=None):
        for address in [address] if address else _addresses:
            super().__init__("serve", "--profile", profile, "--address", address, "--json", "--timing-scale", "0",
                             *arguments)
            try:
                self.ready = self.event("ready")
                break
            except AssertionError:
                if self.end() != 3:  # the address is taken: another one
                    raise
        self.address = self.ready["address"]


class Folder:
    """A temporary folder for the tests of a class."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.path = self._folder.name

    def make_pki(self, name, *arguments):
        folder = os.path.join(self.path, name)
        done = vme("pki", "make", folder, *arguments)
        assert done.returncode == 0, done.stderr
        return folder

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def close(self):
        self._folder.cleanup()


# How the versions of a mode are asked for from openssl s_client; both hold in a Debian whose defaults are stricter.
TLS_MODES = {"period": ("-tls1", "@SECLEVEL=0", "TLSv1"), "modern": ("-tls1_2", "@SECLEVEL=0", "TLSv1.2")}


def s_client(address, *arguments, stdin="Q\n"):
    """openssl s_client against a machine's TLS port; what it printed, both outputs together."""
    done = run("openssl", "s_client", "-connect", f"{address}:16993", *arguments, stdin=stdin)
    return done.stdout + done.stderr
