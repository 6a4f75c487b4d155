"""docker/Dockerfile built, its image run, and what docker/compose.yaml says carried out; by buildah, with the package of
the build under test."""

import atexit
import os
import re
import shutil
import subprocess
import sys
import time
import unittest

import yaml

import buildah
import vme

SOURCE, BUILD = sys.argv[1:3]
IMAGE = "localhost/vme"
MOST_MEGABYTES = 100


def setUpModule():
    if os.geteuid() != 0:
        buildah.skip("root is needed for chroot isolation and network namespaces")
    folder = os.path.join(BUILD, "container")
    archive = os.path.join(folder, "base.tar")
    buildah.make_base_archive(archive)
    global store
    store = buildah.Store(folder)
    atexit.register(store.close)  # also when a test is skipped, which ends the program
    store.import_base(archive)
    shutil.rmtree(os.path.join(BUILD, "package"), ignore_errors=True)
    made = vme.run("cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), timeout=300)
    assert made.returncode == 0, made.stdout + made.stderr
    built = store.build(SOURCE, os.path.join(SOURCE, "docker/Dockerfile"), IMAGE, BASE=buildah.BASE, PACKAGE="prebuilt",
                        PREBUILT=os.path.relpath(os.path.join(BUILD, "package"), SOURCE))
    unreachable = re.search(r"^(?:Err:|E: |W: ).*(?:resolv|connect|fetch).*", built.stdout + built.stderr, re.MULTILINE)
    if built.returncode != 0 and unreachable:
        buildah.skip("apt reaches no mirror in the container: " + unreachable[0])
    assert built.returncode == 0, built.stdout + built.stderr


class Container:
    """A container of the image in a network, with a folder for its volume when there is one."""

    def __init__(self, network, volumes=()):
        self._name = store.container(IMAGE)
        self._enter = network.enter
        self._options = [text for volume in volumes for text in ("-v", volume)]

    def command(self, *command):
        return (*self._enter, *store.command("run", "--isolation", "chroot", *self._options, self._name, "--", *command))

    def run(self, *command, timeout=vme.PATIENCE):
        return vme.run(*self.command(*command), timeout=timeout)

    def remove(self):
        store.remove(self._name)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        network = buildah.Network()
        cls.addClassCleanup(network.close)
        cls.container = Container(network)
        cls.addClassCleanup(cls.container.remove)

    def test_size(self):
        over_base = store.size(IMAGE) - store.size(buildah.BASE)
        print(f"{over_base:.1f} MB over the base", file=sys.stderr)
        self.assertLess(over_base, MOST_MEGABYTES)

    def test_an_ordinary_user_runs_a_fleet(self):
        self.assertEqual(self.container.run("id", "-u").stdout.strip(), "10001")
        self.assertNotEqual(self.container.run("touch", "/usr/bin/vme").returncode, 0)
        config = store.config(IMAGE)
        done = self.container.run(*config["Entrypoint"], *config["Cmd"], "--machines", "50", timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("verdict: held   50 of 50 provisioned", done.stdout)

    def test_no_compiler_and_no_source(self):
        for name in ("g++", "cmake", "ninja"):
            self.assertNotEqual(self.container.run("which", name).returncode, 0)
        self.assertNotEqual(self.container.run("ls", "/src").returncode, 0)

    def test_health(self):
        self.assertNotEqual(self.container.run(*health_check()).returncode, 0, "nothing serves yet")


def health_check():
    kind, *command = store.config(IMAGE)["Healthcheck"]["Test"]
    assert kind == "CMD", kind
    return command


class Compose(unittest.TestCase):
    """Services one after the other as their depends_on asks; a named volume is a folder that the image's user owns."""

    def setUp(self):
        with open(os.path.join(SOURCE, "docker/compose.yaml"), encoding="utf-8") as stream:
            self.project = yaml.safe_load(stream)
        self.networks, self.running = {}, {}
        self.folder = vme.Folder()
        self.addCleanup(self.folder.close)
        for name in self.project["volumes"]:
            os.mkdir(os.path.join(self.folder.path, name))
            os.chown(os.path.join(self.folder.path, name), 10001, 10001)
        os.chmod(self.folder.path, 0o755)

    def network_of(self, name, service):
        mode = service.get("network_mode", "")
        if not mode.startswith("service:"):
            self.networks[name] = buildah.Network()
            self.addCleanup(self.networks[name].close)
        return self.networks[mode.removeprefix("service:") if mode.startswith("service:") else name]

    def start(self, name):
        service = self.project["services"][name]
        for other, condition in service.get("depends_on", {}).items():
            self.reach(other, condition["condition"])
        volumes = [f"{self.folder.path}/{volume}" for volume in service["volumes"]]
        container = Container(self.network_of(name, service), volumes)
        self.addCleanup(container.remove)
        words = (*service.get("entrypoint", store.config(IMAGE)["Entrypoint"]), *service["command"])
        process = subprocess.Popen(container.command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.running[name] = process, container
        self.addCleanup(self.stop, process)

    def stop(self, process):
        process.terminate()
        process.communicate(timeout=vme.PATIENCE)

    def reach(self, name, condition):
        if name not in self.running:
            self.start(name)
        process, container = self.running[name]
        if condition == "service_completed_successfully":
            output, _ = process.communicate(timeout=vme.PATIENCE)
            self.assertEqual(process.returncode, 0, output)
            return
        self.assertEqual(condition, "service_healthy")
        deadline = time.monotonic() + vme.PATIENCE
        while container.run(*health_check()).returncode != 0:
            self.assertIsNone(process.poll(), name)
            self.assertLess(time.monotonic(), deadline, name)

    def test_the_fleet_meets_the_service_point(self):
        self.start("fleet")
        process, _ = self.running["fleet"]
        output, _ = process.communicate(timeout=240)
        self.assertEqual(process.returncode, 0, output)
        self.assertIn("verdict: held   1000 of 1000 provisioned", output)
        point, _ = self.running["servicepoint"]
        self.assertIsNone(point.poll())


if __name__ == "__main__":
    vme.main("buildah", "debootstrap", "cpack", "dpkg-shlibdeps", "unshare", "nsenter", "ip", alone=False)
