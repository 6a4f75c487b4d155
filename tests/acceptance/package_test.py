"""`cmake --install` and the Debian package of the build under test: what is in it, and that it works from there."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import vme

BUILD = sys.argv[1]


def build_package(folder):
    """The .deb of BUILD, made in `folder`."""
    done = vme.run("cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B", folder, "-D",
                   "CPACK_OUTPUT_FILE_PREFIX=" + folder, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (name,) = [name for name in os.listdir(folder) if name.endswith(".deb")]
    return os.path.join(folder, name)


def field(package, name):
    return vme.run("dpkg-deb", "-f", package, name).stdout.strip()


class Installed:
    """Checks of a tree whose prefix is `prefix`; the package and `cmake --install` put the same things into it."""

    def program(self, *arguments, **keywords):
        return vme.run(os.path.join(self.prefix, "bin/vme"), *arguments, **keywords)

    def share(self, *names):
        return os.path.join(self.prefix, "share", *names)

    def test_version(self):
        done = self.program("version", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, vme.vme("version", "--json").stdout)

    def test_profiles_are_those_of_the_program(self):
        names = self.program("profiles", "--quiet").stdout.split()
        self.assertGreaterEqual(len(names), 10)
        for name in names:
            self.assertTrue(os.path.isfile(self.share("vme/profiles/firmware", name + ".yaml")), name)

    def test_every_scenario_is_in_order(self):
        files = [name for name in os.listdir(self.share("vme/scenarios")) if name.endswith(".yaml")]
        self.assertIn("quickstart.yaml", files)
        # What docs/meshcentral.md makes before its scenario.
        self.assertEqual(self.program("pki", "make", "--one-key", self.share("vme/mc/pki")).returncode, 0)
        for name in files:
            done = self.program("scenario", "check", self.share("vme/scenarios", name))
            self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.share("vme/scenarios/schema/scenario.schema.json"), encoding="utf-8") as stream:
            self.assertIn("properties", json.load(stream))

    def test_man_page(self):
        """All commands and their options are in it, and troff has nothing to say against it."""
        page = self.share("man/man1/vme.1.gz")
        done = vme.run("man", "--warnings", "-E", "UTF-8", "-l", page, env={"MANWIDTH": "80", "MANPAGER": "cat"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        text = re.sub("\x1b\\[[0-9;]*m|.\b", "", done.stdout).replace("‐\n", "-")
        for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES",
                        "EXAMPLES", "SEE ALSO"):
            self.assertIn("\n" + section + "\n", text)
        with gzip.open(page, "rt", encoding="utf-8") as stream:
            self.assertNotRegex(stream.read(), "@[A-Z]+@")
        overview = vme.vme("--help").stdout
        for command in re.findall(r"^  ([a-z]+)  ", overview, re.MULTILINE):
            self.assertIn("   vme " + command, text)
        for option in re.findall(r"^  (--[a-z-]+)", vme.vme("serve", "--help").stdout, re.MULTILINE):
            self.assertIn(option, text)

    def test_completions_load_in_bash(self):
        script = self.share("bash-completion/completions/vme")
        done = vme.run("bash", "-c", f'PATH="{self.prefix}/bin:$PATH"; . "$1"; complete -p vme; '
                       'COMP_WORDS=(vme serve --profile amt-3.); COMP_CWORD=3; _vme; echo "${COMPREPLY[@]}"', "-", script)
        self.assertEqual(done.stderr, "")
        registered, words = done.stdout.splitlines()
        self.assertIn("-F _vme vme", registered)
        self.assertEqual(words.split(), ["amt-3.0", "amt-3.2.2"])

    def test_completions_of_the_other_shells(self):
        with open(self.share("zsh/vendor-completions/_vme"), encoding="utf-8") as stream:
            self.assertEqual(stream.readline(), "#compdef vme\n")
        with open(self.share("fish/vendor_completions.d/vme.fish"), encoding="utf-8") as stream:
            self.assertIn("complete -c vme", stream.read())

    def test_documents(self):
        for name in ("copyright", "changelog.gz", "scenarios.md"):
            self.assertTrue(os.path.isfile(self.share("doc/vme", name)), name)


class Tree(Installed, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.prefix = cls.folder.name
        done = vme.run("cmake", "--install", BUILD, "--prefix", cls.prefix, "--strip")
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()


class Package(Installed, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.package = build_package(os.path.join(cls.folder.name, "made"))
        root = os.path.join(cls.folder.name, "root")
        subprocess.run(["dpkg-deb", "-x", cls.package, root], check=True)
        cls.prefix = os.path.join(root, "usr")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_fields(self):
        self.assertEqual(field(self.package, "Package"), "vme")
        self.assertEqual(field(self.package, "Section"), "net")
        self.assertIn(field(self.package, "Version"), vme.vme("version").stdout)
        self.assertTrue(os.path.basename(self.package).startswith("vme_"))
        depends = field(self.package, "Depends")
        for library in ("libc6 (>= ", "libssl3 (>= ", "libstdc++6 (>= ", "libboost-json1.81.0 (>= "):
            self.assertIn(library, depends)

    def test_owners_and_modes(self):
        listing = vme.run("dpkg-deb", "-c", self.package).stdout.splitlines()
        self.assertTrue(listing)
        for line in listing:
            mode, owner = line.split()[:2]
            self.assertEqual(owner, "root/root", line)
            program = line.endswith("/usr/bin/vme") or mode[0] == "d"
            self.assertEqual(mode[1:], "rwxr-xr-x" if program else "rw-r--r--", line)

    def test_a_fleet_runs_from_it(self):
        report = os.path.join(self.folder.name, "report")
        done = self.program("run", self.share("vme/scenarios/quickstart.yaml"), "--machines", "20", "--report", report)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(os.path.join(report, "results.json"), encoding="utf-8") as stream:
            self.assertEqual(json.load(stream)["machines"]["provisioned"], 20)

    @unittest.skipIf(shutil.which("lintian") is None, "lintian is not installed")
    def test_lintian_finds_no_error(self):
        done = vme.run("lintian", "--no-cfg", "--allow-root", "--fail-on", "error", self.package)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    vme.main("cpack", "dpkg-deb", "dpkg-shlibdeps", "file", "man", "bash")
