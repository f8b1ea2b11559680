#!/usr/bin/env python3
"""What each tool's default rule for one address would stop in a log of gen_mixed.py, if it reacted at once.

usage: rules.py LOG

A ban takes effect with the next line, which no tool manages: these are upper bounds.
"""

import collections
import re
import sys
import time

FAILED = re.compile(r"^(\w{3} [ \d]\d \d\d:\d\d:\d\d) .*?(?:imap-login: .*?\(auth failed.*\brip=([\d.a-f:]+),|"
                    r"smtpd\[\d+\]: warning: [^\[]*\[([\d.a-f:]+)\]: SASL \S+ authentication failed)")


def attempts(log):
    """(second, address, by Dovecot?) of each failed attempt."""
    seconds = {}
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            if "failed" in line and (found := FAILED.match(line)):
                stamp = found[1]
                if stamp not in seconds:
                    seconds[stamp] = time.mktime(time.strptime("2024 " + stamp, "%Y %b %d %H:%M:%S"))
                yield seconds[stamp], found[2] or found[3], found[2] is not None


def window(tries, within, ban):
    """So many failures within a time ban for a time."""
    def rule(memory, now, _):
        memory.append(now)
        while memory[0] < now - within:
            memory.popleft()
        return ban if len(memory) >= tries else 0
    return rule


def leaky(memory, now, by_dovecot):
    """CrowdSec's buckets: dovecot-spam holds 3 and leaks one in 360 s, postfix-spam 5 and one in 10 s; 4 h."""
    capacity, leak = (3, 360) if by_dovecot else (5, 10)
    level = memory[0] - (now - memory[1]) / leak if memory else 0
    memory.clear()
    memory.extend((max(0, level) + 1, now))
    return 4 * 3600 if memory[0] > capacity else 0


RULES = {"fail2ban (5 in 10 min, 10 min)": window(5, 600, 600), "CrowdSec (leaky buckets, 4 h)": leaky,
         "sshguard (3 in 30 min, 2 min)": window(3, 1800, 120)}


def stopped(tries, rule):
    """(attempts stopped, addresses banned)"""
    memories, until, count, banned = collections.defaultdict(collections.deque), {}, 0, set()
    for now, address, by_dovecot in tries:
        if now < until.get(address, 0):
            count += 1
        elif ban := rule(memories[address], now, by_dovecot):
            until[address] = now + ban
            memories[address].clear()
            banned.add(address)
    return count, len(banned)


def shares(log):
    tries = list(attempts(log))
    return {name: (*stopped(tries, rule), len(tries)) for name, rule in RULES.items()}


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    for name, (count, banned, total) in shares(sys.argv[1]).items():
        print(f"{name}: {count:,} of {total:,} attempts stopped ({100 * count / max(1, total):.1f} %), {banned:,} addresses banned")


if __name__ == "__main__":
    main()
