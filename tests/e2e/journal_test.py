#!/usr/bin/env python3
"""What `tidegate serve` knew it knows again: killed at any moment, with a full disk, from a backup.

usage: journal_test.py TIDEGATE [unittest options]

The daemon guards a door that is asked without a pause and follows a log that grows without a pause, and is killed (SIGKILL) again
and again: 10 times, or JOURNAL_KILLS=100. Runs in namespaces of its own (root), the state on a small tmpfs. Exit status 77 where
that can't be.
"""

import http.client
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import lab
from journal_file import JournalFile
from lab import stage

TIDEGATE = os.path.realpath(sys.argv[1])
KILLS = int(os.environ.get("JOURNAL_KILLS", "10"))
DOOR = 4083

CONF = lab.SERVE + """\
import = false
[[door]]
kind = "api"
listen = "127.0.0.1:4083"
[[follow]]
file = "{work}/mail.log"
"""


def post(connection, path, body):
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status == 200


class Load(threading.Thread):
    """Reports failures of ever new accounts over the door, and writes log-ins into the log, until it is told to rest."""

    def __init__(self, log):
        super().__init__(daemon=True)
        self.log = open(log, "a", buffering=1)
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()
        self.sent, self.lines, self.answered = 0, 0, []  # when each answer came
        self.going, self.over = threading.Event(), False

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", DOOR, timeout=5)
        while not self.over:
            self.going.wait()
            with self.lock:
                self.write_line()
                try:
                    self.report(connection)
                except (OSError, http.client.HTTPException):
                    connection.close()
            time.sleep(0.002)
        connection.close()
        self.log.close()

    def report(self, connection):
        number = next(self.numbers)
        self.sent += 1
        if post(connection, "/v1/report", {"account": f"n{number}@example.org", "outcome": "failure", "service": "imap",
                                           "address": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}):
            self.answered.append(time.monotonic())

    def write_line(self):
        self.lines += 1
        self.log.write(time.strftime("%Y-%m-%d %H:%M:%S ") +
                       f"imap-login: Info: Login: user=<c{self.lines % 50}@example.org>, method=PLAIN, "
                       f"rip=198.51.100.{self.lines % 50 + 1}, lip=127.0.0.1, mpid={self.lines}, session=<s{self.lines}>\n")

    def rest(self):
        self.going.clear()
        with self.lock:
            return self.sent, self.lines

    def answered_before(self, moment):
        with self.lock:
            return sum(1 for each in self.answered if each <= moment)


