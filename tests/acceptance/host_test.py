"""Programs that know the kernel's public interface and nothing of VirtualME, under vme host: in C, dynamic and static, in
Go without libc, and in Python; as root and as nobody."""

import ctypes
import errno
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import unittest

from host import client as python_client
from host import control
from vme import VME, Folder, PATIENCE, Serve, main, profile_facts, run

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "host")
STATES = {"factory": 0, "in-setup": 1, "operational": 2}
UNSUPPORTED = 0x812
NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all")
PROGRAMS = {}
FOLDER = None


def need_user_notification():
    """Ends with 77 when the kernel, or a sandbox around, has none."""
    seccomp, get_action_avail, user_notif = {"x86_64": 317, "aarch64": 277}.get(os.uname().machine, 317), 2, 0x7FC00000
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(seccomp, get_action_avail, 0, ctypes.byref(ctypes.c_uint32(user_notif))) != 0:
        print(f"skipped: no seccomp user notification here: {os.strerror(ctypes.get_errno())}")
        sys.exit(77)
    done = run(VME, "host", "--profile", "amt-5.0", "--no-hello", "--", "true")
    if done.returncode == 3 and "supervisor" in done.stderr:
        print(f"skipped: {done.stderr.strip()}")
        sys.exit(77)


def build(folder):
    """All programs, by what they are built as."""
    source, cache = os.path.join(SOURCES, "client.c"), os.path.join(folder, "go")
    go = {"GOCACHE": cache, "GOPATH": cache, "GOFLAGS": "-mod=mod", "GO111MODULE": "off", "CGO_ENABLED": "0"}
    commands = {
        "c": ("cc", "-O1", "-pthread", "-o", os.path.join(folder, "c"), source),
        "static": ("cc", "-O1", "-pthread", "-static", "-o", os.path.join(folder, "static"), source),
        "go": ("go", "build", "-o", os.path.join(folder, "go-client"), os.path.join(SOURCES, "client.go")),
    }
    programs = {}
    for name, command in commands.items():
        done = run(*command, env=go, timeout=300)
        assert done.returncode == 0, done.stderr
        programs[name] = (command[command.index("-o") + 1],)
    programs["python"] = (shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable,
                          shutil.copy(os.path.join(SOURCES, "client.py"), folder))
    return programs


def setUpModule():
    global FOLDER, PROGRAMS
    FOLDER = Folder()
    os.chmod(FOLDER.path, 0o755)
    PROGRAMS = build(FOLDER.path)


def tearDownModule():
    FOLDER.close()


def users():
    """As whom vme and the program run: this one and, if this is root, nobody. With the vme that they can reach."""
    yield "self", (VME,)
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        return
    reachable = VME
    if run(*NOBODY, "test", "-x", VME).returncode != 0:
        reachable = os.path.join(FOLDER.path, "vme")
        if not os.path.exists(reachable):
            shutil.copy(VME, reachable)
    cache = os.path.join(FOLDER.path, "cache")  # of keys, which else are made at every start
    if not os.path.exists(cache):
        os.mkdir(cache)
        os.chown(cache, 65534, 65534)
    yield "nobody", (*NOBODY, "env", f"XDG_CACHE_HOME={cache}", reachable)


def host(*arguments, vme=(VME,), **keywords):
    return run(*vme, "host", *arguments, **keywords)


