#!/usr/bin/env python3
"""Real Exim before Tidegate's doors, with the lines that docs/doors.md and `tidegate setup` have for it.

usage: servers_exim.py TIDEGATE TREES [unittest options]

TREES is the folder of trees that scripts/e2e makes. Exim's ACL for AUTH asks the postfix-policy door over a socket that
it half closes, its authenticators ask the JSON API and report. Exit status 77 where it can't run.
"""

import contextlib
import os
import pathlib
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import unittest

import lab
from lab import CUSTOMERS, account, guess_of, home, in_parallel, password, stage, submit

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
GUESSERS = 400 if "SHORT" in os.environ else 2000

TIDEGATE_CONF = lab.SERVE + """\
metrics = "127.0.0.1:9391"
[[door]]
kind = "postfix-policy"
listen = "127.0.0.1:4081"
[[door]]
kind = "api"
listen = "127.0.0.1:4083"
key = "KEY"
[[follow]]
file = "{work}/exim-mainlog"
"""

MAIN = """
primary_hostname = mx1.example.org
log_file_path = {work}/exim-%slog
spool_directory = {work}/exim-spool
pid_file_path = {work}/exim-spool/exim.pid
local_interfaces = <; 127.0.0.1 ; ::1
daemon_smtp_ports = 587
domainlist local_domains =
host_lookup =
tls_advertise_hosts =
smtp_accept_max = 200
smtp_accept_queue_per_connection = 0
acl_smtp_auth = acl_tidegate
keep_environment =
acl_smtp_rcpt = acl_rcpt
log_selector = +incoming_port +smtp_connection
{macros}

begin acl
{acl}
acl_tidegate:
  warn    set acl_c_tidegate = ${{readsocket{{inet:127.0.0.1:4081}}{{request=smtpd_access_policy\\nprotocol_state=CONNECT\\nprotocol_name=ESMTP\\nserver_port=587\\nclient_address=$sender_host_address\\nclient_port=$sender_host_port\\n\\n}}{{2s}}{{\\n}}{{action=DUNNO}}}}
  defer   condition = ${{if match{{$acl_c_tidegate}}{{\\N^action=(4|DEFER)\\N}}}}
          message = Try again later
  drop    condition = ${{if match{{$acl_c_tidegate}}{{\\N^action=(5|REJECT)\\N}}}}
          message = Not from there
  accept
acl_rcpt:
  accept authenticated = *
  deny message = relay not permitted

begin routers
nowhere:
  driver = redirect
  data = :blackhole:

begin authenticators
{authenticators}
"""


def documented(heading):
    """The indented block that follows such a line in docs/doors.md."""
    text = (DOCS / "doors.md").read_text().split("### Exim", 1)[1]
    return re.search(re.escape(heading) + r"[^\n]*\n\n((?:    [^\n]*\n|\n)+)", text)[1].replace("\n    ", "\n")[4:]


class Accounts(threading.Thread):
    """The password database behind Exim: a line asks, a word answers; each question is written down."""

    def __init__(self, path, passwords):
        super().__init__(daemon=True)
        self.passwords = passwords
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        path.chmod(0o666)
        self.listener.listen(200)

    def run(self):
        with contextlib.closing(sqlite3.connect(self.passwords.path, timeout=10)) as base:
            while True:
                connection, _ = self.listener.accept()
                with connection, connection.makefile("rw") as wire:
                    address, name, secret = wire.readline().rstrip("\n").split(" ", 2)
                    query = self.passwords.QUERY.format(user=name.replace("'", "''"), address=address)
                    row = base.execute(query).fetchone()
                    base.commit()
                    wire.write("yes" if row and row[0] == secret else "no")


def customer_logs_in(customer):
    return submit(home(customer), account(customer), password(customer))[:3]


def guess(number):
    return submit(*guess_of(number))


