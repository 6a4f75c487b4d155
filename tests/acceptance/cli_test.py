"""What a person at a terminal sees: help on one screen, errors that say what to do, exit statuses, interruption."""

import json
import pathlib
import signal
import tempfile
import unittest

import vme

COMMANDS = ("run", "rerun", "serve", "servicepoint", "scenario check", "scenario explain", "scenario new", "scenario schema", "pki make", "setup-bin show",
            "setup-bin make", "doctor", "profiles", "quirks", "audit", "completion",
            "report show", "report diff", "report merge", "version")
LATER = (("run", "x.yaml", "--shard", "1/2"), ("run", "x.yaml", "--processes", "2"))


class Help(unittest.TestCase):
    def test_overview_fits_one_screen(self):
        done = vme.vme("--help")
        self.assertEqual(done.returncode, 0)
        lines = done.stdout.splitlines()
        self.assertLess(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 80)
        for command in COMMANDS:
            self.assertIn("\n  " + command.split()[0] + " ", done.stdout)

    def test_each_command_ends_with_two_examples(self):
        for command in COMMANDS:
            done = vme.vme(*command.split(), "--help")
            self.assertEqual(done.returncode, 0, command)
            lines = done.stdout.rstrip("\n").splitlines()
            self.assertLessEqual(max(map(len, lines)), 80, command)
            self.assertEqual(lines[-3], "Examples:", command)
            self.assertTrue(all("vme " + command.split()[0] in line for line in lines[-2:]), command)


class OwnProfiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.profiles = self.folder / "profiles"
        self.profiles.mkdir()
        (self.profiles / "tight.yaml").write_text(
            "name: amt-3.2.2-tight\ninherits: amt-3.2.2\ndescription: one connection\napi: {http_max_conn: 1}\n")

    def test_a_folder_stands_beside_the_built_in_ones(self):
        names = vme.vme("profiles", "--quiet", "--profiles", self.profiles).stdout.split()
        self.assertIn("amt-3.2.2-tight", names)
        self.assertIn("amt-5.2", names)
        shown = json.loads(vme.vme("profiles", "amt-3.2.2-tight", "--json", "--profiles", self.profiles).stdout)
        self.assertEqual(shown["values"]["api.http_max_conn"], "1")
        scenario = self.folder / "one.yaml"
        scenario.write_text("name: one\ngroups: [{name: a, machines: 1, profile: amt-3.2.2-tight}]\n")
        self.assertEqual(vme.vme("scenario", "check", scenario).returncode, 2)
        self.assertEqual(vme.vme("--profiles", self.profiles, "scenario", "check", scenario).returncode, 0)

    def test_a_wrong_folder_is_named(self):
        done = vme.vme("profiles", "--profiles", self.folder / "none")
        self.assertEqual(done.returncode, 2)
        self.assertIn("none: this is no folder", done.stderr)


class Errors(unittest.TestCase):
    def refused(self, *arguments, status=2):
        done = vme.vme(*arguments)
        self.assertEqual(done.returncode, status, (arguments, done.stderr))
        self.assertEqual(done.stdout, "", arguments)
        self.assertRegex(done.stderr, r"^[^\n]+: [^\n]+\n$", arguments)
        return done.stderr

    def test_what_is_not_there_yet_says_so(self):
        for arguments in LATER:
            self.assertIn("not available in this version", self.refused(*arguments))

    def test_misspelt_names_get_the_nearest(self):
        self.assertIn('did you mean "serve"?', self.refused("serv"))
        self.assertIn('did you mean "check"?', self.refused("scenario", "chekc"))
        self.assertIn('did you mean "--machines"?', self.refused("run", "x.yaml", "--machnes", "3"))
        self.assertIn('did you mean "amt-3.2.2"?', self.refused("serve", "--profile", "amt-3.2.1"))
        self.assertIn('did you mean "meshcentral"?',
                      self.refused("serve", "--profile", "amt-3.2.2", "--compat", "meshcentrl"))
        self.assertIn('did you mean "zsh"?', self.refused("completion", "zhs"))

    def test_values_name_their_option(self):
        self.assertTrue(self.refused("serve", "--profile", "amt-3.2.2", "--machines", "many").startswith("--machines: "))
        self.assertTrue(self.refused("serve", "--profile", "amt-3.2.2", "--psk", "0000-037X:NKLD").startswith("--psk: "))
        self.assertTrue(self.refused("run", "no-such-file.yaml").startswith("no-such-file.yaml"))
        self.assertIn("--profile", self.refused("serve"))
        self.assertIn("SCENARIO", self.refused("run"))

    def test_a_taken_port_is_the_environment(self):
        with vme.Serve("amt-3.2.2") as serve:
            text = self.refused("serve", "--profile", "amt-3.2.2", "--address", serve.address, status=3)
            self.assertIn(serve.address, text)

    def test_a_pki_is_not_overwritten(self):
        folder = vme.Folder()
        pki = folder.make_pki("pki")
        self.assertIn("pki", self.refused("pki", "make", pki))
        folder.close()


