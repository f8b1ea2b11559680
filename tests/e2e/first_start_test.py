#!/usr/bin/env python3
"""A first start beside a log that somebody writes into all the while: each line is either past or present, and none is both.

usage: first_start_test.py TIDEGATE [unittest options]
"""

import datetime
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
from waiting import wait_for  # noqa: E402

TIDEGATE = os.path.realpath(sys.argv[1])
PAST = 60_000  # lines

CONF = """
[serve]
mode = "watch"
state = "{0}/state"
control = "{0}/control.sock"
[[follow]]
file = "{0}/mail.log"
"""


def failures(numbers, first):
    """A line for each number, a millisecond after the one before."""
    for number in numbers:
        moment = first + datetime.timedelta(milliseconds=number)
        yield (f"{moment.isoformat(timespec='microseconds')} mx1 dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): "
               f"user=<user{number}@example.org>, method=PLAIN, rip=198.51.100.{number % 250}, lip=192.0.2.1, session=<s{number}>\n")


class FirstStart(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.work = pathlib.Path(scratch.name)
        (self.work / "t.toml").write_text(CONF.format(self.work))
        self.mail_log = open(self.work / "mail.log", "a", buffering=1)
        self.addCleanup(self.mail_log.close)
        self.numbers, self.written, self.process = itertools.count(), 0, None
        self.addCleanup(self.stop)

    def write(self, count, first=None):
        for line in failures(itertools.islice(self.numbers, count), first or datetime.datetime.now(datetime.UTC)):
            self.mail_log.write(line)
            self.written += 1

    def start(self, *before):
        with open(self.work / "log", "w") as log:
            self.process = subprocess.Popen([*before, TIDEGATE, "serve", "--config", self.work / "t.toml"], stderr=log)

    def said(self):
        return (self.work / "log").read_text()

    def has_started(self):
        self.assertIsNone(self.process.poll(), self.said())
        return ">started " in self.said()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.assertEqual(self.process.wait(30), 0)

    def counted(self):
        done = subprocess.run([TIDEGATE, "top", "--json", "--socket", self.work / "control.sock"], capture_output=True, text=True,
                              check=True, timeout=30)
        top = json.loads(done.stdout)
        is_read = all(each["bytes_behind"] == 0 for each in top["sources"])
        return top["total"]["failures"], is_read

    def assert_counted(self, expected):
        """So many, and no more once all was read."""
        wait_for(lambda: self.counted()[0] >= expected, f"{expected} failures")
        wait_for(lambda: self.counted()[1], "reading the log")
        self.assertEqual(self.counted()[0], expected)

    def test_lines_that_come_while_the_past_is_read_are_counted_once(self):
        self.write(PAST, datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=20))
        ending = threading.Event()

        def go_on():
            while not ending.wait(0.002):
                self.write(1)

        writer = threading.Thread(target=go_on)
        writer.start()
        try:
            self.start()
            wait_for(self.has_started, "tidegate")
            so_far = self.written
            wait_for(lambda: self.written > so_far + 100, "more lines")
        finally:
            ending.set()
            writer.join()
        imported = int(re.search(r">imported .* events=(\d+)", self.said())[1])
        self.assertGreaterEqual(imported, PAST)
        self.assertLess(imported, self.written - 100)
        self.assert_counted(self.written - imported)

    def test_what_was_written_between_two_starts_is_counted_by_the_second(self):
        self.write(3)
        self.start()
        wait_for(self.has_started, "tidegate")  # and nothing comes
        self.stop()
        self.write(5)
        self.start()
        wait_for(self.has_started, "tidegate")
        self.write(2)
        self.assert_counted(7)

    @unittest.skipUnless(os.geteuid() == 0, "who may read everything is not hindered, who is not root can't be somebody else")
    def test_what_a_log_had_before_it_could_be_read_is_not_taken_for_news(self):
        somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        os.chown(self.work, 65534, 65534)
        self.write(5)
        (self.work / "mail.log").chmod(0)
        self.start(*somebody)
        wait_for(self.has_started, "tidegate")
        wait_for(lambda: "log_trouble" in self.said(), "that it can't be read")
        self.stop()
        (self.work / "mail.log").chmod(0o644)
        self.start(*somebody)
        wait_for(self.has_started, "tidegate")
        self.write(2)
        self.assert_counted(2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