class Facts(unittest.TestCase):
    """What a host reads of each generation."""

    profile = None

    def machine(self, *arguments):
        return ("--profile", self.profile, "--timing-scale", "0", "--no-hello", *arguments)

    def expected(self, *arguments):
        facts = profile_facts(self.profile)
        with Serve(self.profile, "--no-hello", *arguments) as serve:
            state = STATES[serve.ready["state"]]
        version, build_number = facts["version"], str(facts["build"])
        hashes = [name for name in facts["values"]["prov.hashes"].split(", ") if name != "-"] if facts["pki"] else []
        return {"AMT": version, "Build Number": build_number, "Sku": facts["values"]["identity.sku"], "state": state,
                "fw_ver": f"0:{version}.{build_number}", "hashes": hashes,
                "hash_status": 0 if facts["pki"] else UNSUPPORTED}

    def check(self, found, expected):
        for key in ("AMT", "Build Number", "Sku"):
            self.assertEqual(found["versions"][key], expected[key])
        for key in ("state", "fw_ver", "hash_status"):
            self.assertEqual(found[key], expected[key], key)
        self.assertEqual([row["name"] for row in found["hashes"]], expected["hashes"])
        for row in found["hashes"]:
            self.assertEqual((len(row["hash"]), row["algorithm"], row["default"]), (40, 1, 1))
        self.assertRegex(found["dedicated"], "^[0-9a-f]{12}$")
        self.assertEqual(int(found["dedicated"][:2], 16) & 1, 0, "a multicast address")

    def facts(self, program, *machine, vme=(VME,)):
        done = host(*self.machine(*machine), "--", *PROGRAMS[program], "facts", vme=vme)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_every_program_reads_the_same_and_what_the_profile_says(self):
        for arguments in ((), ("--provisioned", "admin:P@ssw0rd")):
            expected = self.expected(*arguments)
            first = self.facts("c", *arguments)
            self.check(first, expected)
            for user, vme in users():
                for program in PROGRAMS:
                    with self.subTest(program=program, user=user, machine=arguments):
                        self.assertEqual(self.facts(program, *arguments, vme=vme), first)
            self.assertEqual(first["mode"], 1 if expected["state"] == 2 else first["mode"])

    def test_the_socket_says_the_same(self):
        folder = os.path.join(FOLDER.path, "sockets")
        with Serve(self.profile, "--no-hello", "--provisioned", "admin:P@ssw0rd", "--heci", folder):
            me = control.Host(os.path.join(folder, "0.sock"))
            session, error = me.open(1)
            self.assertEqual(error, 0)
            self.assertEqual(me.connect(1, bytes(16))[0], errno.ENOTTY)
            self.assertEqual(me.connect(1, python_client.AMTHI), (0, 4160, 1))
            self.assertEqual(me.connect(1, python_client.AMTHI)[0], errno.EBUSY)

            def ask(command, data=b""):
                session.send(python_client.request(command, data))
                return python_client.answer(command, session.recv(4160))

            found = python_client.facts(ask)
            found["fw_ver"] = "0:" + ".".join(str(number) for number in me.version)
            session.close()
            # A program attached to the running machine reads what it would read of its own.
            done = host("--heci", os.path.join(folder, "0.sock"), "--", *PROGRAMS["c"], "facts")
            self.assertEqual(json.loads(done.stdout), found, done.stderr)
            me.close()
        self.assertEqual(found, self.facts("c", "--provisioned", "admin:P@ssw0rd"))

    def test_each_machine_has_its_own_address(self):
        seen = {self.facts("c", "--machines", "3", "--machine", name)["dedicated"] for name in ("0", "serve/1", "2")}
        self.assertEqual(len(seen), 3)


class Rows(unittest.TestCase):
    """The behaviour of the mei driver, call by call."""

    MACHINE = ("--profile", "amt-3.2.2", "--timing-scale", "0", "--no-hello")

    def test_every_row_holds(self):
        for user, vme in users():
            for program in ("c", "static", "go"):
                with self.subTest(program=program, user=user):
                    done = host(*self.MACHINE, "--", *PROGRAMS[program], "rows", vme=vme)
                    rows = json.loads(done.stdout)
                    self.assertEqual({name: seen for name, seen in rows.items() if seen != "ok"}, {}, done.stderr)
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_through_a_shell_and_as_another_user(self):
        done = host(*self.MACHINE, "--", "sh", "-c", f"test -c /dev/mei0 && test -r /dev/mei0 && exec {PROGRAMS['c'][0]} facts")
        self.assertEqual(json.loads(done.stdout)["fw_ver"], "0:3.2.2.1053", done.stderr)
        if os.getuid() == 0:
            done = host(*self.MACHINE, "--", *NOBODY, *PROGRAMS["static"], "rows")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_sysfs_entries(self):
        listing = host(*self.MACHINE, "--", "ls", "-la", "/sys/class/mei/mei0", "/sys/class/mei")
        self.assertEqual((listing.returncode, listing.stderr), (0, ""))
        for name in ("dev", "fw_ver", "fw_status", "hbm_ver", "hbm_ver_drv", "dev_state", "tx_queue_limit", "kind"):
            self.assertIn(name, listing.stdout)
        script = "cd /; cat sys/class/mei/mei0/hbm_ver sys/class/mei/mei0/kind; cat /sys/dev/char/$(cat /sys/class/mei/mei0/dev)/device/device"
        done = host(*self.MACHINE, "--", "sh", "-c", script)
        self.assertEqual(done.stdout.split(), ["1.0", "mei", "0x29b4"], done.stderr)

    def test_without_a_driver_there_is_nothing(self):
        done = host(*self.MACHINE, "--no-driver", "--", *PROGRAMS["python"])
        self.assertEqual((done.returncode, json.loads(done.stdout)), (1, {"error": "ENOENT"}))
        done = host(*self.MACHINE, "--no-driver", "--", "ls", "/dev/mei0", "/sys/class/mei")
        self.assertEqual(done.stderr.count("No such file"), 2, done.stderr)