class Facts(unittest.TestCase):
    def test_json(self):
        for arguments in (("version",), ("doctor",), ("profiles",), ("profiles", "amt-3.2.2"), ("quirks", "--reasons"),
                          ("quirks",), ("quirks", "hello_bad"),
                          ("audit",), ("audit", "tls-on"), ("audit", "--careless")):
            done = vme.vme(*arguments, "--json")
            self.assertIn(done.returncode, (0, 3) if arguments == ("doctor",) else (0,), arguments)
            self.assertTrue(json.loads(done.stdout), arguments)

    def test_profiles_are_the_ten(self):
        names = vme.vme("profiles", "--quiet").stdout.split()
        for name in ("2.1", "2.2.20", "2.5", "2.6.20", "3.0", "3.2.2", "4.0", "4.2", "5.0", "5.2"):
            self.assertIn("amt-" + name, names)

    def test_bash_completion(self):
        script = vme.vme("completion", "bash").stdout
        test = script + '\nCOMP_WORDS=(vme serve --tls ""); COMP_CWORD=3; _vme; echo "${COMPREPLY[@]}"' + \
            '\nCOMP_WORDS=(vme pki ""); COMP_CWORD=2; _vme; echo "${COMPREPLY[@]}"' + \
            '\nCOMP_WORDS=(vme run --mach); COMP_CWORD=2; _vme; echo "${COMPREPLY[@]}"'
        done = vme.run("bash", "-c", test)
        self.assertEqual(done.stderr, "")
        first, second, third = done.stdout.splitlines()
        self.assertEqual(first, "period modern")
        self.assertEqual(second.split()[0], "make")
        self.assertEqual(third, "--machines")


class Serving(unittest.TestCase):
    def test_doctor_asks_what_serves(self):
        """For health checks: whatever state a machine is in, each of its ports answers."""
        with vme.Serve("amt-3.2.2", "--provisioned", "admin:P@ssw0rd") as serve, vme.Serve("amt-2.1") as factory:
            self.assertNotIn(16992, factory.ready["ports"])
            for address in (serve.address, factory.address):
                done = vme.vme("doctor", "--serving", f"{address}:16992", "--serving", f"{address}:9971", "--json")
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertEqual([finding["seen"] for finding in json.loads(done.stdout)["findings"]],
                                 ["answers", "nobody listens"])
            serve.process.send_signal(signal.SIGSTOP)
            stopped = vme.vme("doctor", "--serving", f"{serve.address}:16992")
            serve.process.send_signal(signal.SIGCONT)
            self.assertEqual(stopped.returncode, 3)
            self.assertIn("stays silent", stopped.stdout)
        self.assertEqual(vme.vme("doctor", "--serving", f"{serve.address}:16992").returncode, 3)
        self.assertEqual(vme.vme("doctor", "--serving", "16992").returncode, 2)


class Interruption(unittest.TestCase):
    def test_serve_ends_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            serve = vme.Serve("amt-2.1")
            self.assertEqual(serve.end(number), 0)
            self.assertEqual(serve.errors, [])


if __name__ == "__main__":
    vme.main("bash")