class Journal(unittest.TestCase):
    def setUp(self):
        self.work = lab.workplace()
        self.state = self.work / "tidegate"
        self.state.mkdir()
        stage.mount("tmpfs", str(self.state), "tmpfs", 0, "size=32m,mode=700")
        self.journal = JournalFile(self.state)
        self.log = self.work / "mail.log"
        self.log.touch()
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, CONF.format(work=self.work), [DOOR])
        self.load = Load(self.log)

    def tearDown(self):
        self.load.over = True
        self.load.going.set()
        self.load.join()
        self.tidegate.end()

    def kept(self):
        """What the journal has: attempts that failed, and log-ins."""
        done = subprocess.run([TIDEGATE, "replay", "--journal", self.state, "--json"], capture_output=True, text=True,
                              check=True, timeout=120)
        trial = json.loads(done.stdout)
        return trial["guesses"], trial["attempts"] - trial["guesses"]

    def exceptions(self):
        with socket.socket(socket.AF_UNIX) as daemon:
            daemon.settimeout(30)
            daemon.connect(str(self.work / "control.sock"))
            daemon.sendall(b"GET /v1/exceptions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            reply = http.client.HTTPResponse(daemon)
            reply.begin()
            return {each["subject"] for each in json.loads(reply.read())["exceptions"]}

    def begin(self):
        self.tidegate.start()
        self.load.start()
        self.load.going.set()
        stage.wait_for(lambda: self.load.lines > 100, "the load")

    def begin_with_a_known_log(self):
        """From the first position in the journal on the log is known: it goes on there after a kill."""
        self.begin()
        stage.wait_for(lambda: self.journal.read_up_to(self.log), "the log's first position in the journal")

    def settle(self):
        """The load rests and what it said is in the journal."""
        sent = self.load.rest()
        end = self.log.stat().st_size
        stage.wait_for(lambda: self.journal.read_up_to(self.log) == end, "the log's end in the journal")
        told = self.tidegate.top()["journal"]["entries"]
        stage.wait_for(lambda: self.journal.last() >= told, "the last entry in the journal")
        return sent

    def kill(self):
        moment = time.monotonic()
        self.tidegate.stop(signal.SIGKILL)
        return moment

    def test_1_killed_again_and_again_it_knows_what_it_knew(self):
        dice = random.Random(7)
        self.begin_with_a_known_log()
        lost = 0
        for round_ in range(KILLS):
            with self.subTest(round=round_):
                self.load.going.set()
                self.tidegate.ask("deny", f"203.0.113.{round_}", "--reason", "test", "--author", "eve")
                time.sleep(dice.uniform(0.2, 1.5))
                moment = self.kill()
                known = self.load.answered_before(moment - 1)
                self.tidegate.start()
                self.assertEqual(self.tidegate.log().count("<5>restored "), round_ + 1)
                self.assertEqual(self.exceptions(), {f"203.0.113.{i}" for i in range(round_ + 1)})
                sent, lines = self.settle()
                failed, logged_in = self.kept()
                self.assertGreaterEqual(failed, known - lost, "more than the last second is lost")
                self.assertLessEqual(failed, sent)
                self.assertEqual(logged_in, lines, "lines of the log are lost, or counted twice")
                lost = max(lost, self.load.answered_before(time.monotonic()) - failed)
        print(f"{KILLS} kills, {sent} reports, {lines} lines, {lost} reports lost", file=sys.stderr)

    def test_2_a_full_disk_stops_the_journal_alone(self):
        self.begin_with_a_known_log()
        self.tidegate.ask("deny", "203.0.113.1", "--reason", "test")
        ballast = self.state / "ballast"
        with open(ballast, "wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
                    file.flush()
            except OSError:
                pass
        stage.wait_for(lambda: "journal_trouble state=full" in self.tidegate.log(), "the trouble", limit=30)
        before = self.tidegate.totals()["failures"]
        stage.wait_for(lambda: self.tidegate.totals()["failures"] > before + 50, "the service")
        self.assertEqual(self.tidegate.top()["journal"]["state"], "full")
        self.assertIn("until a restart", self.refused("deny", "203.0.113.2", "--reason", "test"))
        self.assertIn("203.0.113.2", self.exceptions())
        ballast.unlink()
        stage.wait_for(lambda: "journal_well" in self.tidegate.log(), "the end of the trouble", limit=60)
        sent, lines = self.settle()
        self.assertEqual(self.tidegate.top()["journal"]["lost"], 0)
        self.kill()
        self.tidegate.start()
        self.assertEqual(self.kept(), (sent, lines))
        self.assertEqual(self.exceptions(), {"203.0.113.1"})

    def refused(self, *words):
        done = subprocess.run([TIDEGATE, *words, "--socket", self.work / "control.sock"], capture_output=True, text=True,
                              check=False, timeout=30)
        self.assertEqual(done.returncode, 2, done)
        return done.stderr

    def test_3_it_starts_without_a_journal_and_finds_it_later(self):
        database = self.state / "journal.sqlite"
        database.write_bytes(b"this is no database\n" * 1000)
        self.begin()
        self.assertIn("journal_trouble state=closed", self.tidegate.log())
        self.assertEqual(self.tidegate.top()["journal"]["state"], "none")
        database.unlink()
        stage.wait_for(lambda: "journal_well" in self.tidegate.log(), "the journal", limit=60)
        stage.wait_for(lambda: "checkpoint_saved" in self.tidegate.log(), "the checkpoint", limit=20)
        self.settle()
        accounts = self.tidegate.top()["memory"]["accounts"]
        self.kill()
        self.tidegate.start()
        # What came before the journal is in the checkpoint.
        self.assertEqual(self.tidegate.top()["memory"]["accounts"], accounts)

    def test_4_backed_up_while_it_runs_and_restored(self):
        self.begin()
        self.tidegate.ask("deny", "203.0.113.1", "--reason", "test")
        backup = self.work / "backup"
        least = self.load.answered_before(time.monotonic())
        self.tidegate.ask("backup", backup)
        self.assertEqual([each["subject"] for each in self.deeds("backup")], [str(backup)])
        sent = self.load.rest()[0]
        self.tidegate.stop()
        for file in self.state.glob("*"):
            if file.name.startswith(("journal.sqlite", "checkpoint-")):
                file.unlink()
        for file in [backup / "journal.sqlite", *backup.glob("checkpoint-*")]:
            shutil.copy2(file, self.state)
        self.tidegate.start()
        self.assertEqual(self.exceptions(), {"203.0.113.1"})
        failed = self.kept()[0]
        self.assertTrue(least <= failed <= sent, f"{least} {failed} {sent}")

    def deeds(self, action):
        return json.loads(self.tidegate.ask("deeds", "--action", action, "--json"))["deeds"]

    def test_5_an_account_is_forgotten(self):
        self.begin()
        self.load.rest()
        connection = http.client.HTTPConnection("127.0.0.1", DOOR, timeout=5)
        for _ in range(3):
            post(connection, "/v1/report", {"account": "Bob+x@Example.ORG", "outcome": "failure", "address": "192.0.2.7"})
        connection.close()
        self.tidegate.ask("deny", "bob+x@example.org", "--reason", "bob asked for it")
        done = json.loads(self.tidegate.ask("forget", "bob+x@example.org", "--author", "eve", "--json"))
        self.assertEqual((done["entries"], done["records"]), (3, 2))
        self.assertEqual(self.exceptions(), set())
        self.assertEqual([(each["author"], each["subject"]) for each in self.deeds("forget")], [("eve", "(forgotten)")])
        self.assertEqual([(each["subject"], each["reason"]) for each in self.deeds("deny")], [("(forgotten)", "")])
        self.assertEqual(json.loads(self.tidegate.ask("forget", "bob+x@example.org", "--json"))["entries"], 0)
        held = b"".join(file.read_bytes() for file in self.state.iterdir()).lower()
        self.assertNotIn(b"bob+x@", held)


if __name__ == "__main__":
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
