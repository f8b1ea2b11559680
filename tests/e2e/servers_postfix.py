#!/usr/bin/env python3
"""Real Postfix, whose submission checks passwords by Dovecot's SASL, before Tidegate's doors.

usage: servers_postfix.py TIDEGATE TREES [unittest options]

TREES is the folder of trees that scripts/e2e makes. A guessing run from thousands of addresses is stopped before the
password database sees it, at CONNECT or at AUTH; customers get in; doors and logs count each attempt once. With SHORT
in the environment there are fewer guessers. Exit status 77 where it can't run.
"""

import os
import pathlib
import re
import sys
import unittest

import lab
from lab import CUSTOMERS, account, code_in, guess_of, home, in_parallel, password, submit
from mailservers import Dovecot, Postfix

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
GUESSERS = 600 if "SHORT" in os.environ else 2400

TIDEGATE_CONF = lab.SERVE + """\
metrics = "127.0.0.1:9391"
help_url = "https://help.example.org/?code="
""" + lab.DOVECOT_AND_POSTFIX


def customer_logs_in(customer, **more):
    return submit(home(customer), account(customer), password(customer), **more)[:3]


def guess(number):
    return submit(*guess_of(number))


def policy(*fields, state="CONNECT", port=587):
    """What the door answers to a request of ours."""
    with lab.Wire("127.0.0.1", 4081) as wire:
        lines = ["request=smtpd_access_policy", f"protocol_state={state}", f"server_port={port}", *fields]
        wire.socket.sendall("".join(line + "\n" for line in [*lines, ""]).encode())
        return wire.line().removeprefix("action=")