class Launcher(unittest.TestCase):
    """What becomes of the program."""

    MACHINE = Rows.MACHINE

    def test_its_exit_status_is_passed_on(self):
        self.assertEqual(host(*self.MACHINE, "--", "sh", "-c", "exit 7").returncode, 7)
        self.assertEqual(host(*self.MACHINE, "--", "sh", "-c", "kill -9 $$").returncode, 128 + 9)

    def test_its_input_and_outputs_are_its_own(self):
        done = host(*self.MACHINE, "--", "sh", "-c", "cat; echo problem >&2", stdin="said\n")
        self.assertEqual((done.stdout, done.stderr), ("said\n", "problem\n"))

    def test_signals_reach_it(self):
        script = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\nprint('up', flush=True)\nsignal.pause()"
        with subprocess.Popen([VME, "host", *self.MACHINE, "--", PROGRAMS["python"][0], "-c", script],
                              stdout=subprocess.PIPE, text=True) as process:
            self.assertEqual(process.stdout.readline(), "up\n")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(PATIENCE), 9)

    def test_it_is_served_until_its_last_descendant_ends(self):
        fifo, out = os.path.join(FOLDER.path, "fifo"), os.path.join(FOLDER.path, "orphan.json")
        os.mkfifo(fifo)
        script = f"(read go < {fifo}; exec {PROGRAMS['static'][0]} facts > {out}) & exit 3"
        with subprocess.Popen([VME, "host", *self.MACHINE, "--", "sh", "-c", script]) as process:
            with open(fifo, "w", encoding="ascii") as go:
                self.assertIsNone(process.poll())
                go.write("go\n")
            self.assertEqual(process.wait(PATIENCE), 3)
        with open(out, encoding="ascii") as file:
            self.assertEqual(json.load(file)["fw_ver"], "0:3.2.2.1053")

    def test_errors_say_what_to_do(self):
        rows = (
            ((*self.MACHINE, "--", "/nowhere/program"), 2, "/nowhere/program: cannot be run"),
            ((*self.MACHINE,), 2, "no program given"),
            (("--", "true"), 2, "neither --profile, --state nor --heci given"),
            ((*self.MACHINE, "--machine", "1", "--", "true"), 2, "--machine: there is no machine 1. give its number, 0 to 0"),
            ((*self.MACHINE, "--machine", "pc/0", "--", "true"), 2, "--machine: there is no machine pc/0"),
            ((*self.MACHINE, "--heci", "x", "--", "true"), 2, "contradicts --profile"),
            (("--heci", "/nowhere/0.sock", "--", "true"), 3, "vme serve --heci"),
            ((*self.MACHINE, "--", VME, "host", *self.MACHINE, "--address", "127.16.9.1", "--", "true"), 3,
             "or use the socket"),
        )
        for arguments, status, text in rows:
            with self.subTest(arguments=arguments):
                done = host(*arguments)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(text, done.stderr)

    def test_nothing_stays_behind(self):
        folder = os.path.join(FOLDER.path, "scratch")
        os.mkdir(folder)
        done = host(*self.MACHINE, "--", "cat", "/sys/class/mei/mei0/kind", env={"TMPDIR": folder})
        self.assertEqual((done.stdout, os.listdir(folder)), ("mei\n", []))


