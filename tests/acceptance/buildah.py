"""Images built and run by buildah: no engine, no registry. The base image is Debian's own, made by debootstrap."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

import vme

MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
BASE = "localhost/debian-base"


def skip(reason):
    print("skipped: " + reason)
    sys.exit(77)


def last_line(done):
    return ((done.stderr or done.stdout).strip().splitlines() or [f"status {done.returncode}"])[-1]


def must(*command, timeout=600):
    """A step without which nothing here can be tested, for a reason that is the machine's."""
    done = vme.run(*command, timeout=timeout)
    if done.returncode != 0:
        skip(f"{' '.join(command[:2])} cannot do its work here: {last_line(done)}")
    return done.stdout.strip()


def make_base_archive(file):
    """Debian 12 at its smallest, as a tar file. It is kept: it takes a minute to make."""
    if os.path.exists(file):
        return
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(file)) as folder:
        tree, made = os.path.join(folder, "tree"), os.path.join(folder, "base.tar")
        must("debootstrap", "--variant=minbase", "bookworm", tree, MIRROR)
        must("tar", "-C", tree, "-cf", made, "--exclude=./dev/*", "--exclude=./var/cache/apt/*", "--exclude=./var/lib/apt/lists/*",
             ".")
        os.rename(made, file)


class Store:
    """Images and containers of one test, gone with it."""

    def __init__(self, folder):
        self._containers = tempfile.mkdtemp(dir=folder)
        self._options = ("--root", os.path.join(self._containers, "root"), "--runroot",
                         os.path.join(self._containers, "run"), "--storage-driver", "vfs")

    def command(self, name, *arguments):
        return ("buildah", *self._options, name, *arguments)

    def import_base(self, archive):
        container = must(*self.command("from", "scratch"))
        must(*self.command("add", container, archive, "/"))
        must(*self.command("commit", "--rm", container, BASE))
        self.remove(self.container(BASE, trial=True))

    def container(self, image, trial=False):
        container = must(*self.command("from", "--pull-never", image))
        if trial:
            must(*self.command("run", "--isolation", "chroot", container, "--", "true"))
        return container

    def remove(self, container):
        vme.run(*self.command("rm", container))

    def build(self, context, dockerfile, name, **arguments):
        options = [text for key, value in arguments.items() for text in ("--build-arg", f"{key}={value}")]
        return vme.run(*self.command("bud", "--isolation", "chroot", "--format", "docker", "--pull-never", "-t", name, "-f",
                                     dockerfile, *options, context), timeout=1800)

    def size(self, image):
        images = json.loads(vme.run(*self.command("images", "--json", "--no-trunc", image)).stdout)
        text = images[0]["size"]
        number, unit = text.split()
        return float(number) * {"KB": 1e-3, "MB": 1, "GB": 1e3}[unit]

    def config(self, image):
        return json.loads(vme.run(*self.command("inspect", "--type", "image", image)).stdout)["Docker"]["config"]

    def close(self):
        vme.run(*self.command("rm", "--all"))
        shutil.rmtree(self._containers)


class Network:
    """A network namespace with nothing but a loopback device, as a container has; it lives while this object does."""

    def __init__(self):
        self._holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec cat"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self._holder.stdout.readline() != "up\n":
            skip("no network namespace can be made: " + self._holder.stderr.read().strip())
        self.enter = ("nsenter", f"--net=/proc/{self._holder.pid}/ns/net")

    def close(self):
        self._holder.communicate()
