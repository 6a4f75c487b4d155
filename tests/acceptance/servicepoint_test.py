"""`vme servicepoint` and `vme serve` as two programs that know each other by the wire alone."""

import pathlib
import time
import unittest

import vme

SETUP = "S3tup!Passw0rd"
PID, PPS = "0000-037M", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"


class Point(vme.Program):
    def __init__(self, *arguments):
        self.address = vme.next_address()
        super().__init__("servicepoint", "--address", self.address, "--json", *arguments)
        self.event("ready")


class ServicePoint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = vme.Folder()
        cls.pki = cls.folder.make_pki("pki", "--host", "sp.corp.example")
        cls.pairs = cls.folder.write("pairs.txt", f"# test\n{PID} {PPS}\n")

    @classmethod
    def tearDownClass(cls):
        cls.folder.close()

    def outcome(self, profile, point_arguments, machine_arguments):
        with Point("--count", "1", *point_arguments) as point, \
                vme.Serve(profile, "--hello-to", point.address, *machine_arguments) as serve:
            outcome = point.wait_for(lambda found: "outcome" in found, "outcome")
            self.assertEqual(outcome["uuid"], serve.ready["uuid"])
            self.assertEqual(outcome["address"], serve.address)
            if outcome["outcome"] == "provisioned":
                serve.event("state-changed", text="operational")
            self.assertEqual(point.process.wait(vme.PATIENCE), 0)
            return outcome, serve

    def psk(self, profile, *arguments, pairs=None):
        return self.outcome(profile, ("--psk-file", pairs or self.pairs, "--setup-password", SETUP, *arguments),
                            ("--psk", f"{PID}:{PPS}", "--setup-password", SETUP))[0]

    def certificate(self, profile, *arguments, machine=()):
        return self.outcome(profile, ("--pki", self.pki, *arguments),
                            ("--root", f"test={self.pki}/root.pem", "--dns-suffix", "corp.example", "--start", *machine))[0]

    def test_psk_over_eoi(self):
        for profile in ("amt-2.1", "amt-2.5", "amt-3.2.2"):
            with self.subTest(profile=profile):
                outcome = self.psk(profile, "--api", "eoi")
                self.assertEqual((outcome["outcome"], outcome["api"]), ("provisioned", "eoi"), outcome)

    def test_psk_over_wsman(self):
        for profile in ("amt-3.2.2", "amt-5.2"):
            with self.subTest(profile=profile):
                outcome = self.psk(profile, "--api", "wsman")
                self.assertEqual((outcome["outcome"], outcome["api"]), ("provisioned", "wsman"), outcome)

    def test_pki(self):
        for profile in ("amt-2.2.20", "amt-2.6.20", "amt-3.0", "amt-4.0", "amt-5.2"):
            with self.subTest(profile=profile):
                outcome = self.certificate(profile)
                self.assertEqual((outcome["outcome"], outcome["method"]), ("provisioned", "pki"), outcome)
                self.assertTrue(outcome["steps"])

    def test_wrong_pps(self):
        other = self.folder.write("other.txt", "0000-037M NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-AAAF\n")
        outcome = self.psk("amt-3.2.2", pairs=other)
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("failed", "psk-refused"), outcome)

    def test_unknown_pid(self):
        empty = self.folder.write("empty.txt", "# none\n")
        outcome = self.psk("amt-3.2.2", pairs=empty)
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("refused", "unknown-pid"), outcome)

    def test_unapproved_and_blocked(self):
        uuid = "44454c4c-3100-1051-8032-b4c04f4b4d31"
        for rule, reason in (("refuse", "not-approved"), ("block", "blocked")):
            with self.subTest(rule=rule):
                approval = self.folder.write("approval.txt", f"{uuid} {rule}\n")
                outcome = self.certificate("amt-3.2.2", "--approve", approval, machine=("--uuid", uuid))
                self.assertEqual((outcome["outcome"], outcome["reason"]), ("refused", reason), outcome)

    def test_a_machine_blocked_later_loses_its_certificate(self):
        approval = self.folder.write("later.txt", "* approve\n")
        crl = pathlib.Path(self.folder.path) / "crl.pem"
        with Point("--pki", self.pki, "--approve", approval, "--crl", crl) as point, \
                vme.Serve("amt-3.2.2", "--hello-to", point.address, "--root", f"test={self.pki}/root.pem",
                          "--dns-suffix", "corp.example", "--start") as serve:
            outcome = point.wait_for(lambda found: "outcome" in found, "outcome")
            self.assertEqual(outcome["outcome"], "provisioned", outcome)
            serve.event("state-changed", text="operational")
            self.wait_until(lambda: "No Revoked Certificates." in self.revocations(crl))
            shown = vme.s_client(serve.address, "-showcerts")
            serial = vme.run("openssl", "x509", "-noout", "-serial", stdin=shown).stdout.strip().split("=")[1]
            self.folder.write("later.txt", f"{serve.ready['uuid']} block\n* approve\n")
            self.wait_until(lambda: f"Serial Number: {serial}" in self.revocations(crl))

    def wait_until(self, condition):
        until = time.monotonic() + vme.PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def revocations(self, crl):
        return vme.run("openssl", "crl", "-in", crl, "-noout", "-text").stdout if crl.exists() else ""

    def test_an_unfit_certificate_of_its_own(self):
        for flag, reason in (("--expired", "own-certificate-expired"), ("--revoked", "own-certificate-unfit"),
                             ("--ca", "own-certificate-unfit")):
            with self.subTest(flag=flag):
                pki = self.folder.make_pki("unfit" + flag, "--host", "sp.corp.example", flag)
                machine = ("--root", f"test={pki}/root.pem", "--dns-suffix", "corp.example", "--start")
                outcome, _ = self.outcome("amt-3.2.2", ("--pki", pki), machine)
                self.assertEqual((outcome["outcome"], outcome["reason"]), ("refused", reason), outcome)
                outcome, _ = self.outcome("amt-3.2.2", ("--pki", pki, "--careless", "use-unfit-certificate"), machine)
                self.assertEqual(outcome["outcome"], "provisioned", outcome)

    def test_one_time_password(self):
        uuid = "44454c4c-3100-1051-8032-b4c04f4b4d31"
        machine = ("--uuid", uuid, "--otp", "password123")
        outcome = self.certificate("amt-3.2.2", "--otp", f"{uuid}=password123", machine=machine)
        self.assertEqual(outcome["outcome"], "provisioned", outcome)
        outcome = self.certificate("amt-3.2.2", "--otp", f"{uuid}=an0therOne", machine=machine)
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("refused", "otp-mismatch"), outcome)


if __name__ == "__main__":
    vme.main()
