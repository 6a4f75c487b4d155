"""One-touch configuration from the key to the operational machine: vme setup-bin, servicepoint, serve and run."""

import json
import os
import stat
import unittest

import vme

PASSWORD = "P@ssw0rd"


class UsbKey(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.key = os.path.join(self.folder.path, "setup.bin")
        self.pairs = os.path.join(self.folder.path, "pairs.txt")

    def tearDown(self):
        self.folder.close()

    def make(self, *arguments, password=("--new-password", PASSWORD)):
        done = vme.vme("setup-bin", "make", self.key, *password, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)

    def shown(self):
        done = vme.vme("setup-bin", "show", self.key, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def pids(self):
        return [next(entry["value"] for entry in record["entries"] if entry["name"] == "cm.pid")
                for record in self.shown()["records"]]

    def note(self, serve, machine, reason):
        return serve.event("note", machine=machine, reason=reason)["text"]

    def test_three_records_set_up_three_machines_of_four(self):
        self.make("--psk", "derived", "--count", "3", "--seed", "11", "--psk-out", self.pairs)
        self.assertEqual(stat.S_IMODE(os.stat(self.pairs).st_mode), 0o600)
        pids = self.pids()
        address = vme.next_address()
        with vme.Program("servicepoint", "--address", address, "--json", "--psk-file", self.pairs,
                         "--setup-password", PASSWORD, "--count", "3") as point:
            point.event("ready")
            # A fleet listens on all addresses, so the machines are served one after the other: as one key goes around.
            for number in range(3):
                with vme.Serve("amt-2.1", "--usb-key", self.key, "--hello-to", address, "--seed", str(number)) as serve:
                    taken = serve.wait_for(lambda event: "takes record" in event.get("text", ""), "the key's record")
                    self.assertIn(f"record {number + 1} of 3, PID {pids[number][:4]}-{pids[number][4:]}", taken["text"])
                    outcome = point.wait_for(lambda found: "outcome" in found, "outcome")
                    self.assertEqual((outcome["outcome"], outcome["method"], outcome["uuid"]),
                                     ("provisioned", "psk", serve.ready["uuid"]), outcome)
                    serve.event("state-changed", text="operational")
                self.assertEqual(self.shown()["consumed"], number + 1)
            self.assertEqual(point.process.wait(vme.PATIENCE), 0)
        with vme.Serve("amt-2.1", "--usb-key", self.key, "--no-hello") as serve:
            self.assertEqual(serve.ready["state"], "factory")
            self.assertIn("no record is left for this machine, all 3 are consumed",
                          self.note(serve, 0, "usb-key-used-up"))
        self.assertEqual(self.shown()["consumed"], 3)
        self.assertEqual(stat.S_IMODE(os.stat(self.key).st_mode), 0o600)

    def test_every_build_is_set_up_by_a_key(self):
        profiles = [profile["name"] for profile in json.loads(vme.vme("profiles", "--json").stdout)]
        self.assertEqual(len(profiles), 11)
        self.make("--psk", "derived", "--count", str(len(profiles)), "--psk-out", self.pairs)
        address = vme.next_address()
        with vme.Program("servicepoint", "--address", address, "--json", "--psk-file", self.pairs,
                         "--setup-password", PASSWORD) as point:
            point.event("ready")
            for number, profile in enumerate(profiles):
                with vme.Serve(profile, "--usb-key", self.key, "--hello-to", address, "--seed", str(number)) as serve:
                    outcome = point.wait_for(lambda found: "outcome" in found, "outcome")
                    self.assertEqual((outcome["outcome"], outcome["method"], outcome["uuid"]),
                                     ("provisioned", "psk", serve.ready["uuid"]), outcome)
        self.assertEqual(self.shown()["consumed"], len(profiles))

    def test_a_wrong_password_is_error_2209_and_nothing_changes(self):
        self.make("--psk", "derived", "--count", "2", password=("--current-password", PASSWORD))
        with open(self.key, "rb") as file:
            before = file.read()
        with vme.Serve("amt-2.1", "--usb-key", self.key, "--no-hello") as serve:
            self.assertEqual((serve.ready["state"], serve.ready["ports"]), ("factory", []))
            self.assertIn("2209 - USB Provisioning Error: the current MEBx password is wrong",
                          self.note(serve, 0, "usb-provisioning-error"))
        with open(self.key, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_key_without_a_pair_leads_to_set_up_by_certificate(self):
        pki = self.folder.make_pki("pki", "--host", "sp.corp.example")
        self.make("--pki-suffix", "corp.example", "--remote-configuration", "on", "--hash", f"test={pki}/root.pem",
                  "--hostname", "pc-1", "--set", "cm.vlan=5", "--keep")
        address = vme.next_address()
        with vme.Program("servicepoint", "--address", address, "--json", "--pki", pki, "--setup-password", PASSWORD,
                         "--count", "1") as point:
            point.event("ready")
            with vme.Serve("amt-4.0", "--usb-key", self.key, "--hello-to", address) as serve:
                noted = serve.wait_for(lambda event: "no place" in event.get("text", ""), "what has no place")
                self.assertIn("cm.vlan has no place in this machine", noted["text"])
                outcome = point.wait_for(lambda found: "outcome" in found, "outcome")
                self.assertEqual((outcome["outcome"], outcome["method"]), ("provisioned", "pki"), outcome)
        self.assertEqual(self.shown()["consumed"], 0)

    def test_firmware_leaves_later_versions_alone(self):
        self.make("--psk", "derived", "--version", "2.1")
        for profile, reads in (("amt-2.1", "1.0"), ("amt-3.2.2", "2.0")):
            with vme.Serve(profile, "--usb-key", self.key, "--no-hello") as serve:
                self.assertIn(f"of version 2.1, this firmware reads up to {reads}",
                              self.note(serve, 0, "usb-key-ignored"))
        self.assertEqual(self.shown()["consumed"], 0)

    def test_wrong_files_name_their_offset(self):
        self.make("--psk", "derived")
        with open(self.key, "r+b") as file:
            file.seek(0x218)
            file.write(b"\x03")
        for arguments in (("setup-bin", "show", self.key), ("serve", "--profile", "amt-2.1", "--usb-key", self.key)):
            done = vme.vme(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(f"{self.key}: offset 0x218: there is no variable 1 of module 3. ", done.stderr)

    def test_make_overwrites_nothing(self):
        self.make()
        done = vme.vme("setup-bin", "make", self.key, "--new-password", PASSWORD)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertTrue(done.stderr.startswith(self.key + ": "), done.stderr)


class Fleet(unittest.TestCase):
    """A group that shares a key. `vme run` listens on every address."""

    def test_a_group_takes_the_records_in_turn(self):
        folder = vme.Folder()
        key = os.path.join(folder.path, "setup.bin")
        done = vme.vme("setup-bin", "make", key, "--psk", "derived", "--count", "300", "--new-password", PASSWORD)
        self.assertEqual(done.returncode, 0, done.stderr)
        scenario = folder.write("keyed.yaml", """# Shows: machines that share a USB key, more of them than records.
# Run:   vme run keyed.yaml
name: keyed
groups:
  - {name: keyed, machines: 310, profile: amt-2.1, usb_key: setup.bin}
expect:
  - provisioned: 300
  - outcome: {group: keyed, reason: usb-key-used-up, is: 10}
""")
        report = os.path.join(folder.path, "report")
        done = vme.vme("run", scenario, "--report", report)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(os.path.join(report, "machines.jsonl"), encoding="utf-8") as file:
            outcomes = [json.loads(line)["outcome"] for line in file]
        self.assertEqual(outcomes, ["provisioned"] * 300 + ["idle"] * 10)
        done = vme.vme("setup-bin", "show", key, "--json")
        self.assertEqual(json.loads(done.stdout)["consumed"], 300)
        folder.close()


if __name__ == "__main__":
    vme.main()
