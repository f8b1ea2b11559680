#!/usr/bin/env python3
"""Block lists over DNS, bans in the kernel and alerts, before real Dovecot and Postfix.

usage: servers_lists.py TIDEGATE TREES [unittest options]

TREES is the folder of trees that scripts/e2e makes. Debian's rbldnsd serves the list; nftables is the kernel's, in a namespace
of the test's own. A guessing run from 20,000 addresses (with SHORT in the environment 1,200), half of them listed, is stopped before the
password database and then dropped in the kernel; customers get in, one of them listed. A second list is served by a name server of the test's own that
can be slow, silent, refuse or lie. Exit status 77 where it can't run.
"""

import contextlib
import json
import os
import pathlib
import random
import re
import signal
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
import unittest

import lab
from lab import CUSTOMERS, account, home, imap_log_in, in_parallel, password, stage, submit
from mailservers import Dovecot, Postfix

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
GUESSERS = 1200 if "SHORT" in os.environ else 20_000
TRIES = 4
AT_ONCE = 48 if "SHORT" in os.environ else 128
LISTED_CUSTOMER = 4

TIDEGATE_CONF = lab.SERVE + """\
metrics = "127.0.0.1:9391"
[dns]
servers = ["127.0.0.1:5300"]
budget = 300
[[dnsbl]]
kind = "local"
name = "bots"
zone = "bots.example.org"
[[dnsbl]]
kind = "local"
name = "moody"
zone = "moody.example.org"
[firewall]
mode = "on"
[[alert]]
kind = "command"
command = ["/bin/sh", "-c", "cat >> {work}/alerts; echo >> {work}/alerts"]
""" + lab.DOVECOT_AND_POSTFIX

# Listed are 10.0.0.0/9, that is half of all guessers, and one customer's home.
ZONE = """$SOA 60 ns.example.org hostmaster.example.org 1 600 300 86400 60
$NS 60 ns.example.org
:127.0.0.2:listed
10.0.0.0/9
{customer}
127.0.0.2
"""


class Moody(socketserver.BaseRequestHandler):
    """A name server with a mood, for the zone moody.example.org; asks rbldnsd for the other."""

    mood = "well"
    asked = 0

    def handle(self):
        packet, wire = self.request
        name, end = self.name_in(packet)
        if name.endswith("bots.example.org"):
            return wire.sendto(self.ask_rbldnsd(packet), self.client_address)
        Moody.asked += 1
        if self.mood == "silent":
            return None
        if self.mood == "slow":
            threading.Event().wait(0.02)
        records, code = [], 3
        if self.mood == "refuses":
            code = 5
        elif self.mood == "lies":
            records, code = ["127.255.255.254"], 0
        elif name.startswith("2.0.0.127.") or name.startswith("2.0.0.0.0.0.f.7."):
            records, code = ["127.0.0.2"], 0
        return wire.sendto(self.reply(packet, end, records, code), self.client_address)

    @staticmethod
    def name_in(packet):
        labels, at = [], 12
        while packet[at]:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii", "replace"))
            at += 1 + packet[at]
        return ".".join(labels).lower(), at + 5

    @staticmethod
    def ask_rbldnsd(packet):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.settimeout(2)
            wire.sendto(packet, ("127.0.0.1", 5301))
            with contextlib.suppress(OSError):
                return wire.recv(4096)
        return packet[:2] + b"\x80\x02" + packet[4:]  # SERVFAIL

    @staticmethod
    def reply(packet, end, records, code):
        head = packet[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        answers = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(each) for each in records)
        return head + packet[12:end] + answers


def nft(*words):
    return subprocess.run(["nft", *words], capture_output=True, text=True, check=False).stdout


def hosts_in_kernel():
    return nft("list", "set", "inet", "tidegate", "hosts")


def guesser(number):
    dice = random.Random(number)
    half = 0 if number % 2 else 128
    return f"10.{half + dice.randrange(128)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"


