#!/usr/bin/env python3
"""A case as an operator finds it in the morning: an attack comes, nobody is awake, and the public page says so soon;
he edits, the daemon is killed, he closes, and publishes what he wrote afterwards.

usage: case_test.py TIDEGATE [unittest options]

In namespaces of its own (root); exit status 77 where that can't be.
"""

import html
import json
import os
import signal
import sys
import time
import unittest
import urllib.error
import urllib.request

import lab
import together
from incident_test import DOOR, Attack, quiet_days
from lab import stage

TIDEGATE = os.path.realpath(sys.argv[1])
PUBLISHED = 10  # seconds after it was suggested; an operator here holds it back within a second or two

CONF = lab.SERVE + """\
[cases]
publish_after = "{published}s"
provider = "Example Mail"
zone = "UTC"
contacts = ["support@example.org"]
update_every = "1h"
watch_for = "0s"
checks = ["log-ins are as usual"]
[[status_service]]
name = "imap"
label = "IMAP"
watches = ["imap"]
[[partner]]
name = "blue"
label = "Blue Hosting"
[[case_report]]
name = "early warning"
within = "24h"
[[door]]
kind = "api"
listen = "127.0.0.1:4083"
[status]
listen = "127.0.0.1:4085"
url = "http://127.0.0.1:4085/"
provider = "Example Mail"
zone = "UTC"
[[follow]]
file = "{work}/mail.log"
"""
PAGE = 4085


