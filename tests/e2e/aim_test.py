#!/usr/bin/env python3
"""A flood of port 25 that aims at one domain: the record of the incident names it, and so does the log.

usage: aim_test.py TIDEGATE [unittest options]

The daemon learns half a quiet day of connections from a Postfix's log, then takes the usual mail of several domains at its edge, before a
server that knows who has a mailbox; then many addresses ask for mailboxes of one domain that are not there. In namespaces of its own
(root); exit status 77 where that can't be.
"""

import datetime
import itertools
import json
import os
import socketserver
import sys
import threading
import time
import unittest

import lab
from lab import Wire, stage

TIDEGATE = os.path.realpath(sys.argv[1])
MX, PORT = 2526, 2525
HOURS, A_SECOND = 12, 6  # of the quiet time: so many connections
USUAL = 420  # visits, of which two thirds come to nothing: what is usual of mail is known from 200 on, and the last ten seconds may be the flood's
DOMAINS = ["example.org", "example.com", "shop.example.net", "town.example.net"]
TARGET = "town.example.net"

CONF = lab.SERVE + f"""\
[[follow]]
file = "{{work}}/mail.log"
[[edge]]
name = "mx"
protocol = "smtp"
listen = ["127.0.0.1:{PORT}"]
tls = "none"
host = "mx.example.org"
servers = ["mx"]
greeting_delay = 0
[[server]]
name = "mx"
protocol = "smtp"
address = "127.0.0.1:{MX}"
forward = "nothing"
tls = "none"
"""


class Server(socketserver.StreamRequestHandler):
    """Takes mail for whoever is called user, and for nobody else."""

    def handle(self):
        self.say("220 mx ESMTP")
        for line in self.rfile:
            command = line.decode("latin-1").strip().upper()
            if command.startswith("DATA"):
                self.say("354 Go on")
                for text in self.rfile:
                    if text == b".\r\n":
                        break
                self.say("250 2.0.0 Queued")
            elif command.startswith("RCPT") and "<USER@" not in command:
                self.say("550 5.1.1 User unknown")
            elif command.startswith("QUIT"):
                return self.say("221 Bye")
            else:
                self.say("250 Ok")
        return None

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Servers(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def quiet_days(log):
    now = int(time.time())
    with open(log, "w") as file:
        for number, moment in enumerate(moment for moment in range(now - HOURS * 3600, now - 60) for _ in range(A_SECOND)):
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(moment))
            file.write(f"{stamp} mx postfix/smtpd[{number}]: connect from mail.example.net[198.51.100.{number % 200 + 1}]\n")


def look(source):
    """Somebody who writes to nobody."""
    with Wire(source, PORT) as to:
        to.reply()
        to.ask("EHLO mail.example.net")
        to.ask("QUIT")


def visit(source, user, domain):
    """What became of the recipient; empty where somebody hung up before."""
    with Wire(source, PORT) as to:
        to.reply()
        for text in ["EHLO mail.example.net", "MAIL FROM:<>"]:
            if not to.ask(text).startswith("250"):
                return ""
        said = to.ask(f"RCPT TO:<{user}@{domain}>")
        if said.startswith("250") and to.ask("DATA").startswith("354"):
            said = to.ask("Subject: x\r\n\r\nx\r\n.")
        to.ask("QUIT")
        return said


class Flood(threading.Thread):
    """Each from an address of its own, until it is told to end."""

    numbers = itertools.count(1)

    def __init__(self):
        super().__init__(daemon=True)
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            number = next(self.numbers)
            try:
                visit(f"10.{number >> 8 & 255}.{number & 255}.9", f"nobody{number}", TARGET)
            except OSError:
                continue


class Aim(unittest.TestCase):
    def setUp(self):
        self.work = lab.workplace()
        quiet_days(self.work / "mail.log")
        self.server = Servers(("127.0.0.1", MX), Server)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, CONF.format(work=self.work), [PORT])
        self.floods = [Flood() for _ in range(6)]

    def tearDown(self):
        for flood in self.floods:
            flood.over.set()
        for flood in self.floods:
            if flood.ident:
                flood.join()
        self.tidegate.end()
        self.server.shutdown()
        self.server.server_close()

    def incidents(self):
        return json.loads(self.tidegate.ask("incident", "list", "--json"))["incidents"]

    def targets(self):
        return [each for incident in self.incidents()
                for each in json.loads(self.tidegate.ask("incident", "show", incident["id"], "--json"))["targets"]]

    def moment(self):
        return datetime.datetime.fromisoformat(self.tidegate.top()["time"][:19])

    def usual_mail(self):
        """As many in each ten seconds as there always are: they must not be an incident themselves."""
        for number in range(USUAL):
            if number % (10 * A_SECOND) == 0:
                due = self.moment() + datetime.timedelta(seconds=10)
                stage.wait_for(lambda due=due: self.moment() >= due, "the next ten seconds", 60)
            source, domain = f"198.51.100.{number % 250 + 1}", DOMAINS[number % len(DOMAINS)]
            if number % 3 == 0:
                look(source)
            elif number % 3 == 1:
                self.assertRegex(visit(source, f"none{number}", domain), "^550")
            else:
                self.assertRegex(visit(source, "user", domain), "^250")
        self.assertEqual(self.incidents(), [])

    def test_the_domain_is_named(self):
        self.tidegate.start()
        self.assertIn("imported", self.tidegate.log())
        self.usual_mail()
        for flood in self.floods:
            flood.start()
        stage.wait_for(self.targets, "a target", 180)
        self.assertEqual([(each["kind"], each["name"], each["service"]) for each in self.targets()], [("domain", TARGET, "smtp")])
        target = self.targets()[0]
        self.assertGreater(target["share"], 0.5)
        self.assertLess(target["normal_share"], 0.4)
        self.assertGreater(target["confidence"], 0.95)
        stage.wait_for(lambda: "incident_target" in self.tidegate.log(), "the log's line", 90)
        name = self.incidents()[0]["id"]
        self.assertIn(f"aimed at          domain {TARGET}, ", self.tidegate.ask("incident", "show", name))
        self.assertIn(f"the domain `{TARGET}`", self.tidegate.ask("incident", "show", name, "--markdown"))
        self.is_moved_for_a_while(name)

    def is_moved_for_a_while(self, incident):
        """The record says both what was ordered and that its time is over."""
        end = f"{self.moment() + datetime.timedelta(seconds=5):%Y-%m-%dT%H:%M:%SZ}"
        self.tidegate.ask("listeners", "move", TARGET, "mx", "--reason", "flood", "--force", "--for", end, "--author", "eve")

        def done():
            record = json.loads(self.tidegate.ask("incident", "show", incident, "--json"))
            return [(each["who"], each["text"]) for each in record["actions"] if TARGET in each["text"]]

        stage.wait_for(lambda: len(done()) == 2, "the end of the move", 60)
        self.assertEqual(done(), [("eve", f"moved {TARGET} to mx until {end}: flood"),
                                  ("Tidegate", f"mail for {TARGET} is no longer taken at mx alone: its time is over")])


if __name__ == "__main__":
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
