#!/usr/bin/env python3
"""What the edge understands is what the servers understand: the same bytes are sent to real Dovecot and Postfix, and to
Tidegate's edge before them, and what became of them is compared.

usage: servers_edge_differ.py TIDEGATE TREES [unittest options]

differ_streams.py makes streams by chance, differ_talk.py plays them. Compared are the kind of each answer, whether the
connection was closed, whom the servers let in, of whom the password database was asked, and which mails were delivered, from
whom, to whom, with what in them; and what the edge believes of all that with what the servers' logs say. differ_known.py has the
differences that are meant. The first streams of each protocol are played, with SHORT=1 fewer of them; DIFFER_SECONDS=600 goes on so
long with new ones, DIFFER_PROTOCOLS="imap smtp" has these protocols alone, DIFFER_SEEDS="17 18" these streams.
`scripts/differ` is the way to call it. Exit status 77 where it can't run.
"""

import collections
import contextlib
import itertools
import os
import pathlib
import re
import sqlite3
import sys
import time
import unittest

import differ_known
import differ_streams
import differ_talk
import edge_servers
import lab
from differ_streams import GRAMMARS, TLS, Flight
from differ_talk import CALM, HASTY, Place
from edge_servers import EDGE, PROTOCOLS, RELAY, STORES
from journal_file import JournalFile
from lab import in_parallel, stage

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
TREE = os.environ.get("DIFFER_TREE", "bookworm")
STREAMS = 50 if "SHORT" in os.environ else 150  # of each protocol
AT_ONCE = 24
SOMEBODY = "somebody"  # whom Postfix let in, but does not name

# Port 25, and accounts that get things wrong in peace.
MORE = """
[[edge]]
name = "smtp"
protocol = "smtp"
listen = ["127.0.0.1:25"]
tls = "starttls"
host = "mail.example.org"
servers = ["mx"]
greeting_delay = 0
[[server]]
name = "mx"
protocol = "smtp"
address = "{relay}:25"
forward = "xclient"
"""


class Servers:
    """Reads what they write, as they write it."""

    def __init__(self, world):
        self.world = world
        self.let_in = collections.defaultdict(list)
        self.asked = collections.defaultdict(set)
        self.mails = collections.defaultdict(dict)
        self.read_from = collections.Counter()
        self.last_lookup = 0
        self.sizes = {}

    def lines(self, path):
        with open(path, "rb") as log:
            log.seek(self.read_from[path])
            text = log.read()
        whole = text[:text.rfind(b"\n") + 1]
        self.read_from[path] += len(whole)
        return whole.decode("utf-8", "replace").splitlines()

    def read(self):
        for store in self.world.stores.values():
            for line in self.lines(store.log):
                if found := re.search(r"-login: .*Log(?:in|ged in): user=<([^>]*)>.*rip=([0-9.]+),", line):
                    self.let_in[found[2]].append(found[1])
        for line in self.lines(self.world.relay.log):
            if found := re.search(r"disconnect from \S*\[([0-9.]+)\].* auth=(\d+)", line):
                self.let_in[found[1]] += ["somebody"] * int(found[2])
        self.read_lookups()
        self.read_mails()

    def read_lookups(self):
        base = sqlite3.connect(self.world.passwords.path, timeout=10)
        for number, name, address in base.execute("SELECT rowid, name, address FROM lookups WHERE rowid > ?", (self.last_lookup,)):
            self.asked[address].add(name)
            self.last_lookup = number
        base.close()

    def read_mails(self):
        """An envelope has a line for each delivery, so it may grow. What Postfix adds is none of the mail."""
        for path in self.world.relay.envelopes.iterdir():
            size = path.stat().st_size
            if self.sizes.get(path.name) == size:
                continue
            self.sizes[path.name] = size
            envelope = sorted(path.read_text("utf-8", "replace").splitlines())
            text = (self.world.relay.sink / path.name).read_bytes()
            text = re.sub(rb"\A(?:(?:From |Received:|X-|Delivered-To:).*\n(?:[ \t].*\n)*)+", b"", text)
            text = re.sub(rb"(?im)^(?:Message-Id: <\d+\.\w+@mx1|Date:|From:).*\n", b"", text)
            self.mails[envelope[0].split(" ")[0]][path.name] = [line.split(" ", 1)[1] for line in envelope], text

    def are_done(self):
        """All mail that Postfix has is delivered."""
        text = self.world.relay.log.read_text("utf-8", "replace")
        queued = set(re.findall(r"qmgr\[\d+\]: ([0-9A-F]+): from=", text))
        return queued <= set(re.findall(r"qmgr\[\d+\]: ([0-9A-F]+): removed", text))

    def of(self, address):
        return {"let in": self.let_in[address], "asked of": sorted(self.asked[address]), "mails": sorted(self.mails[address].values())}


