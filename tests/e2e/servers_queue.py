#!/usr/bin/env python3
"""Real mail servers whose next hop takes no mail for a while: the daemon sees the queue back up, says so everywhere, and sees it
drain; no mail is lost.

usage: servers_queue.py TIDEGATE TREES [unittest options]

TREES is the folder of trees that scripts/e2e makes. Postfix's queue by `postqueue -j`, Exim's by `exim -bpr`. Exit status 77 where
it can't run.
"""

import email
import html
import json
import os
import pathlib
import socketserver
import subprocess
import sys
import threading
import unittest
import urllib.request

import lab
from lab import stage
from mailservers import Postfix

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
MAILS = 60
HOP = 2626
PAGE = 4085

CONF = lab.SERVE + """\
metrics = "127.0.0.1:9391"
[cases]
provider = "Example Mail"
zone = "UTC"
automatic = "all"
publish_after = "1s"
open_when_hurt = "1s"
[[queue]]
name = "relay"
program = "{program}"
command = {lister}
every = "1s"
late_after = "5s"
least = 10
[[queue]]
name = "other"
program = "{program}"
command = {lister}
every = "1s"
domains = ["example.com"]
late_after = "5s"
least = 1
[[status_service]]
name = "delivery"
label = "Delivery of mail"
watches = ["queue:relay"]
[status]
listen = "127.0.0.1:4085"
url = "http://127.0.0.1:4085/"
provider = "Example Mail"
zone = "UTC"
[alerts]
gather = "10s"
[[alert]]
kind = "command"
command = ["{work}/page"]
"""

POSTFIX_MAIN = """
inet_interfaces = 127.0.0.1, [::1]
relayhost = [127.0.0.1]:2626
default_transport = smtp
smtpd_tls_security_level = none
smtp_tls_security_level = none
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
transport_retry_time = 2s
smtp_host_lookup = native
"""
POSTFIX_SERVICES = """
2525 inet n - n - - smtpd
  -o mynetworks=127.0.0.0/8
  -o smtpd_relay_restrictions=permit_mynetworks,reject
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
"""


