#!/usr/bin/env python3
"""Alerts by mail through a real Postfix: with STARTTLS and with TLS from the start, its own words, whom it refuses, and what lies in
the mailbox.

usage: servers_alert.py TIDEGATE TREES [unittest options]

TREES is the folder of trees that scripts/e2e makes. Exit status 77 where it can't run.
"""

import email
import email.policy
import json
import os
import pathlib
import socket
import subprocess
import sys
import unittest

import lab
from lab import stage
from mailservers import Postfix
from receivers import certificate

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
STARTTLS, IMPLICIT = 2525, 4650
NOBODY = 65534

POSTFIX_MAIN = """
inet_interfaces = 127.0.0.1
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_delay_reject = yes
virtual_mailbox_domains = example.org
virtual_mailbox_base = {work}/boxes
virtual_mailbox_maps = inline:{{ops@example.org=ops/}}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""
POSTFIX_SERVICES = """
2525 inet n - n - - smtpd
4650 inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
tlsmgr unix - - n 1000? 1 tlsmgr
virtual unix - n n - - virtual
"""
ALERT = """
[[alert]]
kind = "mail"
host = "127.0.0.1"
port = {port}
tls = "{tls}"
ca_file = "{ca}"
from = "tidegate@example.org"
to = {to}
"""


class Mailbox(Postfix):
    def is_up(self):
        return stage.bound(STARTTLS) and stage.bound(IMPLICIT)


class AlertMail(unittest.TestCase):
    def setUp(self):
        self.work = lab.workplace()
        self.work.chmod(0o755)
        (self.work / "boxes").mkdir()
        os.chown(self.work / "boxes", NOBODY, NOBODY)
        key, self.cert = certificate(self.work, "mx", "IP:127.0.0.1")
        _, self.other = certificate(self.work, "other", "IP:127.0.0.1")
        more = POSTFIX_MAIN.format(work=self.work, key=key, cert=self.cert)
        postfix = Mailbox(lab.Tree(TREES / "bookworm", self.work), self.work, more, POSTFIX_SERVICES)
        postfix.start()
        self.addCleanup(postfix.stop)

    def mails(self):
        return [email.message_from_bytes(each.read_bytes(), policy=email.policy.default)
                for each in (self.work / "boxes").glob("ops/new/*")]

    def alert(self, *ways):
        """A test by each of the ways: port, how TLS begins, whose certificate is trusted, and to whom."""
        text = "".join(ALERT.format(port=port, tls=tls, ca=ca, to=json.dumps(to)) for port, tls, ca, to in ways)
        (self.work / "alert.toml").write_text(text)
        return subprocess.run([TIDEGATE, "alert", "test", "--config", self.work / "alert.toml"], capture_output=True, text=True,
                              check=False, timeout=120)

    def test_it_lies_in_the_mailbox(self):
        done = self.alert((STARTTLS, "starttls", self.cert, ["ops@example.org"]), (IMPLICIT, "implicit", self.cert, ["ops@example.org"]))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(len(done.stdout.splitlines()), 2, done.stdout)
        for line in done.stdout.splitlines():
            self.assertRegex(line, r": sent: 250 2\.0\.0 Ok: queued as \w+$")
        stage.wait_for(lambda: len(self.mails()) == 2, "both mails", 60)
        for mail in self.mails():
            self.assertEqual(mail.defects, [])
            self.assertEqual(mail["Subject"], f"[tidegate {socket.gethostname()}] notice: a test")
            self.assertEqual(mail["Auto-Submitted"], "auto-generated")
            self.assertIn("Somebody ran `tidegate alert --test`.", mail.get_content())
            self.assertRegex(mail["Received"], "with ESMTPS ")

    def test_who_is_not_there_is_named(self):
        done = self.alert((STARTTLS, "starttls", self.cert, ["nobody@example.org"]),
                          (STARTTLS, "starttls", self.cert, ["nobody@example.org", "ops@example.org"]),
                          (STARTTLS, "starttls", self.cert, ["ada@example.net"]))
        self.assertEqual(done.returncode, 1, done.stderr)
        nobody, one_of_two, elsewhere = done.stdout.splitlines()
        self.assertRegex(nobody, "FAILED: .*550 5.1.1 <nobody@example.org>.*User unknown")
        self.assertRegex(one_of_two, "sent: 250 .*; but refused: 550 5.1.1 <nobody@example.org>")
        self.assertRegex(elsewhere, "FAILED: .*454 4.7.1 <ada@example.net>: Relay access denied|FAILED: .*554 5.7.1 <ada@example.net>")
        stage.wait_for(lambda: len(self.mails()) == 1, "the one mail", 60)

    def test_a_server_that_is_another_gets_nothing(self):
        done = self.alert((STARTTLS, "starttls", self.other, ["ops@example.org"]), (IMPLICIT, "implicit", self.other, ["ops@example.org"]),
                          (STARTTLS, "none", self.cert, ["ops@example.org"]))
        self.assertEqual(done.returncode, 1, done.stderr)
        first, second, third = done.stdout.splitlines()
        for line in (first, second):
            self.assertRegex(line, "FAILED: .*ertificate")
        self.assertRegex(third, "FAILED: .*530 5.7.0 Must issue a STARTTLS command first")
        self.assertEqual(self.mails(), [])


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, "bookworm")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