class Outcome:
    """One stream at both places."""

    def __init__(self, protocol, seed, flights):
        self.protocol, self.seed, self.flights = protocol, seed, flights
        self.said, self.addresses, self.became = {}, {}, {}
        self.reason = ""  # why a difference is meant

    def kinds(self, where):
        return [[differ_known.refusals_alike(self.protocol, kind) for kind in each]
                for each in differ_talk.kinds(self.protocol, self.said[where])]

    def parting(self):
        """The number of the first flight that was answered differently (0: the greeting); nothing if none was."""
        server, edge = self.kinds("server"), self.kinds("edge")
        for n, (ours, its) in enumerate(itertools.zip_longest(edge, server)):
            if ours != its:
                return n
        return len(server) if self.said["server"].closed != self.said["edge"].closed else None

    def difference(self):
        """What differs and is not meant, or nothing."""
        at = self.parting()
        if at is not None:
            self.reason = differ_known.find(self, at)
            return None if self.reason else f"answered differently from flight {at} on"
        for what, its in self.became["server"].items():
            if self.became["edge"][what] != its:
                if what != "asked of" or not (differ_known.asks_less(self) or differ_known.asks_more(self)):
                    return what
        return None

    def is_queued(self):
        """How many mails the client was told of."""
        return b"".join(self.said["edge"].replies).count(b"Ok: queued as")

    def show(self):
        lines = [f"{self.protocol}, number {self.seed}:"]
        for n, flight in enumerate([Flight((b"",)), *self.flights]):
            lines.append(f"  {'-- TLS --' if flight is TLS else [piece for piece in flight.pieces]}")
            for where in ["server", "edge"]:
                replies = self.said[where].replies
                if n < len(replies):
                    lines.append(f"      {where}: {replies[n][-300:]}")
        for where in ["server", "edge"]:
            lines.append(f"  {where}: closed: {self.said[where].closed} {self.became[where]}")
        return "\n".join(lines)


class Differ:
    def __init__(self, world):
        self.world, self.servers = world, Servers(world)
        self.numbers = itertools.count(1)
        self.played = 0
        self.meant = collections.Counter()  # differences that are, by their reasons

    def address(self, block):
        n = next(self.numbers)
        return f"10.{block}.{n // 250 % 250}.{n % 250 + 1}"

    def place(self, protocol, where):
        port = 25 if protocol == "smtp" else PROTOCOLS[protocol][0]
        server = RELAY if protocol in ["smtp", "submission"] else STORES["store1"]
        return Place(EDGE if where == "edge" else server, port, self.address(2 if where == "edge" else 1))

    def play(self, outcome, patience):
        def at(where):
            place = self.place(outcome.protocol, where)
            outcome.addresses[where] = place.source
            outcome.said[where] = differ_talk.play(outcome.protocol, place, outcome.flights, patience)
        in_parallel(at, ["server", "edge"])

    def settle(self, outcomes):
        """Reads what became of these."""
        stage.wait_for(self.servers.are_done, "the delivery of all mail", 60)

        def agree():
            self.servers.read()
            for outcome in outcomes:
                outcome.became = {where: self.servers.of(address) for where, address in outcome.addresses.items()}
            return self.admitted() == self.believed()
        try:
            stage.wait_for(agree, "the edge and the servers to agree on who was let in", 20)
        except Exception as error:
            said = [f"admitted by the edge: {self.believed()}, let in by the servers behind it: {self.admitted()}"]
            said += [outcome.show() for outcome in outcomes if outcome.is_queued() != len(outcome.became["edge"]["mails"])]
            raise AssertionError("\n".join(said)) from error

    def admitted(self):
        """By the servers, of those who came through the edge: log-ins, and mails on port 25."""
        log_ins = sum(len(names) for address, names in self.servers.let_in.items() if address.startswith("10.2."))
        return log_ins + sum(1 for address, mails in self.servers.mails.items() if address.startswith("10.2.")
                             for envelope, _ in mails.values() if envelope[0].startswith(" "))

    def believed(self):
        return int(self.world.tidegate.figure("tidegate_edge_attempts_total", outcome="admitted"))

    def mistaken(self):
        """Whom the edge told the judge of, and the servers let in as somebody else, or nobody."""
        believed = collections.defaultdict(list)
        for address, account in JournalFile(self.world.work / "tidegate").successes():
            believed[address].append(account)
        def agrees(ours, its):
            return len(ours) == len(its) and (SOMEBODY in its or [each.lower() for each in ours] == [each.lower() for each in its])
        addresses = [each for each in believed.keys() | self.servers.let_in.keys() if each.startswith("10.2.")]
        return [f"{address}: believed {believed[address]}, let in {self.servers.let_in[address]}" for address in addresses
                if not agrees(believed[address], self.servers.let_in[address])]

    def compare(self, protocol, streams):
        """Outcomes that differ although they should not, seen three times. `streams`: pairs of a number and flights."""
        outcomes = [Outcome(protocol, *each) for each in streams]
        for patience in [HASTY, CALM, CALM]:
            in_parallel(lambda outcome, patience=patience: self.play(outcome, patience), outcomes, AT_ONCE)
            self.settle(outcomes)
            found = [outcome for outcome in outcomes if outcome.difference()]
            self.meant.update(outcome.reason for outcome in outcomes if outcome.reason and outcome not in found)
            outcomes = found
        self.played += len(streams)
        return outcomes

    def sum(self):
        lines = [f"  {n}: {reason}" for reason, n in self.meant.most_common()]
        return "\n".join([f"{self.played} streams; parted where it is meant:", *lines])

    def smaller(self, outcome):
        """The same finding with fewer flights, in fewer pieces."""
        tried = [Flight((each.text,)) if each is not TLS else each for each in outcome.flights]
        for flights in [tried[:n] + tried[n + 1:] for n in range(len(tried))] + [tried]:
            if found := self.compare(outcome.protocol, [(outcome.seed, flights)]):
                return self.smaller(found[0]) if len(flights) < len(outcome.flights) else found[0]
        return outcome