class Hop(socketserver.ThreadingTCPServer):
    """The next hop: greets with 451 as long as `is_open` is not set, and then writes down each message's Subject."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def __init__(self):
        super().__init__(("127.0.0.1", HOP), Talk)
        self.is_open = threading.Event()
        self.subjects = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        if not self.server.is_open.is_set():
            self.wfile.write(b"421 4.3.2 not now\r\n")
            return
        self.wfile.write(b"220 hop.example.org ESMTP\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.take()
                self.wfile.write(b"250 2.0.0 taken\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")

    def take(self):
        mail = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            mail += line
        self.server.subjects.append(email.message_from_bytes(mail)["Subject"])


class Relay(Postfix):
    def is_up(self):
        return stage.bound(2525)


def send(number):
    with lab.Wire("127.0.0.1", 2525) as wire:
        wire.reply()
        wire.ask("EHLO client.example.org")
        wire.ask("MAIL FROM:<a@example.net>")
        wire.ask(f"RCPT TO:<user{number}@{'example.net' if number % 6 == 0 else 'example.org'}>")
        wire.ask("DATA")
        return wire.ask(f"Subject: {number}\r\n\r\nwords\r\n.")[:3]


class QueueTest(unittest.TestCase):
    def setUp(self):
        self.work = lab.workplace()
        self.hop = Hop()
        self.addCleanup(self.hop.server_close)
        self.addCleanup(self.hop.shutdown)

    def begin(self, lister, program="postfix"):
        page = self.work / "page"
        page.write_text(f"#!/bin/sh\ncat >> {self.work}/alerts\necho >> {self.work}/alerts\n")
        page.chmod(0o755)
        conf = CONF.format(work=self.work, program=program, lister=json.dumps([str(each) for each in lister]))
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, conf, [PAGE, 9391])
        self.addCleanup(self.tidegate.end)
        self.tidegate.start()

    def queue(self, name="relay"):
        queues = json.loads(self.tidegate.ask("queues", "--json"))["queues"]
        return next(each for each in queues if each["name"] == name)

    def alerts(self, kind):
        file = self.work / "alerts"
        lines = file.read_text().splitlines() if file.exists() else []
        return [each for each in map(json.loads, filter(None, lines)) if each["kind"] == kind]

    def public(self):
        return json.loads(self.tidegate.ask("incident", "public", "--json"))

    @staticmethod
    def page():
        with urllib.request.urlopen(f"http://127.0.0.1:{PAGE}/", timeout=10) as answer:
            return html.unescape(answer.read().decode())

    def assert_backed_up(self):
        stage.wait_for(lambda: self.queue()["backed_up"], "a queue that is backed up", 60)
        queue = self.queue()
        self.assertEqual((queue["waiting"], queue["trouble"]), (MAILS, ""))
        self.assertGreaterEqual(queue["late"], 10)
        self.assertGreaterEqual(queue["oldest_seconds"], 5)
        self.assertEqual(queue["domains"], [{"domain": "example.org", "messages": 50}, {"domain": "example.net", "messages": 10}])
        self.assertIn("queue_backed_up queue=relay", self.tidegate.log())
        self.assertIn("backed up", self.tidegate.ask("queues"))
        other = self.queue("other")
        self.assertEqual((other["waiting"], other["backed_up"]), (0, False))
        self.assertEqual(self.tidegate.figure("tidegate_queue_backed_up", queue="relay"), 1)
        self.assertEqual(self.tidegate.figure("tidegate_queue_messages", queue="relay", state="waiting"), MAILS)
        stage.wait_for(lambda: self.alerts("queue"), "an alert", 60)
        raised = self.alerts("queue")[0]
        self.assertEqual((raised["severity"], raised["about"]), ("warning", "relay"))

    def assert_customers_know(self):
        """With nobody awake."""
        stage.wait_for(lambda: self.public()["incidents"], "a case", 120)
        self.assertEqual(self.public()["services"][0]["now"], "slow")
        case = self.public()["incidents"][0]
        self.assertEqual((case["id"], case["title"]), ("case-1", "Delivery of mail: mail is late"))
        text = case["updates"][-1]["text"]
        self.assertIn("Delivery of mail: mail is delivered late since", text)
        self.assertRegex(text, rf"Mail is queued \({MAILS} messages waiting\) and none is lost; the oldest has waited \d+ (seconds|minutes)\.")
        stage.wait_for(lambda: f"Mail is queued ({MAILS}" in self.page(), "the public page", 60)
        stage.wait_for(lambda: [each["about"] for each in self.alerts("incident")] == ["case-1"], "an alert", 60)

    def assert_well(self):
        self.hop.is_open.set()
        stage.wait_for(lambda: len(self.hop.subjects) >= MAILS, "all mail", 120)
        stage.wait_for(lambda: not self.queue()["backed_up"], "a queue that is well", 60)
        self.assertEqual(self.queue()["waiting"], 0)
        self.assertEqual(sorted(self.hop.subjects, key=int), [str(number) for number in range(MAILS)])
        self.assertIn("queue_well queue=relay", self.tidegate.log())
        stage.wait_for(lambda: any(each["stage"] == "over" for each in self.alerts("queue")), "the alert's end", 60)


class PostfixQueue(QueueTest):
    tree_name = "bookworm"

    def test_the_next_hop_takes_no_mail_for_a_while(self):
        tree = lab.Tree(TREES / self.tree_name, self.work)
        postfix = Relay(tree, self.work, POSTFIX_MAIN, POSTFIX_SERVICES)
        postfix.start()
        self.addCleanup(postfix.stop)
        self.begin(["chroot", tree.root, "postqueue", "-c", postfix.conf, "-j"])
        stage.wait_for(lambda: self.queue()["read"], "a first reading", 30)
        self.assertEqual(self.queue()["waiting"], 0)
        self.assertEqual(lab.in_parallel(send, range(MAILS)), ["250"] * MAILS)
        self.assert_backed_up()
        self.assert_customers_know()
        self.assert_well()

        # Nobody can say how a queue stands whose server is gone.
        postfix.stop()
        tree.run("mv", "/usr/sbin/postqueue", "/usr/sbin/postqueue.away")
        stage.wait_for(lambda: self.queue()["trouble"], "a queue that can't be read", 60)
        self.assertIn("queue_unread queue=relay", self.tidegate.log())
        self.assertEqual(self.tidegate.figure("tidegate_queue_readable", queue="relay"), 0)
        self.assertIn("can't be read, these figures are", self.tidegate.ask("queues"))
        tree.run("mv", "/usr/sbin/postqueue.away", "/usr/sbin/postqueue")
        stage.wait_for(lambda: "queue_read queue=relay" in self.tidegate.log(), "a queue that can be read", 60)


EXIM = """
primary_hostname = mx1.example.org
spool_directory = {work}/exim-spool
log_file_path = {work}/exim-%slog
local_interfaces = 127.0.0.1
daemon_smtp_ports = 2525
domainlist local_domains =
host_lookup =
tls_advertise_hosts =
acl_smtp_rcpt = accept
queue_list_requires_admin = false
keep_environment =
smtp_accept_queue_per_connection = 0
smtp_accept_max = 200

begin routers
hop:
  driver = manualroute
  route_list = * 127.0.0.1::2626
  self = send
  transport = hop

begin transports
hop:
  driver = smtp

begin retry
* * F,5d,1s
"""


class EximQueue(QueueTest):
    def test_its_list_is_read(self):
        """Minutes are the least that it says: nothing is late yet."""
        tree = lab.Tree(TREES / "bookworm-exim", self.work)
        self.work.chmod(0o777)
        (self.work / "exim-spool").mkdir()
        (tree.root / "etc/exim4/exim4.conf").write_text(EXIM.format(work=self.work))
        tree.run("chown", "Debian-exim:", str(self.work / "exim-spool"))
        with open(self.work / "exim.out", "w") as said:
            exim = subprocess.Popen(["chroot", tree.root, "exim4", "-bdf"], stdout=said, stderr=said)
        self.addCleanup(exim.wait)
        self.addCleanup(exim.terminate)
        stage.wait_for(lambda: stage.bound(2525), "exim")
        self.begin(["chroot", tree.root, "exim4", "-bpr"], "exim")
        self.assertEqual(lab.in_parallel(send, range(MAILS)), ["250"] * MAILS)
        stage.wait_for(lambda: self.queue()["waiting"] == MAILS, "all that waits", 60)
        queue = self.queue()
        self.assertEqual((queue["trouble"], queue["deferred"], queue["held"]), ("", MAILS, 0))
        self.assertEqual(queue["domains"], [{"domain": "example.org", "messages": 50}, {"domain": "example.net", "messages": 10}])
        self.assertGreater(queue["bytes"], MAILS * 100)
        frozen = tree.run("exim4", "-bpr").split()[2]
        tree.run("exim4", "-Mf", frozen)
        stage.wait_for(lambda: self.queue()["held"] == 1, "what is frozen", 60)
        self.assertEqual(self.queue()["waiting"], MAILS - 1)


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, "bookworm", "bookworm-exim")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
