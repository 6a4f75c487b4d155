"""setup.bin files: those of MeshCentral's own writer are shown as they are, those of vme are read by its reader."""

import json
import os
import stat
import sys
import unittest

import vme

FOLDER = os.environ.get("VME_MESHCENTRAL", "")
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "meshcentral", "setup_bin.js")
PAIR = ("0000037M", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ")
GUID = "44454c4c-3100-1051-8032-b4c04f4b4d31"
ROOT = b"\x01" + bytes(range(20)) + b"\x04Root"
SHA256_ROOT = b"\x02" + bytes(range(32)) + b"\x04Root"
TEXT, NUMBERS, GUIDS = 0, (1, 2, 3), 4

# (module, variable): type in MeshCentral, value there, value as vme shows it.
COMMON = {(1, 1): (TEXT, "admin", "admin"), (1, 2): (TEXT, "P@ssw0rd", "P@ssw0rd"),
          (2, 1): (TEXT, PAIR[0], PAIR[0]), (2, 2): (TEXT, PAIR[1], PAIR[1])}
SINCE_2 = {(1, 3): (1, 1, "amt"), (2, 3): (TEXT, "corp.example", "corp.example"),
           (2, 4): (TEXT, "sp.corp.example", "sp.corp.example"), (2, 5): (1, 1, "on"), (2, 6): (1, 0, "off"),
           (2, 7): (1, 2, "delete"), (2, 8): (TEXT, ROOT.decode("latin1"), "sha1:" + ROOT[1:21].hex() + ":Root"),
           (2, 10): (1, 7, "sol+ider+login")}
SINCE_2_1 = {(1, 4): (1, 2, "password-protected"), (1, 5): (1, 1, "never"), (1, 6): (GUIDS, GUID, GUID),
             (2, 11): (TEXT, "pc-1", "pc-1"), (2, 12): (TEXT, "corp.example", "corp.example"),
             (2, 13): (1, 2, "enabled"), (2, 14): (1, 1, "enabled"), (2, 15): (TEXT, "\x05\x00", "5"),
             (2, 16): (1, 1, "enterprise"), (2, 17): (TEXT, "\x0a\x00\x00\x01", "10.0.0.1"), (2, 18): (2, 9971, "9971"),
             (2, 19): (TEXT, "\x01\x02\x03", "hex:010203"), (2, 20): (TEXT, "\x07\x00", "7"),
             (2, 21): (TEXT, "\x01", "1")}
SINCE_3 = {(2, 22): (TEXT, "\x00" * 84, "hex:" + "00" * 84), (2, 23): (1, 1, "shared"), (2, 25): (1, 1, "enabled"),
           (2, 26): (1, 255, "all"), (2, 29): (1, 0, "automated"), (2, 30): (3, 70000, "70000"),
           (2, 31): (TEXT, "Help desk", "Help desk"), (2, 34): (3, 4, "one-time")}
VERSIONS = {"1": (1, 0, COMMON), "2": (2, 0, {**COMMON, **SINCE_2}), "2.1": (2, 1, {**COMMON, **SINCE_2, **SINCE_2_1}),
            "3": (3, 0, {**COMMON, **SINCE_3, (2, 8): (TEXT, SHA256_ROOT.decode("latin1"),
                                                       "sha256:" + SHA256_ROOT[1:33].hex() + ":Root")}),
            "4": (4, 0, {**COMMON, **SINCE_3})}


def meshcentral(what, text):
    done = vme.run("node", SCRIPT, what, stdin=text)
    assert done.returncode == 0, done.stderr
    return done.stdout


class SetupBin(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()

    def tearDown(self):
        self.folder.close()

    def path(self, name):
        return os.path.join(self.folder.path, name)

    def show(self, data):
        with open(self.path("shown.bin"), "wb") as file:
            file.write(data)
        done = vme.vme("setup-bin", "show", self.path("shown.bin"), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_what_meshcentral_writes_is_shown(self):
        for name, (major, minor, values) in VERSIONS.items():
            for scrambled in (False, True):
                with self.subTest(version=name, scrambled=scrambled):
                    self.check_shown(major, minor, values, scrambled)

    def check_shown(self, major, minor, values, scrambled):
        variables = [{"moduleid": module, "varid": variable, "type": kind, "value": value}
                     for (module, variable), (kind, value, _) in values.items()]
        record = {"typeIdentifier": 1, "flags": 3 if scrambled else 1, "variables": variables}
        written = meshcentral("encode", json.dumps(
            {"fileType": major, "recordChunkCount": 1, "recordHeaderByteCount": 46, "recordNumber": 0,
             "majorVersion": major, "minorVersion": minor, "flags": 1, "dataRecordsConsumed": 1,
             "dataRecordChunkCount": 1, "records": [record, record]}))
        shown = self.show(bytes.fromhex(written))
        self.assertEqual((shown["version"], shown["keeps_records"], shown["consumed"], len(shown["records"])),
                         (f"{major}.{minor}", True, 1, 2))
        for number, one in enumerate(shown["records"]):
            self.assertEqual((one["number"], one["valid"], one["scrambled"], one["consumed"]),
                             (number + 1, True, scrambled, number == 0))
            seen = {(entry["module"], entry["variable"]): entry for entry in one["entries"]}
            self.assertEqual({key: entry["value"] for key, entry in seen.items()},
                             {key: value for key, (_, _, value) in values.items()})
            for key, (kind, value, _) in values.items():
                if kind in NUMBERS:
                    self.assertEqual(seen[key]["number"], value, key)
                elif kind == TEXT:
                    self.assertEqual(bytes.fromhex(seen[key]["hex"]), value.encode("latin1"), key)

    def test_what_vme_makes_is_read_by_meshcentral(self):
        names = self.names()
        for name, (major, minor, values) in VERSIONS.items():
            for scrambled in (False, True):
                with self.subTest(version=name, scrambled=scrambled):
                    path = self.path(f"made-{name}-{scrambled}.bin")
                    arguments = [argument for key, (_, _, value) in values.items() if key not in ((1, 1), (1, 2))
                                 for argument in ("--set", f"{names[key]}={value}")]
                    done = vme.vme("setup-bin", "make", path, "--version", name, "--new-password", "P@ssw0rd", "--keep",
                                   *(["--scramble"] if scrambled else []), "--count", "2", *arguments)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
                    self.check_read(path, major, minor, values, scrambled)

    def check_read(self, path, major, minor, values, scrambled):
        with open(path, "rb") as file:
            read = json.loads(meshcentral("decode", file.read().hex()))
        self.assertIsNotNone(read)
        self.assertEqual((read["fileType"], read["majorVersion"], read["minorVersion"], read["flags"],
                          read["dataRecordsConsumed"], len(read["records"])), (major, major, minor, 1, 0, 2))
        for record in read["records"]:
            self.assertEqual((record["typeIdentifier"], record["flags"]), (1, 3 if scrambled else 1))
            self.assertEqual({(one["moduleid"], one["varid"]): one["value"] for one in record["variables"]},
                             {key: value for key, (_, value, _) in values.items()})

    def names(self):
        """The variables by their numbers, as a file that holds them is shown."""
        found = {}
        for major, minor, values in VERSIONS.values():
            variables = [{"moduleid": module, "varid": variable, "type": kind, "value": value}
                         for (module, variable), (kind, value, _) in values.items()]
            written = meshcentral("encode", json.dumps(
                {"fileType": major, "recordChunkCount": 1, "recordNumber": 0, "majorVersion": major,
                 "minorVersion": minor, "flags": 0, "dataRecordsConsumed": 0, "dataRecordChunkCount": 1,
                 "records": [{"typeIdentifier": 1, "flags": 1, "variables": variables}]}))
            for entry in self.show(bytes.fromhex(written))["records"][0]["entries"]:
                found[entry["module"], entry["variable"]] = entry["name"]
        return found

    def test_both_write_the_same_bytes(self):
        path = self.path("same.bin")
        done = vme.vme("setup-bin", "make", path, "--psk", ":".join(PAIR), "--new-password", "P@ssw0rd")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(path, "rb") as file:
            made = file.read().hex()
        self.assertEqual(meshcentral("encode", meshcentral("decode", made)), made)


if __name__ == "__main__":
    if not os.path.isdir(os.path.join(FOLDER, "node_modules", "meshcentral")):
        print("skipped: VME_MESHCENTRAL names no folder whose node_modules has meshcentral")
        sys.exit(77)
    vme.main("node")
