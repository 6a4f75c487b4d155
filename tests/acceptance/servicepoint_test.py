"""`vme servicepoint` and `vme serve` as two programs that know each other by the wire alone."""

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

    def test_one_time_password(self):
        uuid = "44454c4c-3100-1051-8032-b4c04f4b4d31"
        machine = ("--uuid", uuid, "--otp", "password123")
        outcome = self.certificate("amt-3.2.2", "--otp", f"{uuid}=password123", machine=machine)
        self.assertEqual(outcome["outcome"], "provisioned", outcome)
        outcome = self.certificate("amt-3.2.2", "--otp", f"{uuid}=an0therOne", machine=machine)
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("refused", "otp-mismatch"), outcome)


if __name__ == "__main__":
    vme.main()
