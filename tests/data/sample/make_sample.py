#!/usr/bin/env python3
"""Writes mail.log.gz: two days of an invented small provider, the second with a distributed guessing attack.

usage: make_sample.py [OUT]     (default: mail.log.gz beside this script; always the same bytes)

Lines are as Debian 12's rsyslog writes what Dovecot 2.3 and Postfix 3.7 say. Customers live in 10.0.0.0/8 and
attackers in 240.0.0.0/4, because the documentation's addresses are too few; accounts are at example.org.
"""

import base64
import datetime
import gzip
import pathlib
import random
import sys

DAY = 86400
START = datetime.datetime(2026, 11, 17, tzinfo=datetime.timezone.utc)
ATTACK_FROM, ATTACK_UNTIL = DAY + 9 * 3600, DAY + 21 * 3600
CUSTOMERS, ATTACKERS = 110, 780
NAMES = """ada alan amir anna arne bela berta boris carla chen clara dana david doris edith elias emma erik eva
    farid felix flora frank gerda greta hana hans hilde ida igor ines ivan jana jens jonas jule kai karin klara
    kurt lars lea lena lida lotte luca maja marek maria milan mira nadia nils nina olaf olga otto paula petra
    rafi rita robin rosa sara selma sven tara theo tilda udo ulla uwe vera viktor wanda wim xenia yara yves zoe""".split()
FUNCTIONS = ["info", "sales", "office", "support", "contact", "admin", "billing", "webmaster", "test", "scan", "backup",
             "marketing", "hr", "jobs", "accounting", "newsletter", "printer", "reception", "root", "postmaster"]


class Log:
    """Lines with their times, sorted when written."""

    def __init__(self, dice):
        self.dice, self.lines, self.pids = dice, [], {}

    def add(self, when, program, text, pid=True):
        self.lines.append((when, f"{program}[{self.pid(program)}]: {text}" if pid else f"{program}: {text}"))

    def pid(self, program):
        """The process that answers: a few of each kind, replaced now and then."""
        pool = self.pids.setdefault(program, [self.dice.randrange(900, 99999) for _ in range(4)])
        if self.dice.random() < 0.02:
            pool[self.dice.randrange(4)] = self.dice.randrange(900, 99999)
        return self.dice.choice(pool)

    def session(self):
        return base64.b64encode(self.dice.randbytes(9)).decode()

    def write(self, path):
        self.lines.sort()
        raw = "".join(f"{self.stamp(when)} mx1 {text}\n" for when, text in self.lines)
        with open(path, "wb") as output, gzip.GzipFile(fileobj=output, mode="wb", filename="", mtime=0, compresslevel=9) as packed:
            packed.write(raw.encode())

    @staticmethod
    def stamp(when):
        return (START + datetime.timedelta(seconds=when)).isoformat(timespec="microseconds")


class Provider:
    """Both servers' words for what clients do."""

    def __init__(self, log, dice):
        self.log, self.dice = log, dice

    def imap_in(self, when, service, user, address):
        session, pid = self.log.session(), self.dice.randrange(1000, 99999)
        self.log.add(when, "dovecot", f"{service}-login: Login: user=<{user}>, method=PLAIN, rip={address}, "
                     f"lip=192.0.2.25, mpid={pid}, TLS, session=<{session}>", pid=False)
        self.log.add(when + self.dice.uniform(2, 500), "dovecot", f"{service}({user})<{pid}><{session}>: Disconnected: Logged out "
                     + ("in=%d out=%d" % (self.dice.randrange(200, 900), self.dice.randrange(900, 9000))), pid=False)

    def imap_failed(self, when, service, user, address, attempts=1):
        seconds = 2 * attempts + self.dice.randrange(3)
        self.log.add(when + seconds, "dovecot", f"{service}-login: Disconnected: Connection closed (auth failed, {attempts} attempts in {seconds} secs): "
                     f"user=<{user}>, method=PLAIN, rip={address}, lip=192.0.2.25, TLS, session=<{self.log.session()}>", pid=False)

    def submission_in(self, when, user, address):
        queue = "%010X" % self.dice.randrange(1 << 40)
        self.log.add(when, "postfix/submission/smtpd", f"{queue}: client=unknown[{address}], sasl_method=PLAIN, sasl_username={user}")
        self.log.add(when + 0.4, "postfix/qmgr", f"{queue}: from=<{user}>, size={self.dice.randrange(900, 90000)}, nrcpt=1 (queue active)")

    def submission_failed(self, when, user, address):
        self.log.add(when + 2, "postfix/submission/smtpd", f"warning: unknown[{address}]: SASL LOGIN authentication failed: "
                     f"(reason unavailable), sasl_username={user}")
        self.log.add(when + 2.1, "postfix/submission/smtpd", f"lost connection after AUTH from unknown[{address}]")

    def spoke_early(self, when, address):
        port = self.dice.randrange(1025, 65000)
        self.log.add(when, "postfix/postscreen", f"CONNECT from [{address}]:{port} to [192.0.2.25]:25")
        self.log.add(when + 0.1, "postfix/postscreen", f"PREGREET 14 after 0.08 from [{address}]:{port}: EHLO ylmf-pc\\r\\n")
        self.log.add(when + 0.3, "postfix/postscreen", f"DISCONNECT [{address}]:{port}")

    def rejected(self, when, address):
        self.log.add(when, "postfix/smtpd", f"NOQUEUE: reject: RCPT from unknown[{address}]: 554 5.7.1 <someone@example.net>: Relay access denied; "
                     "from=<x@example.com> to=<someone@example.net> proto=ESMTP helo=<localhost>")


