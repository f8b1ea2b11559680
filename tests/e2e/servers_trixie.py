#!/usr/bin/env python3
"""Debian 13's Dovecot 2.4 and Postfix 3.10 before Tidegate's doors: what servers_postfix.py shows of Debian 12's, and IMAP.

usage: servers_trixie.py TIDEGATE TREES [unittest options]
"""

import re
import sys
import unittest

import lab
import servers_postfix
from lab import CUSTOMERS, account, code_in, home, imap_log_in, in_parallel, password


class Trixie(servers_postfix.Submission):
    tree_name = "trixie"

    # Dovecot 2.4 answers Postfix before it reports to the door. Where Postfix's line is read before the report, and before
    # Dovecot's own, the joiner takes the line for one of a try before: some count twice.
    def assert_counted(self, counted, done):
        self.assertGreaterEqual(counted, done)
        self.assertLessEqual(counted, 1.03 * done + 1)

    def test_0_these_are_the_new_ones(self):
        self.assertTrue(self.dovecot.version.startswith("2.4"), self.dovecot.version)
        self.assertTrue(self.postfix.version.startswith("3.10"), self.postfix.version)

    def test_8_imap_asks_too_and_each_attempt_counts_once(self):
        self.tidegate.log_is_read()
        before, asked = self.tidegate.totals(), self.passwords.lookups()

        def customer(number):
            return imap_log_in(home(number), account(number), password(number))[:2]

        self.assertEqual(in_parallel(customer, range(CUSTOMERS)), ["OK"] * CUSTOMERS)
        self.assertRegex(imap_log_in(home(1), account(1), "mistyped"), "^NO ")
        total = self.tidegate.settled(lambda total: total["successes"] - before["successes"] >= CUSTOMERS and
                                      total["failures"] > before["failures"], "counting")
        self.assertEqual(total["successes"] - before["successes"], CUSTOMERS)
        self.assert_counted(total["failures"] - before["failures"], 1)
        self.assertEqual(self.passwords.lookups() - asked, CUSTOMERS + 1)
        self.tidegate.ask("deny", "203.0.113.0/24", "--reason", "test", "--author", "eve")
        self.assertTrue(code_in(imap_log_in("203.0.113.9", account(3), password(3))))
        self.assertEqual(self.passwords.lookups() - asked, CUSTOMERS + 1)
        events, said = self.tidegate.parse(self.dovecot.log)
        self.assertNotRegex(said, r"[1-9]\d* unknown")
        logged = [each for each in events if each["event"] == "attempt" and each["outcome"] == "success" and
                  each["service"] == "imap"]
        self.assertEqual(len(logged), len(re.findall(r"imap-login: .*Logged? in: ", self.dovecot.log.read_text())))


del servers_postfix.Submission  # unittest would run it here too

if __name__ == "__main__":
    lab.needs_trees(__file__, servers_postfix.TREES, "trixie")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