class Submission(unittest.TestCase):
    tree_name = "bookworm"

    @classmethod
    def setUpClass(cls):
        cls.work = lab.workplace()
        cls.addClassCleanup(lambda: cls.tidegate.end())
        cls.tree = lab.Tree(TREES / cls.tree_name, cls.work)
        cls.passwords = lab.Passwords(cls.work / "passwords")
        cls.tidegate = lab.Tidegate(TIDEGATE, cls.work, TIDEGATE_CONF.format(work=cls.work), [4080, 4081, 9391])
        cls.dovecot = Dovecot(cls.tree, cls.work, cls.passwords)
        cls.postfix = Postfix(cls.tree, cls.work)
        for each in [cls.tidegate, cls.dovecot, cls.postfix]:
            each.start()

    @classmethod
    def tearDownClass(cls):
        cls.postfix.stop()
        cls.dovecot.stop()

    def assert_counted(self, counted, done):
        """Each attempt once, whoever told of it."""
        self.assertEqual(counted, done)

    def test_1_customers_become_familiar_and_each_log_in_counts_once(self):
        for _ in range(2):
            self.assertEqual(in_parallel(customer_logs_in, range(CUSTOMERS)), ["235"] * CUSTOMERS)
        self.assertEqual(submit(home(0), account(0), "mistyped")[:3], "535")
        total = self.tidegate.settled(lambda total: total["successes"] >= 2 * CUSTOMERS and total["failures"] >= 1, "counting")
        # The door told of each, Postfix's log of all, Dovecot's log of the mistyped one.
        self.assertEqual((total["successes"], total["stopped"]), (2 * CUSTOMERS, 0))
        self.assert_counted(total["failures"], 1)

    def test_2_a_guessing_run_is_stopped_before_the_database(self):
        before, asked = self.tidegate.totals(), self.passwords.lookups()
        run = lab.GuessingRun(guess, GUESSERS, customer_logs_in, self.passwords.guesses, lab.AT_ONCE)
        self.assertEqual(run.customers, ["235"] * CUSTOMERS)
        self.assertLess(run.later_known, 0.1 * GUESSERS / 4, f"{run.earlier_known} of the first half reached the database")
        self.assertLess(run.later, 0.7 * GUESSERS / 2)
        self.assertGreater(sum(1 for words in run.said if code_in(words)), GUESSERS // 6)
        self.assertEqual([words for words in run.said if words.startswith("235")], [])
        total = self.tidegate.settled(
            lambda total: total["failures"] + total["stopped"] - before["failures"] >= GUESSERS, "counting")
        self.assert_counted(total["failures"] - before["failures"] + total["stopped"], GUESSERS)
        self.assertEqual(total["successes"] - before["successes"], CUSTOMERS)
        self.assertEqual(total["stopped_successes"], 0)
        # Whom the judge let through, the database saw, and nobody else.
        self.assert_counted(total["failures"] - before["failures"], self.passwords.lookups() - asked - CUSTOMERS)

    def test_3_who_comes_again_and_again_is_stopped(self):
        before, sources = self.tidegate.totals(), [f"127.99.{n}.7" for n in range(8)]

        def insist(source):
            # After 24 the sum was 25 to 32, where 22 is slowed down and 30 stopped; after 60 it is 46 or more.
            return [submit(source, f"sales{n}@example.org", "letmein") for n in range(60)]

        said = [words for each in in_parallel(insist, sources) for words in each]
        self.assertLess(self.passwords.lookups("sales%"), len(said) / 4)
        done = before["failures"] + before["stopped"] + len(said)
        total = self.tidegate.settled(lambda total: total["failures"] + total["stopped"] >= done, "counting")
        self.assert_counted(total["failures"] + total["stopped"], done)
        # By now CONNECT is enough.
        why = self.tidegate.ask("why", sources[0])
        self.assertRegex(policy(f"client_address={sources[0]}"), "^(421 4|521 5)", why)

    def test_4_a_denied_network_is_told_at_connect_and_asks_nobody(self):
        self.tidegate.ask("deny", "203.0.113.0/24", "--reason", "test", "--author", "eve")
        asked, questions = self.passwords.lookups(), self.questions("auth-policy")
        said = submit("203.0.113.9", account(3), password(3))
        self.assertRegex(said, r"^521 5\.7\.1 .*code=")
        self.assertEqual(self.passwords.lookups(), asked)
        self.assertEqual(self.questions("auth-policy"), questions)
        self.assertIn("reject: CONNECT from", self.postfix.log.read_text())
        # On port 25 it would bounce somebody's mail: it may come again.
        self.assertRegex(policy("client_address=203.0.113.9", port=25), r"^421 4\.7\.0 ")
        self.tidegate.ask("lift", "203.0.113.0/24")
        self.assertEqual(submit("203.0.113.9", account(3), password(3))[:3], "235")

    def questions(self, kind):
        return sum(door["questions"] for door in self.tidegate.top()["doors"] if door["kind"] == kind)

    def test_5_nobody_relays_by_our_answers(self):
        for state in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END-OF-MESSAGE", "VRFY", "ETRN", "NONSENSE"]:
            for port in [25, 587]:
                self.assertEqual(policy("client_address=198.51.100.77", state=state, port=port), "DUNNO", (state, port))
        for port in [587, 2525]:
            with lab.Wire("198.51.100.77", port) as wire:
                wire.reply()
                wire.ask("EHLO client.example.org")
                wire.ask("MAIL FROM:<a@example.net>")
                self.assertRegex(wire.ask("RCPT TO:<b@example.net>"), "^[45].*denied|^554")

    def test_6_logs_are_understood_and_count_what_was_done(self):
        events, said = self.tidegate.parse(self.dovecot.log)
        self.assertNotRegex(said, r"[1-9]\d* unknown")
        events, said = self.tidegate.parse(self.postfix.log)
        self.assertNotRegex(said, r"[1-9]\d* unknown")
        text = self.postfix.log.read_text()
        attempts = [each for each in events if each["event"] == "attempt"]
        wrong = len(re.findall(r"SASL PLAIN authentication failed", text))
        self.assertEqual(sum(1 for each in attempts if each["outcome"] == "failure"), wrong)
        mails = len(re.findall(r": client=\S+, sasl_method=PLAIN, sasl_username=", text))
        self.assertEqual(sum(1 for each in attempts if each["outcome"] == "success"), mails)

    def test_7_postfix_goes_on_while_tidegate_is_away(self):
        self.assertEqual(self.tidegate.stop(), 0)
        self.assertEqual(customer_logs_in(1), "235")
        self.tidegate.start()
        self.assertEqual(customer_logs_in(2), "235")


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, "bookworm")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