class OtherMe(unittest.TestCase):
    """An ME of this script's own at the socket: what a real one does rarely."""

    def setUp(self):
        self.path = os.path.join(FOLDER.path, f"{self.id().rsplit('.', 1)[1]}.sock")
        self.me = None

    def tearDown(self):
        if self.me:
            self.me.vanish()

    def serve(self, connect=lambda client: (0, 4160, 1), message=lambda me, session, data: [data], **keywords):
        self.me = control.Me(self.path, connect, message, **keywords)

    def host(self, *program):
        return host("--heci", self.path, "--", *program)

    def python(self, text):
        """Runs lines of Python under the launcher; what they print."""
        prelude = ("import errno, fcntl, os, select, sys\n"
                   "def connect(fd): return fcntl.ioctl(fd, 0xC0104801, bytes.fromhex('2800f812b7b42d4baca846e0ff65814c'))\n"
                   "def tried(call, *arguments):\n"
                   "    try: return call(*arguments)\n"
                   "    except OSError as error: return errno.errorcode[error.errno]\n")
        done = self.host(PROGRAMS["python"][0], "-c", prelude + text)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split()

    def test_a_reset_ends_a_read_and_gives_enodev_from_then_on(self):
        self.serve()
        with subprocess.Popen([VME, "host", "--heci", self.path, "--", *PROGRAMS["c"], "wait"], stdout=subprocess.PIPE,
                              text=True) as process:
            self.assertEqual(process.stdout.readline(), "waiting\n")
            self.me.reset()
            rows = json.loads(process.stdout.readline())
            self.assertEqual(set(rows.values()), {"ok"}, rows)
            self.assertEqual(process.wait(PATIENCE), 0)

    def test_an_me_that_vanishes_is_no_device(self):
        self.serve(message=lambda me, session, data: me.vanish() or [])
        said = self.python("fd = os.open('/dev/mei0', os.O_RDWR)\nconnect(fd)\nos.write(fd, b'x')\nprint(tried(os.read, fd, 10))\n"
                           "print(tried(os.write, fd, b'x'), tried(os.open, '/dev/mei0', os.O_RDWR))")
        self.assertIn(said[0], ("b''", "ENODEV"))  # the end of its wait, or there was none to wait for
        self.assertEqual(said[1:], ["ENODEV", "ENODEV"])

    def test_a_device_that_is_down(self):
        self.serve(opening=errno.ENODEV)
        self.assertEqual(self.python("print(tried(os.open, '/dev/mei0', os.O_RDWR))"), ["ENODEV"])

    def test_a_device_in_reset_says_so(self):
        self.serve(state=3)
        said = self.python("print(tried(os.open, '/dev/mei0', os.O_RDWR), open('/sys/class/mei/mei0/dev_state').read())")
        self.assertEqual(said, ["ENODEV", "RESETTING"])

    def test_a_busy_client(self):
        self.serve(connect=lambda client: (errno.EBUSY, 0, 0))
        self.assertEqual(self.python("print(tried(connect, os.open('/dev/mei', os.O_RDWR)))"), ["EBUSY"])

    def test_an_empty_answer(self):
        self.serve(message=lambda me, session, data: [b"", data])
        said = self.python("fd = os.open('/dev/mei0', os.O_RDWR)\nconnect(fd)\nos.write(fd, b'hello')\n"
                           "print(os.read(fd, 4160), os.read(fd, 4160))")
        self.assertEqual(said, ["b''", "b'hello'"])

    def test_an_me_without_room_holds_the_writer_up(self):
        self.serve(message=lambda me, session, data: me.threads[0].join(PATIENCE) or [])
        # What is on its way to the ME makes room once more after the first EAGAIN.
        said = self.python("fd = os.open('/dev/mei0', os.O_RDWR | os.O_NONBLOCK)\nconnect(fd)\nn, last = 0, 4000\n"
                           "while last == 4000:\n"
                           "    while tried(os.write, fd, bytes(4000)) == 4000: n += 1\n"
                           "    select.select([], [fd], [], 1)\n"
                           "    last = tried(os.write, fd, bytes(4000))\n"
                           "print(0 < n < 300, last, select.select([], [fd], [], 0)[1])")
        self.assertEqual(said, ["True", "EAGAIN", "[]"])

    def test_what_it_calls_its_firmware_cannot_drive_a_terminal(self):
        def versions(me, session, data):
            text = b"3.\x1b[2J\xff2"
            body = (b"BIOS\r\n\x07".ljust(65, b"\0") + struct.pack("<I", 1) +
                    struct.pack("<H20s", 3, b"AMT") + struct.pack("<H20s", len(text), text))
            return [struct.pack("<BBHIII", 1, 1, 0, 0x0480001A, 4 + len(body), 0) + body]

        for arguments in ((), ("--json",)):
            self.serve(message=versions)
            done = run(VME, "heci", "versions", "--heci", self.path, *arguments)
            self.me.vanish()
            os.unlink(self.path)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout.replace("\n", "").isprintable(), ascii(done.stdout))
            self.assertIn("AMT", done.stdout)

    def test_who_serves_no_me_is_refused(self):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(self.path)
        listener.listen()
        with subprocess.Popen([VME, "host", "--heci", self.path, "--", "true"], stderr=subprocess.PIPE, text=True) as process:
            peer, _ = listener.accept()
            peer.send(b"HTTP/1.1 200 OK")
            self.assertEqual(process.wait(PATIENCE), 3)
            self.assertIn("does not say what ME it is", process.stderr.read())
        peer.close()
        listener.close()


if __name__ == "__main__":
    need_user_notification()
    if len(sys.argv) > 1:
        Facts.profile = sys.argv[1]
        del Rows, Launcher, OtherMe
    else:
        del Facts
    main("cc", "go")