def guess(number):
    """Tries of one address, one after the other, until nothing of it comes in: the server's words, or "dropped"."""
    dice, said = random.Random(-number), []
    for _ in range(TRIES):
        name = account(dice.randrange(CUSTOMERS)) if dice.random() < 0.3 else f"info{dice.randrange(10_000)}@example.org"
        try:
            said.append(submit(guesser(number), name, dice.choice(["summer2026", "123456", "letmein"])))
        except OSError:
            said.append("dropped")
            break
    return said


def customer_logs_in(customer):
    return submit(home(customer), account(customer), password(customer))[:3]


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Whoever is dropped need not be waited for.
        real = socket.create_connection
        lab.socket.create_connection = lambda to, timeout, source_address: real(to, 3, source_address)
        cls.work = lab.workplace()
        cls.tree = lab.Tree(TREES / "bookworm", cls.work)
        cls.passwords = lab.Passwords(cls.work / "passwords")
        (cls.work / "zone").write_text(ZONE.format(customer=home(LISTED_CUSTOMER)))
        (cls.work / "zone").chmod(0o644)
        cls.work.chmod(0o755)
        said = open(cls.work / "rbldnsd.log", "w")
        cls.addClassCleanup(said.close)
        cls.rbldnsd = subprocess.Popen(["chroot", cls.tree.root, "rbldnsd", "-n", "-u", "nobody", "-b", "127.0.0.1/5301", "-c", "0",
                                        f"bots.example.org:ip4trie:{cls.work}/zone"], stdin=subprocess.DEVNULL,
                                       stdout=said, stderr=said)
        cls.addClassCleanup(lambda: (cls.rbldnsd.kill(), cls.rbldnsd.wait()))
        server = socketserver.ThreadingUDPServer(("127.0.0.1", 5300), Moody)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(lambda: (server.shutdown(), server.server_close()))
        cls.tidegate = lab.Tidegate(TIDEGATE, cls.work, TIDEGATE_CONF.format(work=cls.work), [4080, 4081, 9391])
        cls.addClassCleanup(lambda: cls.tidegate.end())
        cls.dovecot = Dovecot(cls.tree, cls.work, cls.passwords)
        cls.postfix = Postfix(cls.tree, cls.work)
        for each in [cls.tidegate, cls.dovecot, cls.postfix]:
            each.start()
        stage.wait_for(lambda: cls.zone("bots")["state"] == cls.zone("moody")["state"] == "in use", "the lists' tests", 60)

    @classmethod
    def tearDownClass(cls):
        cls.postfix.stop()
        cls.dovecot.stop()

    @classmethod
    def zone(cls, name):
        return next(each for each in cls.tidegate.top()["lists"] if each["name"] == name)

    def banned(self):
        return self.tidegate.top()["firewall"]["in_force"]

    def alerts(self):
        path = self.work / "alerts"
        return [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []

    def test_1_customers_get_in_and_are_not_asked_about_again(self):
        for _ in range(3):
            self.assertEqual(in_parallel(customer_logs_in, range(CUSTOMERS)), ["235"] * CUSTOMERS)
        self.tidegate.settled(lambda total: total["successes"] >= 3 * CUSTOMERS, "counting")
        asked = Moody.asked
        self.assertEqual(in_parallel(customer_logs_in, range(CUSTOMERS)), ["235"] * CUSTOMERS)
        self.assertEqual(Moody.asked, asked, "who is at home is nobody's question")

    def test_2_a_guessing_run_is_stopped_and_dropped(self):
        run = in_parallel(guess, range(GUESSERS // 2), AT_ONCE)
        seen = self.passwords.guesses()
        with contextlib.ExitStack() as stack:
            customers = []
            beside = threading.Thread(target=lambda: customers.extend(in_parallel(customer_logs_in, range(CUSTOMERS))))
            beside.start()
            stack.callback(beside.join)
            later = in_parallel(guess, range(GUESSERS // 2, GUESSERS), AT_ONCE)
        self.assertEqual(customers, ["235"] * CUSTOMERS, "one of them is listed")
        tries = sum(len(each) for each in later)
        self.assertLess(self.passwords.guesses() - seen, 0.1 * tries, f"{seen} of the first half, {tries} tries")
        self.assertGreater(self.zone("bots")["named"], GUESSERS // 4)
        dropped = sum(1 for each in run + later if "dropped" in each)
        self.assertGreater(dropped, GUESSERS // 4)
        self.assertGreater(self.banned(), GUESSERS // 4)
        self.assertEqual([words for each in run + later for words in each if words.startswith("235")], [])
        self.assertNotIn("198.51.100.", hosts_in_kernel(), "no customer's home is banned")
        total = self.tidegate.totals()
        self.assertEqual(total["stopped_successes"], 0)

    def someone_banned(self):
        found = re.search(r"\b10\.\d+\.\d+\.\d+", hosts_in_kernel())
        return found[0]

    def test_3_lifting_one_lets_him_in_and_why_says_that_he_was_out(self):
        address = self.someone_banned()
        self.assertIn("The kernel keeps it out", self.tidegate.ask("why", address))
        with self.assertRaises(OSError):
            submit(address, account(1), password(1))
        self.tidegate.ask("lift", address, "--author", "eve")
        stage.wait_for(lambda: address not in hosts_in_kernel(), "lifting")
        submit(address, "nobody@example.org", "x")

    def test_4_a_foreign_flush_is_mended(self):
        banned = self.banned()
        nft("flush", "ruleset")
        stage.wait_for(lambda: hosts_in_kernel().count("expires") > banned / 2, "mending", 30)
        with self.assertRaises(OSError):
            submit(self.someone_banned(), account(1), password(1))

    def test_5_a_list_that_is_slow_silent_refuses_or_lies_harms_nobody(self):
        Moody.mood = "slow"
        self.assertEqual(in_parallel(customer_logs_in, range(CUSTOMERS)), ["235"] * CUSTOMERS)
        for mood in ["silent", "refuses", "lies"]:
            Moody.mood = mood
            number = iter(range(10_000))

            def suspended():
                """Strangers come until the zone is given up."""
                submit(f"203.0.113.{next(number) % 250 + 1}", "nobody@example.org", "x")
                return self.zone("moody")["state"] == "suspended"

            stage.wait_for(suspended, f"suspension of a list that {mood}", 60)
            began = time.monotonic()
            self.assertEqual(customer_logs_in(7), "235")
            self.assertLess(time.monotonic() - began, 2)
            stage.wait_for(lambda: any(each["kind"] == "list_suspended" for each in self.alerts()), "an alert", 30)
            Moody.mood = "well"
            stage.wait_for(lambda: self.zone("moody")["state"] == "in use", f"its return after it {mood}", 90)
        self.assertEqual(self.zone("bots")["state"], "in use")
        self.assertIn("moody", json.dumps(self.alerts()))
        stage.wait_for(lambda: self.tidegate.figure("tidegate_alert_messages_total", state="sent") == len(self.alerts()), "counting")
        self.assertEqual(self.tidegate.figure("tidegate_list_in_use"), 2)
        self.assertGreater(self.tidegate.figure("tidegate_bans_in_force"), 0)

    def test_6_watch_now_lifts_all_bans(self):
        self.assertGreater(self.banned(), 0)
        address = self.someone_banned()
        self.tidegate.ask("watch", "--now", "--author", "eve", "--reason", "test")
        self.assertNotIn("tidegate", nft("list", "tables"))
        submit(address, "nobody@example.org", "x")
        self.assertIsNone(self.tidegate.top()["firewall"])

    def test_7_a_table_goes_though_the_firewall_was_switched_off_while_the_daemon_was_down(self):
        self.tidegate.ask("watch", "--end", "--author", "eve", "--reason", "test")
        stage.wait_for(lambda: "tidegate" in nft("list", "tables"), "the table")
        self.tidegate.stop(signal.SIGKILL)
        self.assertIn("tidegate", nft("list", "tables"))
        self.tidegate.conf.write_text(self.tidegate.conf.read_text().replace('[firewall]\nmode = "on"', '[firewall]\nmode = "off"'))
        self.tidegate.start()
        stage.wait_for(lambda: "tidegate" not in nft("list", "tables"), "its end")


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, "bookworm")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