world = None
differ = None


def setUpModule():
    global world, differ
    world = edge_servers.World(TIDEGATE, TREES / TREE, MORE.format(relay=RELAY), [25])
    for name, secret in [differ_streams.ODD]:
        world.passwords.add(name, secret)
    unittest.addModuleCleanup(world.stop)
    world.start()
    for prefix in ["10.1.0.0/16", "10.2.0.0/16"]:  # who sends this is no customer
        world.tidegate.ask("allow", prefix, "--reason", "test", "--author", "eve")
    differ = Differ(world)
    stage.wait_for(lambda: all(map(has_learned, ["imap", "pop3", "managesieve", "submission"])), "what the servers offer", 60)


def has_learned(protocol):
    said = differ_talk.play(protocol, differ.place(protocol, "edge"), [Flight((b"a CAPABILITY\r\n" if protocol == "imap" else
                            b"EHLO x\r\n" if protocol == "submission" else b"CAPA\r\n",))], HASTY)
    return b"OAUTHBEARER" in b"".join(said.replies)


class Differences(unittest.TestCase):
    def look(self, protocol, numbers):
        found = differ.compare(protocol, [(n, differ_streams.stream(protocol, n)) for n in numbers])
        said = [f"{each.difference()}: {each.show()}" for each in found]
        if "DIFFER_WHOLE" not in os.environ:
            said = [f"{each.difference()}: {each.show()}" for each in map(differ.smaller, found[:5])] + said[5:]
        self.assertEqual(said, [], "\n" + "\n\n".join(said))

    def test_what_kills_dovecots_log_in_process_does_not_reach_it(self):
        """2.3's dies of a CR alone before the client goes; others who are logging in there go with it."""
        def panics():
            return sum(store.text().count("Panic") for store in world.stores.values())
        before = panics()
        for text in [b"LOGOUT\r", b"CAPABILITY\r", b'AUTHENTICATE "PLAIN"\r']:
            differ_talk.play("managesieve", differ.place("managesieve", "edge"), [Flight((text,))], HASTY)
        said = differ_talk.play("managesieve", differ.place("managesieve", "edge"),
                                [Flight((b'AUTHENTICATE "PLAIN" "' + lab.plain(*differ_streams.ACCOUNTS[0]).encode() + b'"\r\n',))], CALM)
        self.assertIn(b"OK", said.replies[-1])
        self.assertEqual(panics(), before)

    def test_the_same_bytes_mean_the_same(self):
        protocols = os.environ.get("DIFFER_PROTOCOLS", " ".join(GRAMMARS)).split()
        seconds = float(os.environ.get("DIFFER_SECONDS", "0"))
        if "DIFFER_SEEDS" in os.environ:
            rounds = [[int(n) for n in os.environ["DIFFER_SEEDS"].split()]]
        elif seconds:
            first = int(time.time()) * 1000
            print(f"streams from {first} on", file=sys.stderr)
            end = time.monotonic() + seconds
            rounds = itertools.takewhile(lambda _: time.monotonic() < end, (range(n, n + STREAMS) for n in itertools.count(first, STREAMS)))
        else:
            rounds = [range(STREAMS)]
        for numbers in rounds:
            for protocol in protocols:
                with self.subTest(protocol=protocol):
                    self.look(protocol, numbers)
        with contextlib.suppress(TimeoutError):  # entries are on the disk a moment later
            stage.wait_for(lambda: not differ.mistaken(), "the journal")
        self.assertEqual(differ.mistaken(), [])
        print(differ.sum(), file=sys.stderr)


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, TREE)
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
