#!/usr/bin/env python3
"""Real nginx as a mail proxy that asks Tidegate's auth_http door, with Dovecot and Postfix behind it.

usage: servers_nginx.py TIDEGATE TREES [unittest options]

TREES is the folder of trees that scripts/e2e makes. The servers behind ask Tidegate nothing: what they see of a client
comes by PROXY protocol, what became of an attempt by Dovecot's log. Exit status 77 where it can't run.
"""

import os
import pathlib
import socket
import sys
import threading
import unittest

import lab
from lab import CUSTOMERS, account, code_in, guess_of, home, imap_log_in, in_parallel, password, stage
from mailservers import Dovecot

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
GUESSERS = 400 if "SHORT" in os.environ else 2000

TIDEGATE_CONF = lab.SERVE + """\
metrics = "127.0.0.1:9391"
help_url = "https://help.example.org/?code="
[[door]]
kind = "nginx-auth"
listen = "127.0.0.1:4082"
key = "secret"
delay = 1
servers = {{ imap = "127.0.0.1:1143", smtp = "127.0.0.1:1587" }}
[[follow]]
file = "{work}/dovecot.log"
"""

# docs/doors.md, "nginx mail"; pid, logs and user so that it runs anywhere.
NGINX = """
load_module /usr/lib/nginx/modules/ngx_mail_module.so;
user www-data;
worker_processes 2;
worker_rlimit_nofile 8192;
pid {work}/nginx.pid;
error_log {work}/nginx.log info;
events {{ worker_connections 4000; }}
mail {{
    server_name mx1.example.org;
    auth_http 127.0.0.1:4082/;
    auth_http_header X-API-Key "secret";
    auth_http_timeout 10s;
    imap_auth plain login;
    pop3_auth plain;
    smtp_auth plain login;
    proxy_smtp_auth on;
    proxy_pass_error_message on;
    proxy_protocol on;
    server {{ listen 127.0.0.1:143; listen [::1]:143; protocol imap; }}
    server {{ listen 127.0.0.1:110; protocol pop3; }}
    server {{ listen 127.0.0.1:587; listen [::1]:587; protocol smtp; }}
}}
"""


def customer_logs_in(customer):
    return imap_log_in(home(customer), account(customer), password(customer))[:2]


def guess(number):
    return imap_log_in(*guess_of(number))


