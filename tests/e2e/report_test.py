#!/usr/bin/env python3
"""The weekly report of a real daemon's journal, against figures that Python counts from the same events; its mail, taken by a server of
Python's and read by Python's parser; and that neither a restart nor kill -9 amid its sending loses or doubles it.

usage: report_test.py TIDEGATE [unittest options]
"""

import collections
import datetime
import email
import email.policy
import html.parser
import ipaddress
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import zoneinfo

sys.dont_write_bytecode = True
import journal_maker  # noqa: E402
from receivers import Server, Smtp  # noqa: E402
from waiting import wait_for  # noqa: E402

TIDEGATE = os.path.realpath(sys.argv[1])
ZONE = zoneinfo.ZoneInfo("Europe/Vienna")
SECOND = 1_000_000
HOSTILE = "x\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>\x1b[2J\u202e"


def micros(moment):
    return int(moment.timestamp()) * SECOND


def midnight(day):
    return datetime.datetime.combine(day, datetime.time(), ZONE)


class Week:
    """The last whole one by Vienna's clock; `of(n)`: the moment n weeks before its beginning."""

    def __init__(self):
        today = datetime.datetime.now(ZONE).date()
        self.monday = today - datetime.timedelta(days=today.weekday() + 7)
        year, week, _ = self.monday.isocalendar()
        self.name = f"{year}-W{week:02}"
        self.title = f"week {week} of {year}"
        self.days = [micros(midnight(self.monday + datetime.timedelta(days=n))) for n in range(8)]

    def before(self, weeks):
        return micros(midnight(self.monday - datetime.timedelta(days=7 * weeks)))


