"""openssl s_client with a provisioning certificate against a machine of one profile in set-up: what completes the
handshake in both modes, and each refusal of provisioning.md 3.3 as it is seen on the wire. The machine stays alive."""

import os
import unittest

import vme

PROFILE = vme.profile_argument()
SUFFIX = "corp.com"


def chain_file(folder, pki, *names):
    text = ""
    for name in names:
        with open(os.path.join(pki, name + ".pem"), encoding="utf-8") as file:
            text += file.read()
    return folder.write(f"{os.path.basename(pki)}-{'-'.join(names)}.pem", text)


class Pki(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = vme.Folder()
        cls.good = cls.folder.make_pki("good", "--host", "sp.corp.com")

    @classmethod
    def tearDownClass(cls):
        cls.folder.close()

    def serve(self, *arguments, pki=None, option="--root"):
        root = os.path.join(pki or self.good, "root.pem")
        return vme.Serve(PROFILE, "--start", "--no-hello", "--dns-suffix", SUFFIX, option, "test=" + root, *arguments)

    def show(self, serve, pki, *names, mode="modern"):
        """s_client showing that chain; `names` are the certificates sent after the leaf."""
        version, level, _ = vme.TLS_MODES[mode]
        arguments = ["-cert", os.path.join(pki, "leaf.pem"), "-key", os.path.join(pki, "leaf.key")]
        if names:
            arguments += ["-cert_chain", chain_file(self.folder, pki, *names)]
        return vme.s_client(serve.address, version, "-cipher", "DEFAULT:" + level, *arguments)

    def accepted(self, serve, pki=None, mode="modern"):
        output = self.show(serve, pki or self.good, "intermediate", "root", mode=mode)
        serve.event("handshake-done")
        return output

    def refused(self, serve, reason, alert, output):
        self.assertIn(f"SSL alert number {alert}\n", output)
        serve.event("handshake-refused", reason=reason)
        self.accepted(serve)  # alive, and still in set-up

    def test_completes_in_both_modes(self):
        for mode in vme.TLS_MODES:
            with self.subTest(mode=mode), self.serve("--tls", mode) as serve:
                self.assertEqual(serve.ready["state"], "in-setup")
                output = self.accepted(serve, mode=mode)
                self.assertIn("Protocol  : " + vme.TLS_MODES[mode][2] + "\n", output)
                # The CertificateRequest: one type, no names of CAs.
                self.assertIn("No client certificate CA names sent", output)
                self.assertIn("Client Certificate Types: RSA sign\n", output)
                self.assertIn("Intel(R) AMT", output)

    def test_without_a_certificate(self):
        with self.serve() as serve:
            output = vme.s_client(serve.address, "-tls1_2", "-cipher", "DEFAULT:@SECLEVEL=0")
            self.refused(serve, "chain-missing", 40, output)

    def test_chain_without_its_root(self):
        with self.serve() as serve:
            self.refused(serve, "root-not-in-chain", 48, self.show(serve, self.good, "intermediate"))

    def test_wrong_root(self):
        other = self.folder.make_pki("other", "--host", "sp.corp.com")
        with self.serve() as serve:
            self.refused(serve, "root-unknown", 48, self.show(serve, other, "intermediate", "root"))

    def test_inactive_root(self):
        with self.serve(option="--root-inactive") as serve:
            output = self.show(serve, self.good, "intermediate", "root")
            self.assertIn("SSL alert number 48\n", output)
            serve.event("handshake-refused", reason="root-inactive")

    def test_broken_chain(self):
        """Without the intermediate the leaf is not signed by what follows it."""
        with self.serve() as serve:
            self.refused(serve, "chain-broken", 42, self.show(serve, self.good, "root"))

    def refused_pki(self, reason, alert, name, *options):
        """A chain that is believed but for one thing."""
        pki = self.folder.make_pki(name, *options)
        with self.serve(pki=pki) as serve:
            output = self.show(serve, pki, "intermediate", "root")
            self.assertIn(f"SSL alert number {alert}\n", output)
            serve.event("handshake-refused", reason=reason)

    def test_neither_oid_nor_ou(self):
        self.refused_pki("oid-or-ou-missing", 46, "no-oid", "--host", "sp.corp.com", "--no-oid")

    def test_ou_in_place_of_the_oid(self):
        pki = self.folder.make_pki("ou", "--host", "sp.corp.com", "--no-oid", "--ou")
        with self.serve(pki=pki) as serve:
            self.accepted(serve, pki)

    def test_key_of_4096_bits(self):
        self.refused_pki("key-too-large", 40, "large", "--host", "sp.corp.com", "--bits", "4096")

    def test_other_domain(self):
        self.refused_pki("domain-mismatch", 46, "elsewhere", "--host", "sp.elsewhere.net")

    def test_domain_below_the_suffix_by_the_rule_of_the_firmware(self):
        rule = vme.profile_facts(PROFILE)["values"]["prov.cn_match"]
        self.assertIn(rule, ("exact", "last2_com_net", "last2"))
        if rule == "exact":
            self.refused_pki("domain-mismatch", 46, "below", "--host", "sp.branch.corp.com")
            return
        pki = self.folder.make_pki("below", "--host", "sp.branch.corp.com")
        with self.serve(pki=pki) as serve:
            self.accepted(serve, pki)

    def test_no_suffix(self):
        root = os.path.join(self.good, "root.pem")
        with vme.Serve(PROFILE, "--start", "--no-hello", "--root", "test=" + root) as serve:
            if serve.ready["state"] == "factory":  # nothing but an agent opens it, and that is told the ME is not ready
                serve.event("note", reason="never-started", text="StartConfiguration is refused: NOT_READY")
                return
            output = self.show(serve, self.good, "intermediate", "root")
            self.assertIn("SSL alert number 46\n", output)
            serve.event("handshake-refused", reason="no-dns-suffix")


if __name__ == "__main__":
    vme.main("openssl")