class Behind(threading.Thread):
    """An SMTP server that knows one password, and tells what it was asked: nginx's other backend."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 1587))
        self.heard = []

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        right = "AUTH PLAIN " + lab.plain(account(5), password(5))
        with connection, connection.makefile("rwb", 0) as wire:
            self.heard.append(wire.readline().decode().strip())
            wire.write(b"220 behind\r\n")
            for line in wire:
                said = line.decode().strip()
                self.heard.append(said)
                answer = "250 fine"
                if said.startswith("AUTH"):
                    answer = "235 in" if said == right else "535 no"
                wire.write(answer.encode() + b"\r\n")


class Proxied(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = lab.workplace()
        cls.addClassCleanup(lambda: cls.tidegate.end())
        cls.tree = lab.Tree(TREES / "bookworm", cls.work)
        cls.passwords = lab.Passwords(cls.work / "passwords")
        cls.tidegate = lab.Tidegate(TIDEGATE, cls.work, TIDEGATE_CONF.format(work=cls.work), [4082, 9391])
        cls.tidegate.start()
        cls.dovecot = Dovecot(cls.tree, cls.work, cls.passwords, asks=False, imap=1143, proxied=True)
        cls.dovecot.start()
        cls.behind = Behind()
        cls.behind.start()
        cls.conf = cls.work / "nginx.conf"
        cls.conf.write_text(NGINX.format(work=cls.work))
        cls.tree.run("nginx", "-c", str(cls.conf))
        stage.wait_for(lambda: stage.bound(143) and stage.bound(587), "nginx")

    @classmethod
    def tearDownClass(cls):
        cls.tree.run("nginx", "-c", str(cls.conf), "-s", "stop", check=False)
        cls.dovecot.stop()

    def test_1_customers_get_in_and_each_log_in_counts_once(self):
        for _ in range(2):
            self.assertEqual(in_parallel(customer_logs_in, range(CUSTOMERS)), ["OK"] * CUSTOMERS)
        said = imap_log_in(home(0), account(0), "mistyped")
        self.assertRegex(said, "^NO ")
        total = self.tidegate.settled(lambda total: total["successes"] >= 2 * CUSTOMERS and total["failures"] >= 1, "counting")
        self.assertEqual((total["successes"], total["failures"], total["stopped"]), (2 * CUSTOMERS, 1, 0))
        self.assertEqual(self.passwords.lookups(address=lab.HOMES), 2 * CUSTOMERS + 1)

    def test_2_of_a_guessing_run_the_database_sees_what_was_let_through(self):
        before = self.tidegate.totals()
        type(self).run_ = run = lab.GuessingRun(guess, GUESSERS, customer_logs_in, self.passwords.guesses, lab.AT_ONCE)
        self.assertEqual(run.customers, ["OK"] * CUSTOMERS)
        self.assertEqual([words for words in run.said if code_in(words) and "[UNAVAILABLE]" not in words], [])
        done = GUESSERS + before["failures"]
        total = self.tidegate.settled(lambda total: total["failures"] + total["stopped"] >= done, "counting")
        self.assertEqual(total["failures"] + total["stopped"], done)
        self.assertEqual(total["successes"] - before["successes"], CUSTOMERS)
        self.assertEqual(self.passwords.lookups(), total["failures"] + total["successes"])

    def test_2_the_run_is_stopped_before_the_database(self):
        self.assertLess(self.run_.later_known, 0.1 * GUESSERS / 4,
                        f"{self.run_.earlier_known} of the first half reached the database")

    def test_4_smtp_is_checked_by_the_server_behind(self):
        self.assertRegex(lab.submit(home(5), account(5), password(5), mail=False), "^235")
        self.assertRegex(lab.submit(home(5), account(5), "wrong", mail=False), "^535")
        self.assertTrue(any(said.startswith("PROXY TCP4 198.51.100.6 ") for said in self.behind.heard), self.behind.heard)
        heard = len(self.behind.heard)
        self.tidegate.ask("deny", "203.0.113.0/24", "--reason", "test", "--author", "eve")
        self.assertRegex(lab.submit("203.0.113.9", account(5), password(5), mail=False), r"^454 4\.7\.0 .*code=")
        self.assertEqual(len(self.behind.heard), heard)
        self.tidegate.ask("lift", "203.0.113.0/24")

    def test_5_a_protocol_without_a_server_is_a_temporary_failure(self):
        with lab.Wire("198.51.100.77", 110) as wire:
            wire.line()
            wire.ask("USER user1@example.org")
            self.assertRegex(wire.ask("PASS right-user1"), r"^-ERR \[SYS/TEMP\]")

    def test_3_who_comes_again_and_again_is_stopped(self):
        before = self.tidegate.totals()

        def insist(source):
            return [imap_log_in(source, f"sales{n}@example.org", "letmein") for n in range(30)]

        said = [words for each in in_parallel(insist, [f"127.99.{n}.7" for n in range(8)]) for words in each]
        self.assertGreater(sum(1 for words in said if code_in(words) and "[UNAVAILABLE]" in words), 30)
        done = before["failures"] + before["stopped"] + len(said)
        total = self.tidegate.settled(lambda total: total["failures"] + total["stopped"] >= done, "counting")
        self.assertEqual(total["failures"] + total["stopped"], done)
        self.assertEqual(self.passwords.lookups(), total["failures"] + total["successes"])

    def test_6_logs_are_understood(self):
        for log in [self.dovecot.log, self.work / "nginx.log"]:
            _, said = self.tidegate.parse(log)
            self.assertNotRegex(said, r"[1-9]\d* unknown")


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, "bookworm")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