class Case(unittest.TestCase):
    def setUp(self):
        self.work = lab.workplace()
        quiet_days(self.work / "mail.log")
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, CONF.format(work=self.work, published=PUBLISHED), [DOOR, PAGE])
        self.attack = Attack()

    def tearDown(self):
        self.attack.over.set()
        if self.attack.ident:
            self.attack.join()
        self.tidegate.end()

    def incident(self, *words, status=0):
        return self.tidegate.ask("incident", *words, status=status)

    def public(self, *words):
        return json.loads(self.incident("public", "--json", *words))

    @staticmethod
    def page():
        """As any reader sees it; empty as long as none was made yet."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PAGE}/", timeout=10) as answer:
                return html.unescape(answer.read().decode())
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return ""
            raise

    def texts(self):
        return [each["text"] for each in self.public()["incidents"][0]["updates"]]

    def killed(self):
        self.tidegate.stop(signal.SIGKILL)
        self.tidegate.start()

    def said_by_itself(self):
        """Its id, once the public record has it; how long after the attack and after the incident that was."""
        began = time.time()
        self.attack.start()
        stage.wait_for(lambda: json.loads(self.incident("list", "--json"))["incidents"], "an incident", 180)
        opened = time.time()
        stage.wait_for(lambda: self.public()["incidents"], "the public record", 120)
        case = self.public()["incidents"][0]
        self.assertEqual(len(case["updates"]), 1)
        stage.wait_for(lambda: case["updates"][0]["text"].splitlines()[0] in self.page(), "the public page", 60)
        said = time.time()
        print(f"the page says so {said - opened:.1f} s after the incident, {said - began:.1f} s after the attack began",
              file=sys.stderr)
        self.assertLess(said - opened, PUBLISHED + 30)
        return case["id"]

    def test_a_night_and_a_morning(self):
        self.tidegate.start()
        self.assertEqual(self.incident("cases"), "no case is known\n")
        self.assertEqual(self.public()["incidents"], [])
        stage.wait_for(self.page, "the public page", 30)
        quiet = self.page()
        name = self.said_by_itself()
        self.assertNotIn(f"/incident/{name}.html", quiet)
        first = self.texts()
        self.assertEqual(len(first), 1)
        self.assertRegex(first[0], "^Since ")
        self.assertIn(f"case_published id={name} author=Tidegate", self.tidegate.log())
        self.assertEqual(self.public("--partner", "blue")["provider"], "Blue Hosting")

        # Killed: nothing is said twice, and nothing is forgotten.
        before = self.public()["incidents"]
        self.killed()
        self.assertEqual(self.public()["incidents"], before)
        stage.wait_for(lambda: before[0]["title"] in self.page(), "the page after a kill", 30)

        # He is awake: edits, holds, promises; what was answered is on the disk.
        self.incident("update", name, "We see it: info@example.org and others. Write to support@example.org, from 192.0.2.7 too.",
                      "--state", "mending", "--meanwhile", "Use webmail.", "--author", "ada")
        self.assertEqual(self.texts(), first)
        self.incident("hold", name, "--author", "ada")
        self.incident("approve", name, "--next", "2h", "--author", "ada")
        self.incident("promise", name, "--reports", "--author", "ada")
        self.incident("support", name, "12", "--mean", "60", "--longest", "300")
        self.incident("approve", name, status=2)  # nothing waits any more
        self.killed()
        page = self.public()["incidents"][0]
        self.assertEqual(len(page["updates"]), 2)
        self.assertRegex(page["updates"][1]["text"], r"^We see it: (\(an account\)|account \w+) and others\. Write to "
                                                     r"support@example\.org, from \(an address\) too\.$")
        self.assertEqual((page["state"], page["meanwhile"]), ("mending", ["Use webmail."]))
        shown = json.loads(self.incident("case", name, "--json"))
        self.assertEqual([each["calls"] for each in shown["support"]], [12])
        self.assertEqual([each["name"] for each in shown["reports"]], ["early warning"])
        self.assertIn("seen", {each["kind"] for each in shown["timeline"]})

        # The end, with a check to be ticked off first.
        self.attack.over.set()
        self.attack.join()
        self.incident("close", name, "--author", "ada")
        stage.wait_for(lambda: self.public()["incidents"][0]["state"] == "watching", "the watch", 90)
        self.incident("approve", name, "--text", "It is over.", "--state", "over", status=2)
        self.incident("check", name, "1", "--author", "ada")
        stage.wait_for(lambda: self.public()["incidents"][0]["state"] == "over", "the end", 60)
        self.assertIn("It is over. It lasted from ", self.texts()[-1])

        # Afterwards.
        report = self.work / "report.md"
        self.incident("postmortem", "draft", name, report)
        text = report.read_text()
        self.assertIn("12 calls", text)
        self.incident("postmortem", "write", name, report)
        self.incident("postmortem", "publish", name, status=2)  # parts are to be written
        report.write_text(text.replace("(to be written)", "Guesses at info@example.org."))
        self.incident("postmortem", "write", name, report)
        self.incident("postmortem", "publish", name)
        said = self.texts()
        self.killed()
        page = self.public()["incidents"][0]
        self.assertIn("Guesses at", page["post_mortem"])
        self.assertNotIn("info@example.org", json.dumps(page))
        self.assertEqual(self.texts(), said)

    def test_work_and_a_case_by_hand(self):
        self.tidegate.start()
        answer = self.tidegate.ask("work", "announce", "New disks", "--from", "1h", "--until", "2h", "--service", "imap")
        self.assertIn("work-1", answer)
        self.tidegate.ask("work", "begin", "work-1")
        self.tidegate.ask("work", "begin", "work-1", status=2)
        self.killed()
        self.assertTrue(self.public()["work"][0]["under_way"])
        stage.wait_for(lambda: self.public()["services"][0]["now"] == "maintenance", "the service", 30)
        self.tidegate.ask("work", "done", "work-1")
        self.assertIn("done", self.tidegate.ask("work", "list"))
        self.assertIn("case-2", self.incident("open", "A line of our supplier's is cut", "--cause", "outside"))
        self.assertEqual(self.public()["incidents"], [])
        self.incident("update", "case-2", "Mended by 15:00, says eve@example.org.", "--source", "https://status.example.net/",
                      "--publish")
        self.assertEqual(self.public()["incidents"][0]["updates"][0]["source"], "https://status.example.net/")
        self.incident("update", "case-2", "eve tells us more", "--publish")
        self.tidegate.ask("forget", "eve")
        stage.wait_for(lambda: "eve" not in (self.work / "tidegate/cases").read_text(), "forgetting", 30)
        self.incident("case", "case-9", status=2)


QUEUE = lab.SERVE + """\
[cases]
publish_after = "1s"
open_when_hurt = "5s"
provider = "Example Mail"
zone = "UTC"
[[queue]]
name = "relay"
command = ["cat", "{work}/queue"]
every = "1s"
late_after = "5s"
[[status_service]]
name = "delivery"
label = "Delivery of mail"
watches = ["queue:relay"]
[[alert]]
kind = "command"
command = ["{work}/page"]
"""


class NoAlarm(unittest.TestCase):
    """Customers are hurt by what raises no alarm: nobody is awake, and they are told all the same."""

    def setUp(self):
        self.work = lab.workplace()
        page = self.work / "page"
        page.write_text(f"#!/bin/sh\ncat >> {self.work}/alerts\necho >> {self.work}/alerts\n")
        page.chmod(0o755)
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, QUEUE.format(work=self.work), [])
        self.addCleanup(self.tidegate.end)

    def put_in_queue(self, mails):
        """As `postqueue -j` lists them; they have just come."""
        mail = {"queue_name": "deferred", "arrival_time": int(time.time()), "message_size": 1000, "forced_expire": False,
                "sender": "a@example.net", "recipients": [{"address": "b@example.org", "delay_reason": "no"}]}
        fresh = self.work / "queue.new"
        fresh.write_text("".join(json.dumps(mail | {"queue_id": f"{number:X}"}) + "\n" for number in range(mails)))
        fresh.rename(self.work / "queue")

    def incidents(self):
        return json.loads(self.tidegate.ask("incident", "public", "--json"))["incidents"]

    def alerts(self):
        file = self.work / "alerts"
        return [json.loads(line) for line in file.read_text().splitlines() if line] if file.exists() else []

    def test_a_queue_that_backs_up(self):
        self.put_in_queue(3)
        self.tidegate.start()
        queues = lambda: json.loads(self.tidegate.ask("queues", "--json"))["queues"]
        stage.wait_for(lambda: queues() and queues()[0]["read"], "a first reading", 30)
        self.put_in_queue(70)
        stage.wait_for(self.incidents, "the public record", 120)
        case = self.incidents()[0]
        self.assertEqual(case["title"], "Delivery of mail: mail is late")
        self.assertRegex(case["updates"][0]["text"], r"Delivery of mail: mail is delivered late since \d\d:\d\d\. "
                                                     r"Mail is queued \(70 messages waiting\) and none is lost; the oldest has waited \d+ seconds")
        self.assertIn("case_opened id=case-1 author=Tidegate", self.tidegate.log())
        stage.wait_for(lambda: any(each["about"] == "case-1" for each in self.alerts()), "an alert", 60)
        raised = next(each for each in self.alerts() if each["about"] == "case-1")
        self.assertEqual((raised["kind"], raised["severity"]), ("incident", "critical"))
        self.assertIn("tidegate incident case case-1", raised["todo"])
        self.tidegate.stop(signal.SIGKILL)
        self.tidegate.start()
        stage.wait_for(lambda: queues() and queues()[0]["backed_up"], "its reading after the kill", 60)
        self.assertEqual([each["id"] for each in self.incidents()], ["case-1"])
        self.assertNotEqual(self.incidents()[0]["state"], "over")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        together.each_alone(__file__, TIDEGATE)
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
