#!/usr/bin/env python3
"""fail2ban's server on one log: its jails dovecot and postfix-sasl as Debian ships them, with an action that does nothing.

usage: fail2ban_server.py LOG [--limit SECONDS]

The log should have ended just now (gen_mixed.py's default): fail2ban passes over lines older than `findtime`. That is an
hour here instead of ten minutes, so that it reads them all however long it takes; what its real defaults would have
stopped is counted by rules.py. Needs Debian's fail2ban; runs from a temporary folder and touches no firewall.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import measure  # noqa: E402

JAILS = ("dovecot", "postfix-sasl")
LOCAL = """[DEFAULT]
backend = polling
findtime = 60m
bantime = 1d
action = nothing
[dovecot]
enabled = true
backend = polling
logpath = {log}
[postfix-sasl]
enabled = true
backend = polling
logpath = {log}
"""


def configure(folder, log):
    etc = folder / "etc"
    shutil.copytree("/etc/fail2ban", etc)
    for name in (etc / "jail.d").iterdir():
        name.unlink()
    (etc / "action.d" / "nothing.conf").write_text("[Definition]\nactionstart =\nactionstop =\nactioncheck =\nactionban =\nactionunban =\n")
    (etc / "jail.local").write_text(LOCAL.format(log=log))
    (etc / "fail2ban.local").write_text(f"[Definition]\nlogtarget = {folder}/log\ndbfile = None\n")
    return ["-c", etc, "-s", folder / "socket", "-p", folder / "pid"]


def ask(common, jail):
    """(failures found, addresses banned) so far."""
    words = [str(word) for word in ["fail2ban-client", *common, "status", jail]]
    try:
        said = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False).stdout
    except subprocess.TimeoutExpired:
        said = ""
    numbers = [re.search(pattern + r":\s*(\d+)", said) for pattern in ("Total failed", "Total banned")]
    return [int(number[1]) if number else 0 for number in numbers]


def failures(log):
    with open(log, "rb") as file:
        return sum(b"auth failed" in line or b"authentication failed" in line for line in file)


def watch(common, process, begun, wanted, limit):
    """Waits until every failure was found; returns the cost at that moment, what was found and banned."""
    while True:
        time.sleep(0.5 if time.monotonic() - begun < 10 else 1)
        answers = [ask(common, jail) for jail in JAILS]
        found, banned = (sum(numbers) for numbers in zip(*answers))
        cost = measure.of_process(process.pid, begun)
        if found >= wanted or cost.seconds > limit or process.poll() is not None:
            return cost, found, banned


def replay(log, limit=600):
    """Runs it; returns a dictionary of figures, with lines/s in proportion where the limit cut it short."""
    lines, wanted = measure.count_lines(log), failures(log)
    with tempfile.TemporaryDirectory(prefix="fail2ban-") as name:
        folder = pathlib.Path(name)
        copy = folder / "mail.log"
        shutil.copyfile(log, copy)
        common = configure(folder, copy)
        begun, process = measure.start(["fail2ban-server", "-f", *common], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            cost, found, banned = watch(common, process, begun, wanted, limit)
        finally:
            process.terminate()
            process.wait(60)
    return {"tool": "fail2ban", "lines": lines, "lines_per_second": lines * found / wanted / cost.seconds, "seconds": cost.seconds,
            "cpu": cost.cpu, "peak_kib": cost.peak_kib, "found": found, "failures": wanted, "banned": banned}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log")
    parser.add_argument("--limit", type=float, default=600, help="stop after so many seconds")
    options = parser.parse_args()
    for key, value in replay(options.log, options.limit).items():
        print(f"{key}: {value:,.2f}" if isinstance(value, float) else f"{key}: {value}")


if __name__ == "__main__":
    main()
