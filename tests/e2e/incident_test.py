#!/usr/bin/env python3
"""An incident as an operator works with it: it opens by itself, he writes, the daemon is killed, his words are there, he closes it.

usage: incident_test.py TIDEGATE [unittest options]

The daemon learns two quiet days from a log, then a small attack of failures from ever new addresses comes over a door. In namespaces of
its own (root); exit status 77 where that can't be.
"""

import http.client
import itertools
import json
import os
import re
import signal
import socket
import sys
import threading
import time
import unittest

import lab
from lab import stage

TIDEGATE = os.path.realpath(sys.argv[1])
DOCS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../docs")
DOOR = 4083
DAYS, EVERY = 2, 30  # of the quiet time: a log-in each so many seconds

CONF = lab.SERVE + """\
[[door]]
kind = "api"
listen = "127.0.0.1:4083"
[[follow]]
file = "{work}/mail.log"
"""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Attack(threading.Thread):
    """Wrong passwords from a new address each time, as a door reports them, until it is told to end. It has a pace: what came is read
    again after each crash."""

    def __init__(self):
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.said = 0

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", DOOR, timeout=30)
        for number in itertools.count(1):
            if self.over.wait(0.01):
                break
            body = {"account": "info@example.org", "outcome": "failure", "reason": "bad_password", "service": "imap",
                    "address": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
            try:
                connection.request("POST", "/v1/report", json.dumps(body), {"Content-Type": "application/json"})
                connection.getresponse().read()
                self.said += 1
            except (OSError, http.client.HTTPException):  # the daemon is killed meanwhile
                connection.close()
                self.over.wait(0.05)
        connection.close()


def quiet_days(log):
    now = int(time.time())
    with open(log, "w") as file:
        for number, moment in enumerate(range(now - DAYS * 86400, now - 60, EVERY)):
            customer = number % 50
            file.write(time.strftime("%Y-%m-%d %H:%M:%S ", time.localtime(moment)) +
                       f"imap-login: Info: Login: user=<user{customer}@example.org>, method=PLAIN, "
                       f"rip=198.51.100.{customer + 1}, lip=127.0.0.1, mpid={number}, session=<s{number}>\n")


class Incident(unittest.TestCase):
    def setUp(self):
        self.work = lab.workplace()
        quiet_days(self.work / "mail.log")
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, CONF.format(work=self.work), [DOOR])
        self.attack = Attack()

    def tearDown(self):
        self.attack.over.set()
        if self.attack.ident:
            self.attack.join()
        self.tidegate.end()

    def incident(self, *words):
        return self.tidegate.ask("incident", *words)

    def incidents(self):
        return json.loads(self.incident("list", "--json"))["incidents"]

    def show(self, name):
        return json.loads(self.incident("show", name, "--json"))

    def one_that_opens(self):
        self.attack.start()
        stage.wait_for(self.incidents, "an incident", 180)
        self.assertEqual(len(self.incidents()), 1)
        return self.incidents()[0]["id"]

    def said(self, name):
        return [(each["who"], each["text"]) for each in self.show(name)["timeline"] if each["kind"] == "said"]

    def test_a_night_with_a_crash(self):
        self.tidegate.start()
        self.assertIn("imported", self.tidegate.log())
        self.assertEqual(self.incident("list"), "no incident is known\n")
        name = self.one_that_opens()
        stage.wait_for(lambda: f"incident_opened id={name}" in self.tidegate.log(), "the log's line")
        # Now and not at the next fifth minute: the journal alone would not bring every incident back.
        stage.wait_for(lambda: "checkpoint_saved" in self.tidegate.log().split(f"incident_opened id={name}")[1], "its checkpoint", 60)
        self.assertIn(name, json.dumps(self.tidegate.top()["incidents"]))
        self.incident("say", name, "We see it too; <b>nothing</b> reaches the store.", "--author", "ada")
        before = self.show(name)
        self.assertEqual(before["state"], "open")

        # Killed at once: what was answered is on the disk.
        self.incident("say", name, "Going to restart it.", "--author", "eve")
        self.tidegate.stop(signal.SIGKILL)
        self.tidegate.start()
        self.assertIn("cut_off", self.tidegate.log())
        words = [("ada", "We see it too; <b>nothing</b> reaches the store."), ("eve", "Going to restart it.")]
        self.assertEqual(self.said(name), words)
        after = self.show(name)
        self.assertEqual((after["id"], after["state"], after["opened"]), (before["id"], "open", before["opened"]))
        self.assertGreaterEqual(after["counts"]["hostile"], before["counts"]["hostile"])
        self.assertEqual([each["node"] for each in after["restarts"]], ["Tidegate"])
        self.assertIsNotNone(after["restarts"][0]["up"])

        # Its alarms last longer than the attack: closed it stays closed, also over the next crash.
        self.attack.over.set()
        self.attack.join()
        self.assertIn("closed", self.incident("close", name, "--reason", "A test of ours.", "--author", "ada"))
        self.tidegate.ask("incident", "close", name, status=2)
        self.tidegate.stop(signal.SIGKILL)
        self.tidegate.start()
        self.assertEqual([(each["id"], each["state"]) for each in self.incidents()], [(name, "closed")])
        self.assertEqual(self.said(name), words + [("ada", "A test of ours.")])
        self.incident("say", name, "Afterwards: it was the load test.", "--author", "ada")

        record = self.work / "record.md"
        self.incident("export", name, record)
        text = record.read_text()
        for each in ["Incident " + name + ", closed", "Going to restart it.", "closed the incident", "Tidegate went away",
                     "Afterwards: it was the load test."]:
            self.assertIn(each, text)
        self.assertNotIn("<b>", text)  # what people wrote is no markup
        self.assertNotIn("info@example.org", text)
        deeds = json.loads(self.tidegate.ask("deeds", "--json"))["deeds"]
        self.assertEqual([(each["action"], each["subject"], each["author"]) for each in deeds], [("close", name, "ada")])

    def ask(self, method, path, body=None):
        connection = UnixConnection(self.work / "control.sock")
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def test_each_documented_call_is_answered_as_documented(self):
        """With nothing in the request but its path: what the file says of statuses must have the one that comes."""
        self.tidegate.start()
        with open(os.path.join(DOCS, "control-openapi.yaml")) as file:
            paths = re.search(r"^paths:\n(.*?)^components:", file.read(), re.S | re.M)[1]
        asked = 0
        for path, rest in re.findall(r"^  (/\S+):\n((?:    .*\n)+)", paths, re.M):
            for method, call in re.findall(r"^    (get|post|put|delete):\n((?:      .*\n)+)", rest, re.M):
                documented = re.findall(r'^        "(\d+)":', call, re.M)
                status, text = self.ask(method.upper(), path.replace("{id}", "2001-01-01-1"),
                                        "{}" if method == "post" else None)
                self.assertNotIn("there is no " + method.upper(), text, path)
                self.assertIn(str(status), documented, f"{method} {path}: {text}")
                json.loads(text)
                asked += 1
        self.assertGreaterEqual(asked, 20)
        self.assertEqual(self.ask("GET", "/v1/nothing")[0], 404)


if __name__ == "__main__":
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
