#!/usr/bin/env python3
"""Virtual MEs beside instances of other simulators of managed devices, in one run: ipmi_sim (Debian openipmi) and
mountebank (npm). Start rate: from the first program's start until the last instance has answered a request of its own
protocol, all asked by vme_bench_ask. Memory: proportional set size of all processes, shared out among the instances; and
what each beyond the first adds. bench/peers.py BUILD-FOLDER"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

BUILD = sys.argv[1]
MOUNTEBANK = os.path.join(BUILD, "peers/node_modules/.bin/mb")
FIRST_PORT = 20000
REPEATED = 3
MEASURES, UNITS = ("started and answering", "memory, each", "memory, one more"), ("1/s", "KiB", "KiB")

HTTP_GET = b"GET /logon.htm HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".hex()
# RMCP, IPMI 1.5 without a session: Get Channel Authentication Capabilities, channel 0x0E, administrator.
IPMI_REQUEST = "0600ff07" "00" "00000000" "00000000" "09" "2018c8" "81" "00" "38" "8e" "04" "b5"


def stop(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()


def proportional_kib(process):
    with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


class Instances:
    """N of them; how they are started and asked is the subclass's."""

    def __init__(self, count):
        self.count, self.processes = count, []
        self.folder = tempfile.TemporaryDirectory()

    def spawn(self, *command):
        self.processes.append(subprocess.Popen(command, cwd=self.folder.name, stdin=subprocess.DEVNULL,
                                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def ask(self, kind, request, address, port, count, consecutive):
        """Until all have answered; in vain when a program under test has ended."""
        asker = subprocess.Popen([os.path.join(BUILD, "vme_bench_ask"), kind, request, address, str(port), str(count),
                                  consecutive])
        while asker.poll() is None and all(process.poll() is None for process in self.processes):
            try:
                asker.wait(0.01)
            except subprocess.TimeoutExpired:
                continue
        ended = [process for process in self.processes if process.poll() is not None]
        if ended or asker.returncode != 0:
            stop([asker] if asker.poll() is None else [])
            what = f"{ended[0].args[0]} ended early" if ended else f"{count} instances did not all answer"
            sys.exit(f"{what}. end what else has their ports, and try again")

    def measure(self):
        """Seconds until all have answered, KiB of all."""
        begin = time.monotonic()
        try:
            self.start()
            self.ask_each()
            return time.monotonic() - begin, sum(map(proportional_kib, self.processes))
        finally:
            stop(self.processes)
            self.folder.cleanup()


class Vme(Instances):
    def start(self):
        self.spawn(os.path.join(os.path.abspath(BUILD), "vme"), "serve", "--quiet", "--profile", "amt-3.2.2", "--no-hello",
                   "--provisioned", "admin:P@ssw0rd", "--timing-scale", "0", "--address", "127.16.0.1", "--machines", str(self.count))

    def ask_each(self):
        self.ask("tcp", HTTP_GET, "127.16.0.1", 16992, self.count, "address")


class IpmiSim(Instances):
    CONFIGURATION = """name "bench"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 {port}
    priv_limit admin
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  user 1 true "" "test" user 10 none md2 md5 straight
  user 2 true "admin" "test" admin 10 none md2 md5 straight
"""
    MACHINE = "mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02\nmc_enable 0x20\n"

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def start(self):
        machine = self.write("machine.emu", self.MACHINE)
        for port in range(FIRST_PORT, FIRST_PORT + self.count):
            self.spawn("ipmi_sim", "--nostdio", "--nopersist", "-s", self.folder.name, "-f", machine,
                       "-c", self.write(f"{port}.conf", self.CONFIGURATION.format(port=port)))

    def ask_each(self):
        self.ask("udp", IPMI_REQUEST, "127.0.0.1", FIRST_PORT, self.count, "port")


class Mountebank(Instances):
    def start(self):
        self.spawn("node", os.path.realpath(MOUNTEBANK), "start", "--port", str(FIRST_PORT - 1), "--localOnly",
                   "--nologfile", "--loglevel", "error")
        self.ask("tcp", HTTP_GET, "127.0.0.1", FIRST_PORT - 1, 1, "port")
        stub = {"responses": [{"is": {"statusCode": 200, "body": "x" * 432}}]}  # as long as the ME's page
        imposters = [{"port": port, "protocol": "http", "stubs": [stub]}
                     for port in range(FIRST_PORT, FIRST_PORT + self.count)]
        request = urllib.request.Request(f"http://127.0.0.1:{FIRST_PORT - 1}/imposters", method="PUT",
                                         data=json.dumps({"imposters": imposters}).encode(),
                                         headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=300).close()

    def ask_each(self):
        self.ask("tcp", HTTP_GET, "127.0.0.1", FIRST_PORT, self.count, "port")


def measured(kind, count):
    """Instances a second, KiB for each, KiB that each beyond the first adds."""
    seconds, kib = kind(count).measure()
    _, one = kind(1).measure()
    return count / seconds, kib / count, (kib - one) / (count - 1)


def side_by_side(peer, name, count):
    """Medians of a few repetitions, the two taking turns."""
    pairs = [(measured(Vme, count), measured(peer, count)) for _ in range(REPEATED)]
    own, other = ([statistics.median(values) for values in zip(*side)] for side in zip(*pairs))
    for what, unit, mine, theirs in zip(MEASURES, UNITS, own, other):
        print(f"{f'{count} {name}: {what}':<46} {mine:>10.1f} {theirs:>10.1f} {unit:<10} {mine / theirs:>6.2g}", flush=True)


def alone(count):
    for what, unit, mine in zip(MEASURES, UNITS, measured(Vme, count)):
        print(f"{f'{count:,} alone: {what}':<46} {mine:>10.1f} {'':>10} {unit}", flush=True)


def main():
    peers = []
    if shutil.which("ipmi_sim"):
        peers.append((IpmiSim, "ipmi_sim", 50))
    else:
        print("ipmi_sim is left out: install Debian's openipmi")
    if shutil.which("node") and os.path.exists(MOUNTEBANK):
        peers.append((Mountebank, "mountebank", 200))
    else:
        print("mountebank is left out: node or its package is missing")
    print(f"{'instances of other simulators':<46} {'VirtualME':>10} {'other':>10} {'unit':<10} {'ratio':>6}")
    for peer, name, count in peers:
        side_by_side(peer, name, count)
    for count in (1000, 100_000):
        alone(count)
    print("""    An instance of VirtualME: a provisioned AMT 3.2.2 ME with address, UUID, passwords and state of its own; web pages,
    digest login, EOI and WS-Man; the firmware's own waits are switched off. All in one process.
    Of ipmi_sim: a BMC with IPMI 1.5 and 2.0 over LAN, sessions and users at a port of its own; it can have sensors, FRU
    and SOL, which are not configured here. A process each, which is what a second BMC at a LAN port takes.
    Of mountebank: an HTTP server at a port of its own with one canned answer; no login, no state, no protocol of a
    managed device. All in one process.""")


main()
