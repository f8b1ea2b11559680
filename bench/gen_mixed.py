#!/usr/bin/env python3
"""Writes a mixed log for comparing speeds: Dovecot and Postfix lines, attackers among customers.

usage: gen_mixed.py OUT [--lines N] [--span SECONDS] [--end EPOCH] [--seed N]

Of 1,000,000 lines: 300,000 addresses that try once or twice, 500 addresses that try 60 times within five minutes,
and the rest log-ins of 20,000 customers' addresses; other sizes in proportion. Customers never fail here, so every
failed attempt is the attack's: this log is for speed and for counting what rules stop, not for judging judges.
All addresses lie in 240.0.0.0/4, for the documentation's are too few and private ones are exempt at some tools. Failed
log-ins have the words of earlier Dovecot 2.3, which every tool knows (sshguard does not know 2.3.19's).
Prints what it wrote as a JSON object.
"""

import argparse
import json
import random
import sys
import time

FULL = 1_000_000
SLOW, FAST, CUSTOMERS, FAST_TRIES = 300_000, 500, 20_000, 60
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def distinct_addresses(dice, count):
    numbers = dice.sample(range(0xF0000100, 0xFEFFFF00), count)
    return ["%d.%d.%d.%d" % (n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255) for n in numbers]


def attack(dice, span, slow, fast):
    """(when, line maker, address) of every attempt."""
    events = []
    for address in slow:
        make = dice.choice((imap_failed, smtp_failed))
        events += [(dice.random() * span, make, address) for _ in range(dice.choice((1, 2)))]
    for address in fast:
        make, start, length = dice.choice((imap_failed, smtp_failed)), dice.random() * max(1, span - 300), min(300, span)
        events += [(start + dice.random() * length, make, address) for _ in range(FAST_TRIES)]
    return events


def customers(dice, span, addresses, count):
    makers = (imap_in,) * 7 + (smtp_in,) * 3
    choice, rnd = dice.choice, dice.random
    return [(rnd() * span, choice(makers), choice(addresses)) for _ in range(count)]


def imap_failed(n, user, address):
    return (f"dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<{user}>, "
            f"method=PLAIN, rip={address}, lip=192.0.2.25, TLS, session=<{n:014x}AA>")


def imap_in(n, user, address):
    return (f"dovecot: imap-login: Login: user=<{user}>, method=PLAIN, rip={address}, lip=192.0.2.25, "
            f"mpid={1000 + n % 30000}, TLS, session=<{n:014x}AA>")


def smtp_failed(n, user, address):
    return (f"postfix/submission/smtpd[{1000 + n % 30000}]: warning: unknown[{address}]: SASL LOGIN authentication failed: "
            "UGFzc3dvcmQ6")


def smtp_in(n, user, address):
    return (f"postfix/submission/smtpd[{1000 + n % 30000}]: {n:010X}: client=unknown[{address}], sasl_method=LOGIN, "
            f"sasl_username={user}")


def stamps(start, span):
    """The head of a line for each second."""
    heads = []
    for second in range(int(span) + 2):
        at = time.localtime(start + second)
        heads.append("%s %2d %02d:%02d:%02d mx1 " % (MONTHS[at.tm_mon - 1], at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec))
    return heads


def generate(out, lines=FULL, span=540, end=None, seed=1):
    """Writes the log and returns what is in it."""
    dice, end = random.Random(seed), end or int(time.time())
    share = lines / FULL
    slow, fast, homes = (max(1, int(count * share)) for count in (SLOW, FAST, CUSTOMERS))
    addresses = distinct_addresses(dice, slow + fast + homes)
    hostile = attack(dice, span, addresses[:slow], addresses[slow:slow + fast])
    events = hostile + customers(dice, span, addresses[slow + fast:], lines - len(hostile))
    events.sort(key=lambda event: event[0])
    write(out, events, stamps(end - span, span), dice)
    return {"lines": len(events), "attack_attempts": len(hostile), "slow_addresses": slow, "fast_addresses": fast,
            "fast_attempts": fast * FAST_TRIES, "customers": homes, "span": span, "end": end, "seed": seed}


def write(out, events, heads, dice):
    users = [f"u{number:05d}@example.net" for number in range(60_000)]
    choice = dice.choice
    with open(out, "w", encoding="ascii", buffering=1 << 20) as log:
        log.writelines(f"{heads[int(when)]}{make(n, choice(users), address)}\n"
                       for n, (when, make, address) in enumerate(events))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--lines", type=int, default=FULL)
    parser.add_argument("--span", type=int, default=540, help="seconds that the log covers")
    parser.add_argument("--end", type=int, help="when it ends, in seconds since 1970 (default: now)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made = generate(options.out, options.lines, options.span, options.end, options.seed)
    json.dump(made, sys.stdout)
    print()


if __name__ == "__main__":
    main()
