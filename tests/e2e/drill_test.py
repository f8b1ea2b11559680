#!/usr/bin/env python3
"""The shipped drills in small: every variant of submission.toml with a hundredth of its addresses, seconds each.

usage: drill_test.py TIDEGATE SHARE FOLDER
"""

import json
import pathlib
import re
import subprocess
import sys

tidegate, share, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
folder.mkdir(parents=True, exist_ok=True)
problems = []


def expect(truth, what):
    if not truth:
        problems.append(what)


def run(*arguments, statuses=(0, 1)):
    done = subprocess.run([tidegate, "drill", *map(str, arguments)], capture_output=True, text=True, timeout=280)
    if done.returncode not in statuses:
        sys.exit(f"drill {arguments}: status {done.returncode}\n{done.stderr}")
    return done


def small(name):
    """The shipped scenario with fewer people and bots, and without its checks, whose bounds are for the whole."""
    text = (share / f"{name}.toml").read_text()
    text = text.split("\n[[check]]")[0]
    shrunk = {"accounts = 20_000": "accounts = 1_000", "accounts = 24_000": "accounts = 1_000",
              "addresses = 1_500_000": "addresses = 15_000", "addresses = 200_000": "addresses = 4_000",
              "addresses = 30_000": "addresses = 1_000", "addresses = 20_000": "addresses = 400",
              "addresses = 4_000": "addresses = 200", "accounts = 200\n": "accounts = 10\n",
              "guesses = 60_000": "guesses = 1_200", "accounts = 300\n": "accounts = 15\n",
              "days_before = 28": "days_before = 2"}
    pattern = re.compile("|".join(re.escape(key) for key in shrunk))
    path = folder / f"small-{name}.toml"
    path.write_text(pattern.sub(lambda found: shrunk[found.group()], text))
    return path


def check_sums(row):
    m, where = row["measures"], f'{row["variant"]}, {row["sensor"]}'
    expect(m["attack.guesses"] > 500, f"{where}: an attack")
    expect(m["attack.guesses"] == m["attack.guesses_stopped"] + m["attack.guesses_reached_database"],
           f"{where}: a guess is stopped or not")
    expect(m["attack.attempts"] >= m["attack.guesses"], f"{where}: a guess has one try or more")
    expect(m["customers.logins"] == m["customers.familiar_logins"] + m["customers.unfamiliar_logins"],
           f"{where}: a place is familiar or not")
    expect(m["customers.refused"] == m["customers.familiar_refused"] + m["customers.unfamiliar_refused"],
           f"{where}: so are the refused")
    expect(m["takeovers.presented"] == m["takeovers.stopped"] + m["takeovers.happened"],
           f"{where}: a takeover is stopped or happens")
    expect(m["takeovers.flagged"] <= m["takeovers.happened"], f"{where}: flagged ones happened")
    expect(0 < m["memory.total"] <= 256 << 20, f"{where}: memory")
    expect(abs(m["addresses.estimate_off_by"] or 0) < 0.05, f"{where}: the sketch")
    for rival in ("fail2ban", "crowdsec", "stalwart", "weakforced"):
        reached = m[f"rivals.{rival}.guesses_reached_database"]
        expect(0 <= reached <= m["attack.guesses"], f"{where}: {rival}")


rows = []
for what, sensor in ((small("submission"), "edge"), (small("guessing"), "edge"),
                     (f'{small("submission")}:unlisted', "logs"), (f'{small("guessing")}:imitating', "policy")):
    done = run(what, "--sensor", sensor, "--seed", 3, "--json")
    rows += [json.loads(line) for line in done.stdout.splitlines()]
for row in rows:
    check_sums(row)
by_name = {(row["drill"], row["variant"], row["sensor"]): row["measures"] for row in rows}
expect(len(by_name) == len(rows) == 14, f"12 variants and 2 other sensors, not {len(rows)}")

plain = by_name["small-submission", "plain", "edge"]
expect(plain["attack.stopped_before_database"] > 0.9, "plain: most guesses are stopped")
expect(plain["customers.familiar_refused"] == 0, "plain: nobody is refused where he is at home")
expect(plain["rivals.fail2ban.stopped_before_database"] < 0.2, "plain: fail2ban sees little")
expect(by_name["small-submission", "victim", "edge"]["customers.victims_logins"] > 0, "victim: owners log in")
guessing = by_name["small-guessing", "one-tool", "edge"]
expect(guessing["alert.seconds"] is not None and guessing["alert.seconds"] <= 300, "guessing: an alert")
expect(abs(guessing["hours.18.above_normal"] - 3.27) < 0.8, "guessing: the account's pace at 18 h")

# The same seed gives the same figures, however many threads; another one gives others.
path = small("submission")
timed = ("judge.ns_per_event",)


def figures(*more):
    out = run(f"{path}:plain", "--json", *more).stdout.splitlines()
    return [{k: v for k, v in json.loads(line)["measures"].items() if k not in timed} for line in out]


alone = figures("--seed", 1, "--seeds", 2, "--threads", 1)
expect(alone == figures("--seed", 1, "--seeds", 2, "--threads", 2), "threads change nothing")
expect(alone[0] != alone[1], "another seed is another draw")

# The page and the record.
page, record = folder / "page.html", folder / "record.json"
run(f"{small('guessing')}:one-tool", "--seed", 1, "--html", page, "--incident", record)
expect(page.read_text().rstrip().endswith("</html>"), "the page is whole")
incident = json.loads(record.read_text())
expect(len(incident["hours"]) > 0, "the record has an hour table")

if problems:
    sys.exit("\n".join(problems))
print(f"{len(rows)} small drills")