class Exim(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = lab.workplace()
        cls.addClassCleanup(lambda: cls.tidegate.end())
        cls.tree = lab.Tree(TREES / "bookworm-exim", cls.work)
        cls.passwords = lab.Passwords(cls.work / "passwords")
        cls.accounts = Accounts(cls.work / "accounts.sock", cls.passwords)
        cls.accounts.start()
        cls.log = cls.work / "exim-mainlog"
        cls.work.chmod(0o777)
        cls.tidegate = lab.Tidegate(TIDEGATE, cls.work, TIDEGATE_CONF.format(work=cls.work), [4081, 4083, 9391])
        cls.tidegate.start()
        condition = f"eq{{${{readsocket{{{cls.work}/accounts.sock}}{{$sender_host_address %s\\n}}{{5s}}{{}}{{no}}}}}}{{yes}}"
        plain, login = re.split(r"\n(?=login:)", documented("And in each authenticator"))
        authenticators = (plain.replace("YOUR OWN CONDITION", condition % "$auth2 $auth3") + "\n" +
                          login.replace("YOUR OWN CONDITION", condition % "$auth1 $auth2"))
        conf = MAIN.format(work=cls.work, macros=documented("In the main section"), acl=documented("Among the ACLs"),
                           authenticators=authenticators)
        (cls.tree.root / "etc/exim4/exim4.conf").write_text(conf)
        cls.log.touch()
        (cls.work / "exim-spool").mkdir()
        cls.tree.run("chown", "Debian-exim:", str(cls.log), str(cls.work / "exim-spool"))
        # -bd takes a parent with process number 1 for its own restart, and stays.
        with open(cls.work / "exim.out", "w") as said:
            exim = subprocess.Popen(["chroot", cls.tree.root, "exim4", "-bdf"], stdout=said, stderr=said)
        cls.addClassCleanup(exim.wait)
        cls.addClassCleanup(exim.terminate)
        stage.wait_for(lambda: stage.bound(587), "exim")

    def test_1_customers_get_in_and_each_log_in_counts_once(self):
        for _ in range(2):
            self.assertEqual(in_parallel(customer_logs_in, range(CUSTOMERS)), ["235"] * CUSTOMERS)
        self.assertEqual(submit(home(0), account(0), "mistyped")[:3], "535")
        total = self.tidegate.settled(lambda total: total["successes"] >= 2 * CUSTOMERS and total["failures"] >= 1, "counting")
        self.assertEqual((total["successes"], total["failures"], total["stopped"]), (2 * CUSTOMERS, 1, 0))
        self.assertEqual(self.passwords.lookups(), 2 * CUSTOMERS + 1)

    def test_2_login_and_odd_names(self):
        before = self.tidegate.totals()
        with lab.Wire(home(3), 587) as wire:
            wire.reply()
            wire.ask("EHLO client.example.org")
            wire.ask("AUTH LOGIN")
            wire.ask(lab.base64.b64encode(account(3).encode()).decode())
            self.assertRegex(wire.ask(lab.base64.b64encode(password(3).encode()).decode()), "^235")
        # Nobody's name ends a text of ours.
        for user in ['x","address":"203.0.113.9', "a}b{c${run{/bin/false}}", "back\\slash", "gr\u00fc\u00dfe@example.org"]:
            self.assertRegex(submit("198.51.100.90", user, "x y z"), "^535")
        total = self.tidegate.settled(lambda total: total["failures"] - before["failures"] >= 4, "counting")
        self.assertEqual(total["failures"] - before["failures"], 4)
        self.assertEqual(sum(door["broken"] for door in self.tidegate.top()["doors"]), 0)

    def test_3_a_guessing_run_is_stopped_before_the_database(self):
        before = self.tidegate.totals()
        asked = self.passwords.lookups()
        run = lab.GuessingRun(guess, GUESSERS, customer_logs_in, self.passwords.guesses, 24)
        self.assertEqual(run.customers, ["235"] * CUSTOMERS)
        self.assertLess(run.later_known, 0.1 * GUESSERS / 4, f"{run.earlier_known} of the first half reached the database")
        self.assertLess(run.later, 0.7 * GUESSERS / 2)
        self.assertEqual(len([words for words in run.said if words.startswith(("435", "450"))]), GUESSERS // 2 - run.later)
        done = GUESSERS + before["failures"]
        total = self.tidegate.settled(lambda total: total["failures"] + total["stopped"] >= done, "counting")
        self.assertEqual(total["failures"] + total["stopped"], done)
        self.assertEqual(total["successes"] - before["successes"], CUSTOMERS)
        self.assertEqual(self.passwords.lookups() - asked, total["failures"] - before["failures"] + CUSTOMERS)

    def test_4_a_denied_network_is_dropped_at_auth(self):
        self.tidegate.ask("deny", "203.0.113.0/24", "--reason", "test", "--author", "eve")
        asked = self.passwords.lookups()
        self.assertRegex(submit("203.0.113.9", account(3), password(3)), "^5.. Not from there")
        self.assertEqual(self.passwords.lookups(), asked)
        self.tidegate.ask("lift", "203.0.113.0/24")
        self.assertEqual(submit("203.0.113.9", account(3), password(3))[:3], "235")

    def test_5_the_log_is_understood_and_counts_what_was_done(self):
        events, said = self.tidegate.parse(self.log)
        self.assertNotRegex(said, r"[1-9]\d* unknown")
        attempts = [each for each in events if each["event"] == "attempt"]
        text = self.log.read_text()
        self.assertEqual(sum(1 for each in attempts if each.get("reason") == "bad_password"),
                         len(re.findall(": 535 Incorrect authentication data", text)))
        self.assertEqual(sum(1 for each in attempts if each["outcome"] == "success"), len(re.findall(r" <= .* A=\w+:", text)))

    def test_6_exim_goes_on_while_tidegate_is_away(self):
        self.assertEqual(self.tidegate.stop(), 0)
        self.assertEqual(customer_logs_in(1), "235")
        self.tidegate.start()
        self.assertEqual(customer_logs_in(2), "235")


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, "bookworm-exim")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
