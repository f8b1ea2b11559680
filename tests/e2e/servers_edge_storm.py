#!/usr/bin/env python3
"""Tidegate's edge in an attack, real Dovecots and a real Postfix behind it.

usage: servers_edge_storm.py TIDEGATE TREES [unittest options]

A guessing run is stopped before the password database, in each protocol's words for "later"; customers go on reading
mail in a flood of connections that say nothing, too much or nonsense; old phones with a wrong password cost the
database nothing; a server dies and its users are at the other. With SHORT in the environment there are fewer sources.
Exit status 77 where it can't run.
"""

import contextlib
import os
import pathlib
import re
import statistics
import subprocess
import sys
import threading
import time
import unittest

import lab
from edge_servers import EDGE, PROTOCOLS, World
from lab import CUSTOMERS, account, guess_of, home, in_parallel, password, stage
from mail_clients import ImapDialogue, Pop3Dialogue, SmtpDialogue, Way

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
TREE = "bookworm"
SHORT = "SHORT" in os.environ
GUESSERS = 600 if SHORT else 2400
SOURCES, OPEN = (2_000, 1_000) if SHORT else (40_000, 6_000)
PHONES = [30, 31]
OLD = "as-it-was"

TALKS = [("imap", ImapDialogue), ("pop3", Pop3Dialogue), ("submission", SmtpDialogue)]
# What is said to whom we stop; that the password is wrong is never said then.
LATER = re.compile(r"a NO \[UNAVAILABLE\]|-ERR \[SYS/TEMP\]|454 4\.7\.0")
WRONG = re.compile(r"a NO \[AUTHENTICATIONFAILED\]|-ERR \[AUTH\]|535 5\.7\.8")

world = None
phones = None


def setUpModule():
    global world
    world = World(TIDEGATE, TREES / TREE)
    unittest.addModuleCleanup(world.stop)
    world.start()
    stage.wait_for(lambda: all(each == "yes" for each in in_parallel(customer_logs_in, range(CUSTOMERS))), "the customers", 60)


def way(source, protocol="imap"):
    return Way("::1" if ":" in source else EDGE, PROTOCOLS[protocol][0], "none", source)


def log_in(source, user, secret, number=0):
    """"yes" or the last words; empty where nobody answered."""
    protocol, talk = TALKS[number % len(TALKS)]
    with contextlib.suppress(OSError), talk(way(source, protocol)) as to:
        if number % len(TALKS) == 1:
            to.ask(f"USER {user}")
            said = to.ask(f"PASS {secret}")[-1]
        elif number % len(TALKS) == 0:
            said = to.ask(f'a LOGIN "{user}" "{secret}"')[-1]
        else:
            said = to.ask("AUTH PLAIN " + lab.plain(user, secret))[-1]
        return "yes" if re.match(r"a OK|\+OK|235", said) else said
    return ""


def customer_logs_in(customer):
    return log_in(home(customer), account(customer), password(customer), customer)


def guess(number):
    return log_in(*guess_of(number), number)


class Phones:
    """Each has its owner's password of before and asks for mail every ten seconds."""

    def __init__(self):
        self.said = {number: [] for number in PHONES}
        self.began = time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def ask(self, number):
        self.said[number].append(log_in(home(number), account(number), OLD))
        return self.said[number][-1]

    def run(self):
        while not self.over.is_set():
            for number in PHONES:
                self.ask(number)
            self.over.wait(10)

    def stop(self):
        self.over.set()
        self.thread.join()


