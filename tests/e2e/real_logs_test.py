#!/usr/bin/env python3
"""Holds what Tidegate makes of real servers' logs against what the clients really did.

usage: real_logs_test.py TIDEGATE FOLDER_OF_LOGS [unittest options]

For each recorded log: every line is known, no address is seen that no client had (whatever names and greetings
pretended), and the attempts that are left when the lines of one attempt are joined are those of the truth.
"""

import collections
import functools
import json
import pathlib
import re
import subprocess
import sys
import unittest

TIDEGATE, LOGS = sys.argv[1], pathlib.Path(sys.argv[2])
SERVERS = {"192.0.2.1", "2001:db8::1"}
COUNTED = {"success", "failure"}
GUILTY = {"bad_password", "unknown_account", "disabled"}
UNCHECKED = {"tls", "protocol", "internal"}


def tidegate(*words):
    done = subprocess.run([TIDEGATE, *map(str, words)], capture_output=True, check=False, timeout=60)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


class Recording:
    """One recorded log: its events, its attempts, its truth."""

    def __init__(self, log):
        self.log = log
        name = log.name.split("-rfc3339")[0].split(".")[0]
        truth = log.with_name(name + ".truth.jsonl").read_text(encoding="ascii")
        self.truth = [json.loads(line) for line in truth.splitlines()]
        self.status, self.events, self.said = tidegate("parse", log)
        self.postfix = log.parent.name.startswith("postfix")
        self.names_each = self.postfix or name not in {"quiet"}

    @functools.cached_property
    def attempts(self):
        """The joined attempts, as the events of the lines that replay counts."""
        _, verdicts, _ = tidegate("replay", "--verdicts", "--no-progress", self.log)
        at = {event["line"]: event for event in self.events if event["event"] == "attempt"}
        return [dict(at[verdict["line"]], count=verdict["n"]) for verdict in verdicts]

    def hostile(self):
        return {row["address"] for row in self.truth if row.get("hostile")}

    def expected(self):
        rows = [row for row in self.truth if row["outcome"] in COUNTED and row.get("visible", True)]
        return self.tally(rows if self.names_each else without_lost(rows))

    def undecided(self):
        """(address, account) whose password could not be checked, which Postfix cannot tell from a wrong one."""
        return {who(row) for row in self.truth if row["outcome"] == "internal" and self.postfix}

    def seen(self):
        rows = [row for row in self.attempts if row["outcome"] in COUNTED and row.get("reason") not in UNCHECKED]
        return self.tally([row for row in rows if who(row) not in self.undecided()])

    def tally(self, rows):
        """How many by address, account and outcome; where names are hostile or lost, by address and outcome."""
        sums, blind = collections.Counter(), self.hostile()
        for row in rows:
            address = row.get("address", "nowhere")
            named = self.names_each and address not in blind
            account = row.get("account", "").lower() if named else "*"
            sums[(address, account, row["outcome"])] += row["count"]
        return sums


def who(row):
    return row.get("address"), row.get("account", "").lower()


def without_lost(rows):
    """Without auth_verbose a session that ends with a log-in tells of nothing before it."""
    got_in = {row["session"] for row in rows if row["outcome"] == "success"}
    return [row for row in rows if row["outcome"] == "success" or row["session"] not in got_in]


@functools.cache
def recording(path):
    return Recording(path)


def recordings():
    kinds = ("*.log", "*.export", "*.journal.json")
    return sorted(path for folder in LOGS.glob("[dp]o*-*") for kind in kinds for path in folder.glob(kind))


class RealLogs(unittest.TestCase):
    maxDiff = None

    def for_each(self, check):
        paths = recordings()
        self.assertGreater(len(paths), 20, f"no recorded logs in {LOGS}")
        for path in paths:
            with self.subTest(log=f"{path.parent.name}/{path.name}"):
                check(recording(path))

    def test_every_line_is_known(self):
        def check(log):
            self.assertEqual(log.status, 0, log.said)
            self.assertRegex(log.said, r", 0 unknown")
        self.for_each(check)

    def test_no_address_but_the_clients(self):
        def check(log):
            clients = {row["address"] for row in log.truth} | SERVERS
            strangers = [event for event in log.events if event.get("address", "192.0.2.1") not in clients]
            self.assertEqual(strangers, [])
        self.for_each(check)

    def test_attempts_are_those_of_the_truth(self):
        def check(log):
            if not log.log.name.startswith("smtp"):
                self.assertGreater(sum(log.expected().values()), 5)
            self.assertEqual(differences(log.expected(), log.seen()), [])
        self.for_each(check)

    def test_other_connections_are_no_guesses(self):
        def check(log):
            tried = {row["address"] for row in log.truth if row["outcome"] in COUNTED | {"internal"}}
            wrong = [event for event in log.attempts if event.get("address") not in tried
                     and (event["outcome"] == "success" or event.get("reason") in GUILTY)]
            self.assertEqual(wrong, [])
        self.for_each(check)

    def test_no_password_is_printed(self):
        def check(log):
            printed = [event for event in log.events if re.search(r"guess-(wrong|unknown)|right-\w", json.dumps(event))]
            self.assertEqual(printed, [])
        self.for_each(check)


def differences(expected, seen):
    keys = sorted(set(expected) | set(seen))
    return [f"{key}: {expected[key]} in truth, {seen[key]} seen" for key in keys if expected[key] != seen[key]]


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