class Events:
    """What happened, and the entries that a daemon would have written of it."""

    def __init__(self, week):
        self.week, self.dice, self.all, self.lost = week, random.Random(48), [], []
        start = week.before(2)
        span = week.days[7] - start
        for number in range(4000):
            customer = self.dice.randrange(200)
            moment = start + self.dice.randrange(span)
            outcome = self.dice.choices(["success", "failure", "fault"], [90, 7, 3])[0]
            self.attempt(moment, f"user{customer}@example.org", f"198.51.100.{customer}", outcome)
        for number in range(6000):
            moment = start + self.dice.randrange(span)
            self.attempt(moment, f"User{self.dice.randrange(200)}@Example.org", f"203.0.113.{self.dice.randrange(250)}", "failure",
                         self.dice.choices(["pass", "slow", "defer", "refuse"], [10, 10, 30, 50])[0])
        for number in range(40):  # customers abroad who are asked to come again, and do
            moment = week.days[0] + self.dice.randrange(6 * 86400 * SECOND)
            name, address = f"user{number}@example.org", f"192.0.2.{number + 1}"
            self.attempt(moment, name, address, None, "defer")
            self.attempt(moment + self.dice.randrange(3, 4200) * SECOND, name, address, "success")
        for number, name in enumerate(["user7@example.org", HOSTILE]):
            self.attempt(week.days[3] + number * SECOND, name, "203.0.113.251", "success", takeover=True)
        # Nobody watches for three hours.
        self.gap = (week.days[2] + 3600 * SECOND, week.days[2] + 4 * 3600 * SECOND)
        self.all = [each for each in self.all if not self.gap[0] <= each["time"] < self.gap[1]]
        self.all.sort(key=lambda each: each["time"])

    def attempt(self, moment, account, address, outcome, answered="pass", takeover=False):
        stopped = answered in ("defer", "refuse")
        event = {"time": moment // SECOND * SECOND, "account": account, "address": address, "answered": answered, "takeover": takeover}
        if outcome == "fault":
            event |= {"outcome": "failure", "reason": "internal"}
        elif not stopped and outcome:
            event |= {"outcome": outcome, "reason": "bad_password" if outcome == "failure" else None}
        self.all.append(event)

    def entries(self):
        found = [(each["time"], journal_maker.event_entry(each)) for each in self.all]
        ticks = range(self.week.before(2), self.week.days[7], 60 * SECOND)
        found += [(moment, journal_maker.tick_entry(moment)) for moment in ticks if not self.gap[0] <= moment < self.gap[1]]
        found.append((self.week.days[4], journal_maker.lost_entry(self.week.days[4], 17)))
        return sorted(found, key=lambda each: each[0])


class Truth:
    """The figures, counted from the events as docs/weekly-report.md defines them."""

    def __init__(self, events, week):
        self.days = [collections.Counter() for _ in range(7)]
        self.last_week = collections.Counter()
        self.week, self.homes, self.waiting = week, set(), {}
        for event in events:
            self.count(event)
        self.total = sum(self.days, collections.Counter())
        self.total["longest"] = max(day["longest"] for day in self.days)

    def day(self, moment):
        if self.week.before(1) <= moment < self.week.days[0]:
            return self.last_week
        for number in range(7):
            if self.week.days[number] <= moment < self.week.days[number + 1]:
                return self.days[number]
        return collections.Counter()

    def count(self, event):
        day, moment = self.day(event["time"]), event["time"]
        account = event["account"].strip().lower()
        network = ipaddress.ip_network(event["address"] + "/24", strict=False)
        at_home = (account, network) in self.homes
        client = (account, event["address"])
        stopped = event["answered"] in ("defer", "refuse")
        day["attempts"] += 1
        if stopped:
            day["stopped"] += 1
            day["hostile"] += 1
            self.refuse(client, moment, at_home)
        elif event["outcome"] == "success":
            day["logins"] += 1
            self.let_in(client, moment)
            if not event["takeover"]:
                self.homes.add((account, network))
        elif event["reason"] == "internal":
            day["faults"] += 1
        else:
            day["slips" if at_home else "hostile"] += 1

    def refuse(self, client, moment, at_home):
        first, known = self.waiting.get(client, (None, False))
        if first is None or moment - first > 3600 * SECOND:
            first, known = moment, False
        if at_home and not known:
            self.day(first)["refused"] += 1
        self.waiting[client] = (first, known or at_home)

    def let_in(self, client, moment):
        first, known = self.waiting.pop(client, (None, False))
        if first is None or moment - first > 3600 * SECOND:
            return
        wait, day = (moment - first) // SECOND, self.day(first)
        if wait <= 10:
            day["refused"] -= 1 if known else 0
            return
        day["refused"] += 0 if known else 1
        day["let_in_later"] += 1
        day["longest"] = max(day["longest"], wait)


class PageReader(html.parser.HTMLParser):
    """The page's words, its tags, and where tags do not match."""

    VOID = {"meta", "br", "link", "img"}

    def __init__(self, page):
        super().__init__()
        self.words, self.tags, self.open, self.wrong = [], set(), [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.words.append(data)


class HoldingSmtp:
    """Takes mails; at `hold_at` ("DATA": before it lets the mail come; "END": when it has it and has not said so) it waits to be
    released, if it is to hold."""

    def __init__(self, hold_at):
        self.hold_at, self.mails = hold_at, []
        self.reached, self.released = threading.Event(), threading.Event()
        self.server = Server(self.talk)
        self.port = self.server.port

    def hold(self, place):
        if place == self.hold_at and not self.released.is_set():
            self.reached.set()
            self.released.wait(120)

    def talk(self, connection):
        lines = connection.makefile("rb")
        connection.sendall(b"220 sink.example.org ESMTP\r\n")
        while line := lines.readline():
            word = line.split()[0].upper()
            if word == b"DATA":
                self.hold("DATA")
                connection.sendall(b"354 go on\r\n")
                mail = b""
                while (line := lines.readline()) not in (b".\r\n", b""):
                    mail += line[1:] if line.startswith(b".") else line
                if line:
                    self.mails.append(mail)
                self.hold("END")
            connection.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.week = Week()
        cls.events = Events(cls.week)
        cls.truth = Truth(cls.events.all, cls.week)
        cls.scratch = tempfile.TemporaryDirectory()
        cls.filled = pathlib.Path(cls.scratch.name) / "filled"
        cls.fill(cls.filled)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def fill(cls, state):
        """A journal as a daemon leaves it: one makes the database, and later reads all that is put there."""
        folder = state.parent
        conf = folder / "first.toml"
        conf.write_text(f'[serve]\nstate = "{state}"\ncontrol = "{folder}/first.sock"\n')
        for again in False, True:
            log = folder / "first.log"
            with open(log, "w") as out:
                daemon = subprocess.Popen([TIDEGATE, "serve", "--config", conf], stderr=out)
            wait_for(lambda: ">started " in log.read_text() or daemon.poll() is not None, "the daemon")
            daemon.send_signal(signal.SIGTERM)
            if daemon.wait(60) != 0:
                raise AssertionError(log.read_text())
            if not again:
                journal_maker.fill(state, cls.events.entries(),
                                   [(cls.week.days[1], "joe", "deny", "203.0.113.0/24", "the flood"),
                                    (cls.week.days[2], "joe", "allow", "user3@example.org", HOSTILE)])

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.state, self.log = self.folder / "state", self.folder / "log"
        subprocess.run(["cp", "-r", self.filled, self.state], check=True)
        for left in self.state.glob("report*"):
            left.unlink()
        self.daemon = None
        self.configure(25)

    def configure(self, port, more=""):
        self.conf = self.folder / "t.toml"
        self.conf.write_text(f"""
[serve]
state = "{self.state}"
control = "{self.folder}/control.sock"
[report]
to = ["director@example.org", "ops@example.net"]
provider = "Example Mail"
zone = "Europe/Vienna"
hour = 0
host = "127.0.0.1"
port = {port}
tls = "none"
from = "tidegate@example.org"
{more}
""")

    def report(self, *words, status=0):
        done = subprocess.run([TIDEGATE, "report", "--config", self.conf, *words], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def start(self):
        before = self.said(">started ")
        with open(self.log, "a") as out:
            self.daemon = subprocess.Popen([TIDEGATE, "serve", "--config", self.conf], stderr=out)
        self.addCleanup(self.end)
        wait_for(lambda: self.said(">started ") > before or self.daemon.poll() is not None, "the daemon")
        self.assertIsNone(self.daemon.poll(), self.log.read_text())

    def end(self, how=signal.SIGTERM):
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.send_signal(how)
            self.daemon.wait(60)

    def said(self, words):
        return self.log.read_text().count(words) if self.log.exists() else 0

    def owe(self):
        """The report of the week before the last one was sent."""
        monday = self.week.monday - datetime.timedelta(days=7)
        year, week, _ = monday.isocalendar()
        (self.state / "report").write_text(json.dumps({"week": f"{year}-W{week:02}", "state": "sent", "id": "report-old"}))

    def kept(self):
        path = self.state / "report"
        return json.loads(path.read_text()) if path.exists() else None

    def is_sent(self):
        return self.kept() is not None and (self.kept()["week"], self.kept()["state"]) == (self.week.name, "sent")

    # ---- figures
    def test_the_figures_are_those_of_the_events(self):
        found = json.loads(self.report("--json", "--week", self.week.name).stdout)
        names = ["attempts", "logins", "hostile", "stopped", "slips", "faults", "refused", "let_in_later"]
        for number, day in enumerate(self.truth.days):
            counts = found["days"][number]["counts"]
            self.assertEqual({name: counts[name] for name in names}, {name: day[name] for name in names}, number)
        total = self.truth.total
        self.assertEqual({name: found["total"][name] for name in names}, {name: total[name] for name in names})
        self.assertEqual(found["total"]["longest_wait_seconds"], total["longest"])
        self.assertGreater(total["let_in_later"], 10)
        self.assertGreater(total["refused"], total["let_in_later"] - 1)
        last = found["before"][0]
        self.assertEqual({name: last[name] for name in names}, {name: self.truth.last_week[name] for name in names})
        self.assertIsNone(found["before"][3])
        self.assertEqual((found["week"], found["takeovers"]["count"], found["takeovers"]["unchanged"]), (self.week.name, 2, 2))
        coverage = found["coverage"]
        self.assertEqual((coverage["lost"], coverage["damaged"], coverage["unwatched_seconds"]), (17, 0, 3 * 3600))
        self.assertEqual([gap["from"] for gap in coverage["gaps"]],
                         [datetime.datetime.fromtimestamp(self.events.gap[0] // SECOND, ZONE).isoformat()])
        self.assertEqual([deed["action"] for deed in found["deeds"]], ["deny", "allow"])
        self.assertAlmostEqual(found["sources"]["addresses"], 290, delta=15)

    def test_without_a_word_it_is_the_last_week(self):
        self.assertEqual(json.loads(self.report("--json").stdout)["week"], self.week.name)
        self.assertIn(f"Mail security at Example Mail, {self.week.title}", self.report().stdout)

    def test_another_time(self):
        day = self.week.monday + datetime.timedelta(days=5)
        found = json.loads(self.report("--json", "--from", day.isoformat(), "--to", f"{day.isoformat()}T12:00").stdout)
        half = self.week.days[5] + 12 * 3600 * SECOND
        wanted = sum(self.week.days[5] <= event["time"] < half for event in self.events.all)
        self.assertEqual((found["total"]["attempts"], found["week"]), (wanted, None))

    def test_text_and_page_say_it_and_hide_names(self):
        text = self.report().stdout
        page_file = self.folder / "page.html"
        self.assertEqual(self.report("--html", str(page_file)).stdout, "")
        page = PageReader(page_file.read_text())
        self.assertEqual((page.open, page.wrong), ([], []))
        self.assertFalse(page.tags & {"script", "img", "link", "iframe", "object"})
        words = "".join(page.words)
        for figure in "logins", "hostile", "refused":
            self.assertIn(f"{self.truth.total[figure]:,}", text)
            self.assertIn(f"{self.truth.total[figure]:,}", words)
        self.assertNotRegex(text + words, r"user\d+@")
        named = self.report("--names").stdout
        self.assertIn("user7@example.org", named)
        self.assertNotIn("\x1b", named)
        self.assertNotIn("\u202e", named)
        self.assertNotIn("\nBcc:", named)
        self.report("--names", "--html", str(page_file))
        self.assertNotIn("<script", page_file.read_text())

    def test_bad_usage(self):
        for words in (["--week", "48"], ["--from", "yesterday"], ["--zone", "Europe/Nowhere"], ["--journal", "/nonexistent"],
                      ["--from", "2026-02-02", "--to", "2026-02-01"]):
            self.assertTrue(self.report(*words, status=2).stderr, words)

    def test_a_damaged_batch_is_said(self):
        import sqlite3
        with sqlite3.connect(self.state / "journal.sqlite") as base:
            base.execute("UPDATE batches SET entries = zeroblob(100) WHERE first = (SELECT max(first) FROM batches WHERE last_time < ?)",
                         (self.week.days[7],))
        base.close()
        done = self.report(status=2)
        self.assertIn("could not be read", re.sub(r"\s+", " ", done.stdout))

    # ---- mail
    def mail_of(self, bytes_):
        mail = email.message_from_bytes(bytes_, policy=email.policy.default)
        self.assertEqual(mail.defects, [])
        for part in mail.walk():
            self.assertEqual(part.defects, [])
        long = [line for line in bytes_.split(b"\r\n") if len(line) > 78]
        self.assertTrue(all(line.startswith(b"Message-ID: ") and len(line) <= 200 for line in long), long)
        self.assertNotIn(b"\n", bytes_.replace(b"\r\n", b""))
        return mail

    def test_by_mail_now(self):
        smtp = Smtp("none", None)
        self.addCleanup(smtp.server.close)
        self.configure(smtp.port, "names = true")
        done = self.report("--mail")
        self.assertIn("sent: 250 2.0.0 queued as 4F1", done.stderr)
        mail = self.mail_of(smtp.mails[0])
        self.assertEqual(mail.get_content_type(), "multipart/alternative")
        self.assertEqual(mail["Subject"], f"Mail security at Example Mail, {self.week.title}")
        self.assertEqual([each.addr_spec for each in mail["To"].addresses], ["director@example.org", "ops@example.net"])
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertIsNone(mail["Bcc"])
        plain, page = mail.iter_parts()
        self.assertEqual((plain.get_content_type(), page.get_content_type()), ("text/plain", "text/html"))

        def without_foot(text):
            return text[:text.rindex("Tidegate ")].replace("\r\n", "\n")
        self.assertEqual(without_foot(plain.get_content()), without_foot(self.report("--names").stdout))
        reader = PageReader(page.get_content())
        self.assertEqual((reader.open, reader.wrong), ([], []))
        self.assertIn(f"{self.truth.total['hostile']:,}", "".join(reader.words))

    def test_a_server_that_is_not_there(self):
        smtp = Smtp("none", None)
        smtp.server.close()
        self.configure(smtp.port)
        self.assertIn("FAILED", self.report("--mail", status=1).stderr)

    def test_the_daemon_sends_what_was_missed_once(self):
        smtp = Smtp("none", None)
        self.addCleanup(smtp.server.close)
        self.configure(smtp.port)
        self.owe()
        self.start()
        wait_for(lambda: self.said(">report_sent ") == 1, "the report")
        self.assertTrue(self.is_sent())
        first = self.mail_of(smtp.mails[0])
        self.assertIn(self.kept()["id"], first["Message-ID"])
        self.assertIn(f"{self.truth.total['hostile']:,}", first.get_body(("plain",)).get_content())
        self.assertNotIn("user7@", first.as_string())
        for _ in range(2):  # starts that owe nothing
            self.end()
            self.start()
        self.end()
        self.owe()  # and one that does
        self.start()
        wait_for(lambda: self.said(">report_sent ") == 2, "the second report")
        self.assertEqual(len(smtp.mails), 2)
        self.assertNotEqual(self.mail_of(smtp.mails[1])["Message-ID"], first["Message-ID"])

    def test_the_first_start_owes_nothing(self):
        self.start()
        wait_for(self.is_sent, "the first state")
        self.assertEqual(self.said(">report_"), 0)

    def test_it_is_tried_again(self):
        smtp = Smtp("none", None)
        smtp.server.close()
        self.configure(smtp.port)
        self.owe()
        self.start()
        wait_for(lambda: self.said(">report_unsent ") == 1, "the failure")
        self.assertEqual(self.kept()["state"], "sending")
        identity = self.kept()["id"]
        there = Smtp("none", None)
        self.addCleanup(there.server.close)
        self.configure(there.port)
        self.daemon.send_signal(signal.SIGHUP)
        wait_for(self.is_sent, "the report")
        self.assertEqual([identity in self.mail_of(mail)["Message-ID"] for mail in there.mails], [True])

    def kill_amid(self, place):
        smtp = HoldingSmtp(place)
        self.addCleanup(smtp.server.close)
        self.addCleanup(smtp.released.set)
        self.configure(smtp.port)
        self.owe()
        self.start()
        wait_for(smtp.reached.is_set, f"the mail's {place}")
        self.assertEqual(self.kept()["state"], "sending")
        self.end(signal.SIGKILL)
        smtp.released.set()
        self.start()
        wait_for(self.is_sent, "the report")
        self.end()
        return [self.mail_of(mail)["Message-ID"] for mail in smtp.mails]

    def test_killed_before_the_mail_was_handed_over(self):
        self.assertEqual(len(self.kill_amid("DATA")), 1)

    def test_killed_before_the_server_said_that_it_has_it(self):
        identities = self.kill_amid("END")
        self.assertEqual((len(identities), len(set(identities))), (2, 1), "the same mail again, under the same id")

    def test_a_changed_password_is_known(self):
        self.start()
        subprocess.run([TIDEGATE, "password-changed", "USER7@example.org", "--socket", self.folder / "control.sock"], check=True,
                       capture_output=True, timeout=60)
        self.end()
        found = json.loads(self.report("--json", "--names").stdout)["takeovers"]
        self.assertEqual((found["count"], found["unchanged"]), (2, 1))
        self.assertEqual([each["changed"] for each in found["accounts"]], [True, False])

    def test_a_running_daemon_says_how_it_stands(self):
        self.start()
        found = json.loads(self.report("--json").stdout)
        self.assertEqual(found["standing"], {"watches_only": True, "servers": [], "queues_backed_up": [], "suspended_lists": []})
        self.end()
        self.assertIsNone(json.loads(self.report("--json").stdout)["standing"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