class Customer:
    """One person: an account, a home network, two or three programs that log in by habit."""

    def __init__(self, dice, number):
        self.dice = dice
        name = NAMES[number % len(NAMES)] + (str(number // len(NAMES) + 1) if number >= len(NAMES) else "")
        self.account = f"{name}@example.org"
        self.home = f"10.{dice.choice([4, 4, 4, 17, 17, 88])}.{dice.randrange(40)}.{dice.randrange(1, 255)}"
        self.phone_net = f"10.200.{dice.randrange(6)}."
        self.rate = dice.uniform(3, 11)
        self.service = dice.choice(["imap", "imap", "imap", "pop3"])

    def place(self):
        if self.dice.random() < 0.18:
            return self.phone_net + str(self.dice.randrange(1, 255))
        return self.home

    def live(self, provider, day):
        for _ in range(int(self.rate)):
            when = day * DAY + waking(self.dice)
            if self.dice.random() < 0.012:
                provider.imap_failed(when - 25, self.service, self.account, self.place())
            provider.imap_in(when, self.service, self.account, self.place())
            if self.dice.random() < 0.22:
                provider.submission_in(when + self.dice.uniform(20, 400), self.account, self.home)


def waking(dice):
    """A second of the day, by the habits of people."""
    return dice.choice([dice.gauss(9.2, 1.6), dice.gauss(13.5, 2.5), dice.gauss(19.5, 2.0), dice.uniform(0, 24)]) % 24 * 3600


def attackers(dice):
    """Addresses of rented machines and infected homes, most alone in their /24."""
    nets = [(dice.randrange(240, 255), dice.randrange(256), dice.randrange(256)) for _ in range(ATTACKERS * 3 // 4)]
    return ["%d.%d.%d.%d" % (*dice.choice(nets), dice.randrange(1, 255)) for _ in range(ATTACKERS)]


def targets(dice, customers):
    """Most names are real ones that leaked somewhere; the rest are those that every list has."""
    if dice.random() < 0.7:
        return dice.choice(customers).account
    return dice.choice(FUNCTIONS) + "@example.org"


def attack(provider, dice, customers):
    """Each address tries once or twice; the crowd makes the attack."""
    found = customers[17]
    for address in attackers(dice):
        when = dice.triangular(ATTACK_FROM, ATTACK_UNTIL, ATTACK_FROM + 4 * 3600)
        for attempt in range(dice.choice([1, 1, 2])):
            guess(provider, dice, when + attempt * dice.uniform(5, 3000), targets(dice, customers), address)
    provider.imap_in(ATTACK_FROM + 6.3 * 3600, "imap", found.account, "243.18.77.201")
    for mail in range(12):
        provider.submission_in(ATTACK_FROM + 6.4 * 3600 + mail * 31, found.account, "243.18.77.201")


def guess(provider, dice, when, user, address):
    if dice.random() < 0.55:
        provider.imap_failed(when, "imap", user, address)
    else:
        provider.submission_failed(when, user, address)


def background(provider, dice, customers):
    """What every provider sees every day: a noisy guesser, scanners, a phone with an old password."""
    for day in range(2):
        for _ in range(60):
            guess(provider, dice, day * DAY + dice.uniform(0, DAY), targets(dice, customers),
                  "%d.%d.%d.%d" % (dice.randrange(240, 255), *(dice.randrange(1, 255) for _ in range(3))))
        noisy, start = f"250.7.{day}.9", day * DAY + dice.uniform(0, DAY / 2)
        for turn in range(45):
            provider.submission_failed(start + turn * 9, FUNCTIONS[turn % len(FUNCTIONS)] + "@example.org", noisy)
        for _ in range(70):
            address = "%d.%d.%d.%d" % (dice.randrange(240, 255), *(dice.randrange(1, 255) for _ in range(3)))
            dice.choice([provider.spoke_early, provider.rejected])(day * DAY + dice.uniform(0, DAY), address)
    old = customers[40]
    for turn in range(60):
        provider.imap_failed(DAY + 7 * 3600 + turn * 600, "imap", old.account, old.home)


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("mail.log.gz")
    dice = random.Random(20261117)
    log = Log(dice)
    provider = Provider(log, dice)
    customers = [Customer(dice, number) for number in range(CUSTOMERS)]
    for day in range(2):
        for customer in customers:
            customer.live(provider, day)
    background(provider, dice, customers)
    attack(provider, dice, customers)
    log.write(out)
    print(f"{out}: {len(log.lines)} lines, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
