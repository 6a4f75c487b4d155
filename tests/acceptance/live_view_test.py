"""What a run shows while it lasts: on a terminal of 80 by 24 a view that is redrawn in place and cleared, else plain lines."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

import vme

SCENARIO = """
name: live
service_point: embedded
groups:
  - {name: good, machines: 30, profile: amt-2.1, arrival: {over: 2500ms}}
  - {name: wrong, machines: 7, profile: amt-3.2.2, method: psk, service_point_knows: {pps: wrong}}
expect: [provisioned: 30]
"""
ROWS, COLUMNS = 24, 80


class Screen:
    """As much of a terminal as the view uses: text, carriage return and newline, up, erase line, erase below, colours."""

    def __init__(self):
        self.lines, self.row, self.column, self.deepest, self.colours = [""], 0, 0, 0, 0

    def feed(self, text):
        for up, below, line, colour, plain in re.findall(r"\x1b\[(\d+)A|(\x1b\[0J)|(\x1b\[2K)|(\x1b\[\d+m)|([^\x1b])", text):
            if up:
                assert int(up) <= self.row, "goes up beyond the first line"
                self.row -= int(up)
                self.column = 0
            elif below:
                del self.lines[self.row:]
                self.lines.append("")
            elif line:
                self.lines[self.row] = ""
            elif colour:
                self.colours += 1
            elif plain == "\n":
                self.row += 1
                self.column = 0
                if self.row == len(self.lines):
                    self.lines.append("")
            elif plain != "\r":
                self.lines[self.row] = self.lines[self.row][:self.column] + plain
                self.column += 1
                assert self.column < COLUMNS, f"wraps: {self.lines[self.row]}"
            self.deepest = max(self.deepest, self.row)


class LiveView(unittest.TestCase):
    def setUp(self):
        self.folder = vme.Folder()
        self.addCleanup(self.folder.close)
        self.scenario = self.folder.write("live.yaml", SCENARIO)
        self.report = os.path.join(self.folder.path, "report")

    def on_terminal(self, *arguments, **environment):
        """What standard error got, which is a terminal, piece by piece."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {**{key: value for key, value in os.environ.items() if key != "NO_COLOR"}, **environment}
        process = subprocess.Popen([vme.VME, "run", self.scenario, "--report", self.report, *arguments], stderr=theirs,
                                   stdout=subprocess.PIPE, text=True, env=environment)
        os.close(theirs)
        pieces = []
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            pieces.append(piece.decode())
        os.close(ours)
        output = process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(vme.PATIENCE), 0, output)
        self.assertIn("verdict: held", output)
        return pieces

    def test_is_redrawn_in_place_and_cleared(self):
        screen, seen = Screen(), []
        for piece in self.on_terminal():
            screen.feed(piece)
            seen.append("\n".join(screen.lines))
        drawn = [text for text in seen if "machines 37" in text]
        self.assertGreaterEqual(len(set(drawn)), 3)
        self.assertTrue(any("wrong/" in text and "psk-refused" in text for text in drawn), drawn[-1])
        self.assertTrue(any(re.search(r"handshakes \d+ \(\d+/s, \d+ refused\)", text) for text in drawn))
        self.assertLessEqual(max(text.count("psk-refused") for text in drawn), 5)
        self.assertTrue(all(text.count("machines 37") == 1 for text in drawn))  # in place, not below each other
        self.assertLess(screen.deepest, ROWS)
        self.assertGreater(screen.colours, 0)
        self.assertEqual("".join(screen.lines), "")

    def test_no_color_is_heeded(self):
        screen = Screen()
        for piece in self.on_terminal(NO_COLOR="1"):
            screen.feed(piece)
        self.assertEqual(screen.colours, 0)
        self.assertGreater(screen.deepest, 5)

    def test_quiet_draws_nothing(self):
        self.assertEqual(self.on_terminal("--quiet"), [])

    def test_a_pipe_gets_plain_lines(self):
        done = vme.vme("run", self.scenario, "--report", self.report)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("\x1b", done.stdout + done.stderr)
        lines = done.stderr.splitlines()
        self.assertTrue(1 <= len(lines) <= 2, lines)
        self.assertRegex(lines[0], r"of 37 operational, \d+ in set-up")


if __name__ == "__main__":
    vme.main()