class A_Guesses(unittest.TestCase):
    def test_1_a_guessing_run_is_stopped_before_the_database(self):
        run = lab.GuessingRun(guess, GUESSERS, customer_logs_in, world.passwords.guesses, lab.AT_ONCE)
        self.assertEqual(run.customers, ["yes"] * CUSTOMERS)
        self.assertNotIn("yes", run.said)
        self.assertLess(run.later_known, 0.1 * GUESSERS / 4, f"{run.earlier_known} of the first half reached the database")
        self.assertLess(run.later, 0.7 * GUESSERS / 2)
        refused = [words for words in run.said if LATER.match(words)]
        self.assertGreater(len(refused), GUESSERS // 8)
        for start in ["a NO", "-ERR", "454"]:
            self.assertTrue(any(words.startswith(start) for words in refused), start)
        others = {words for words in run.said if words and not LATER.match(words) and not WRONG.match(words)}
        self.assertEqual(others, set())
        # Nobody but whom the database was asked about hears that he was wrong.
        self.assertEqual(sum(1 for words in run.said if WRONG.match(words)), run.later)

    def test_2_a_denied_network_is_not_answered_and_asks_nobody(self):
        world.tidegate.ask("deny", "203.0.113.0/24", "--reason", "test", "--author", "eve")
        asked = world.passwords.lookups()
        for number in range(3):
            self.assertEqual(log_in("203.0.113.9", account(3), password(3), number), "")
        self.assertEqual(world.passwords.lookups(), asked)
        world.tidegate.ask("lift", "203.0.113.0/24")
        self.assertEqual(log_in("203.0.113.9", account(3), password(3)), "yes")


class B_Flood(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        global phones  # from here on their owners' other devices are silent
        phones = Phones()
        unittest.addModuleCleanup(phones.stop)

    @staticmethod
    def measured(work, times):
        took = []
        for number in range(times):
            begun = time.monotonic()
            work(number)
            took.append(time.monotonic() - begun)
        return took

    def reads_mail(self, reader, name):
        """Seconds that log-ins and NOOPs of customers take, of one who stays logged in; all must work."""
        log_ins = self.measured(lambda n: self.assertEqual(log_in(home(n), account(n), password(n)), "yes"), 20)
        noops = self.measured(lambda _: self.assertTrue(reader.ping()), 100)
        for what, took in [("log-in", log_ins), ("NOOP", noops)]:
            print(f"{name}: {what} median {1000 * statistics.median(took):.1f} ms, longest {1000 * max(took):.1f} ms",
                  file=sys.stderr)
        return log_ins, noops

    def test_customers_read_mail_in_a_flood(self):
        with ImapDialogue(way(home(0))) as reader:
            reader.log_in(account(0), password(0))
            self.reads_mail(reader, "before")
            flood = subprocess.Popen([sys.executable, pathlib.Path(__file__).with_name("edge_flood.py"), str(SOURCES), str(OPEN)],
                                     stdout=subprocess.PIPE, text=True)
            self.addCleanup(flood.stdout.close)
            self.addCleanup(flood.kill)
            begun = most_open = 0
            while begun < SOURCES:  # all of them came at least once
                begun, now_open, _ = map(int, flood.stdout.readline().split())
                most_open = max(most_open, now_open)
            log_ins, noops = self.reads_mail(reader, f"in a flood from {SOURCES} sources")
            said = flood.stdout.readline().strip()  # it goes on
            flood.kill()
            flood.wait()
            print(f"at most {most_open} were open; {said} begun, open, refused", file=sys.stderr)
        self.assertTrue(said)
        self.assertGreater(most_open, OPEN // 4)
        self.assertLess(statistics.median(log_ins), 5)
        self.assertLess(statistics.median(noops), 0.5)
        self.assertIsNone(world.tidegate.process.poll())


class C_TwoServers(unittest.TestCase):
    def at(self, store, number):
        """Whether that customer's last log-in was there."""
        return f"Login: user=<{account(number)}>" in store.text()[self.before[store.name]:]

    def mark(self):
        self.before = {name: len(store.text()) for name, store in world.stores.items()}

    def test_one_dies_and_comes_back(self):
        first, second = world.stores.values()
        self.mark()
        sessions = {}
        for number in range(24):
            sessions[number] = ImapDialogue(way(home(number)))
            self.addCleanup(sessions[number].close)
            self.assertTrue(sessions[number].log_in(account(number), password(number)))
        moved = [number for number in sessions if self.at(second, number)]
        stayed = [number for number in sessions if self.at(first, number)]
        self.assertGreater(min(len(moved), len(stayed)), 3)
        second.kill()
        begun = time.monotonic()
        for number in moved:
            self.assertFalse(sessions[number].ping())
        self.mark()

        def gets_in(number):
            stage.wait_for(lambda: log_in(home(number), account(number), password(number)) == "yes", f"user {number}", 30)
            return time.monotonic() - begun

        took = in_parallel(gets_in, moved)
        print(f"{len(moved)} users were in at the other after {max(took):.1f} s", file=sys.stderr)
        for number in moved:
            self.assertTrue(self.at(first, number))
        second.start()
        self.mark()
        # Those with nothing open there go where they belong, once it is known to be up; slowly at first.
        stage.wait_for(lambda: any(in_parallel(lambda n: gets_in(n) and self.at(second, n), moved)), "its users to come back", 120)
        for number in stayed:
            self.assertTrue(sessions[number].ping())


class D_Phones(unittest.TestCase):
    def test_1_the_database_is_asked_a_few_times_only(self):
        """Of two minutes, in which it says so again and again; then memory answers."""
        stage.wait_for(lambda: time.monotonic() - phones.began > 135, "two minutes", 200)
        phones.stop()
        for number in PHONES:
            with self.subTest(number=number):
                asked, tried = world.passwords.lookups(account(number)), len(phones.said[number])
                again = [phones.ask(number) for _ in range(40)]
                self.assertLessEqual(world.passwords.lookups(account(number)) - asked, 3)  # one in sixteen
                self.assertEqual(set(again), {words for words in phones.said[number][:tried] if WRONG.match(words)})

    def test_2_a_password_that_was_changed_to_it_works_soon_or_at_once(self):
        for number in PHONES:
            world.passwords.change(account(number), OLD)
        tries = [phones.ask(PHONES[0]) for _ in range(17)]
        self.assertIn("yes", tries)  # at the seventeenth try, at the latest
        # His owner's computer was told, too, and came first.
        self.assertEqual(log_in("198.51.100.77", account(PHONES[1]), OLD), "yes")
        self.assertEqual(phones.ask(PHONES[1]), "yes")


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, TREE)
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
