"""curl --digest: the Web UI's first page and a WS-Man Get of one profile, in clear and over TLS in both modes."""

import unittest

import vme

PROFILE = vme.profile_argument()
PASSWORD = "P@ssw0rd"
GENERAL_SETTINGS = "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings"
GET = f"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">
<s:Header><a:Action s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>
<a:To>/wsman</a:To><w:ResourceURI>{GENERAL_SETTINGS}</w:ResourceURI><a:MessageID>1</a:MessageID>
<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
<w:OperationTimeout>PT60S</w:OperationTimeout></s:Header><s:Body/></s:Envelope>"""
CURL = ("curl", "--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code}")


def curl(url, *arguments, password=PASSWORD):
    done = vme.run(*CURL, "--digest", "--user", "admin:" + password, *arguments, url)
    body, _, status = done.stdout.rpartition("\n")
    return status, body, done.stderr


class Plain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.serve = vme.Serve(PROFILE, "--provisioned", "admin:" + PASSWORD)
        cls.base = f"http://{cls.serve.address}:16992"
        cls.facts = vme.profile_facts(PROFILE)

    @classmethod
    def tearDownClass(cls):
        cls.serve.__exit__(None)

    def test_root_leads_to_the_logon_page(self):
        status, _, error = curl(self.base + "/")
        self.assertEqual(status, "303", error)
        status, body, _ = curl(self.base + "/logon.htm")
        self.assertEqual(status, "200")
        self.assertIn("index.htm", body)

    def test_first_page(self):
        status, body, error = curl(self.base + "/index.htm")
        self.assertEqual(status, "200", error)
        self.assertIn(self.serve.ready["uuid"].lower(), body.lower())
        self.assertIn(self.serve.address, body)
        for text in ("System ID", ">Hardware Information", ">IP address"):
            self.assertIn(text, body)

    def test_wrong_password(self):
        status, body, _ = curl(self.base + "/index.htm", password="Wr0ng!Password")
        self.assertEqual(status, "401")
        self.assertNotIn(self.serve.ready["uuid"].lower(), body.lower())
        self.serve.event("request-refused", reason="digest-wrong")

    def test_challenge_has_the_realm_of_the_generation(self):
        done = vme.run("curl", "--silent", "--include", "--max-time", "30", self.base + "/index.htm")
        header = next(line for line in done.stdout.splitlines() if line.lower().startswith("www-authenticate:"))
        if self.facts["values"]["auth.realm_form"] == "id":
            self.assertIn(f"Intel(R) AMT (ID:{self.serve.ready['uuid'].upper()})", header)
        else:
            self.assertRegex(header, r'realm="Digest:[0-9A-F]{32}"')

    def test_wsman_get(self):
        status, body, error = curl(self.base + "/wsman", "--data-binary", GET, "--header",
                                   "Content-Type: application/soap+xml;charset=UTF-8")
        if not self.facts["wsman"]:
            self.assertEqual(status, "404")
            return
        self.assertEqual(status, "200", error + body)
        self.assertIn("GetResponse", body)
        self.assertIn("AMT_GeneralSettings", body)
        self.assertIn("HostName", body)

    def test_wsman_refuses_a_wrong_password(self):
        status, body, _ = curl(self.base + "/wsman", "--data-binary", GET, "--header",
                               "Content-Type: application/soap+xml;charset=UTF-8", password="Wr0ng!Password")
        self.assertIn(status, ("401",) if self.facts["wsman"] else ("401", "404"))
        self.assertNotIn("HostName", body)


class Tls(unittest.TestCase):
    """Of the same machine with --tls: 16993 serves the same pages, in the versions of the mode."""

    def first_page(self, mode, *versions):
        with vme.Serve(PROFILE, "--provisioned", "admin:" + PASSWORD, "--tls", mode) as serve:
            self.assertIn(16993, serve.ready["ports"])
            status, body, error = curl(f"https://{serve.address}:16993/index.htm", "--insecure", "--ciphers",
                                       "DEFAULT:@SECLEVEL=0", *versions)
            self.assertEqual(status, "200", error)
            self.assertIn(serve.ready["uuid"].lower(), body.lower())

    def test_period(self):
        self.first_page("period", "--tlsv1.0", "--tls-max", "1.0")

    def test_modern(self):
        self.first_page("modern", "--tlsv1.2")


if __name__ == "__main__":
    vme.main("curl")
