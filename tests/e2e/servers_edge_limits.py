#!/usr/bin/env python3
"""Tidegate's edge at the end of what it has, real Dovecots and a real Postfix behind it.

usage: servers_edge_limits.py TIDEGATE TREES [unittest options]

The daemon has few descriptors. Strangers fill it and are turned away, while customers at home have their reserve and log in; where
even the last descriptor is taken away nobody who is in notices, no server is blamed, and who comes is served once there are some
again. Clients that send without an end cost no memory. Exit status 77 where it can't run.
"""

import contextlib
import http.client
import os
import pathlib
import re
import resource
import socket
import struct
import sys
import unittest

import lab
from edge_servers import EDGE, PROTOCOLS, World
from lab import CUSTOMERS, account, home, in_parallel, password, stage
from mail_clients import ImapDialogue, Way

TIDEGATE = os.path.realpath(sys.argv[1])
TREES = pathlib.Path(sys.argv[2]).resolve()
TREE = "bookworm"
DESCRIPTORS = 700
MOST = (DESCRIPTORS - 256) // 2  # sessions; the rest is for all else (src/app/serve/edges.cpp)
PORT = PROTOCOLS["imap"][0]

world = None


def setUpModule():
    global world
    world = World(TIDEGATE, TREES / TREE, descriptors=DESCRIPTORS)
    unittest.addModuleCleanup(world.stop)
    world.start()
    for customer in range(CUSTOMERS):
        stage.wait_for(lambda who=customer: logs_in(who), f"customer {customer}", 60)


def logs_in(customer):
    with contextlib.suppress(OSError), ImapDialogue(Way(EDGE, PORT, "none", home(customer))) as to:
        return bool(to.log_in(account(customer), password(customer)))
    return False


def stranger(number):
    """A socket that was greeted, or None: turned away. Each from a network of its own."""
    come = None
    with contextlib.suppress(OSError):
        come = socket.create_connection((EDGE, PORT), timeout=30, source_address=(f"10.{number // 250}.{number % 250}.9", 0))
        if come.recv(100).startswith(b"* OK"):
            return come
    if come is not None:
        come.close()
    return None


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def edge():
    return world.tidegate.top()["edge"]


def descriptors():
    return len(os.listdir(f"/proc/{world.tidegate.process.pid}/fd"))


def resident_bytes():
    status = pathlib.Path(f"/proc/{world.tidegate.process.pid}/status").read_text()
    return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status)[1])


class A_Strangers(unittest.TestCase):
    def test_they_fill_it_and_customers_have_their_reserve(self):
        self.assertEqual(edge()["sessions"]["most"], MOST)
        strangers = [each for each in map(stranger, range(2 * MOST)) if each]
        self.addCleanup(lambda: [each.close() for each in strangers])
        turned_away = edge()["counts"]["turned_away"]
        self.assertGreater(turned_away, MOST // 2)
        self.assertGreater(len(strangers), MOST // 2)
        self.assertLess(edge()["sessions"]["now"], MOST)
        # While it is full, no more at once than a tenth of it has room for.
        self.assertEqual(in_parallel(logs_in, range(CUSTOMERS), MOST // 25), [True] * CUSTOMERS)
        self.assertLess(descriptors(), DESCRIPTORS)
        self.assertEqual(edge()["counts"]["accept_errors"], 0)
        for each in strangers:
            reset(each)
        stage.wait_for(lambda: edge()["sessions"]["now"] == 0, "their end", 60)
        after = stranger(9_000)
        self.assertIsNotNone(after)
        after.close()


class B_Nothing(unittest.TestCase):
    @staticmethod
    def accept_errors(figures):
        """Over a connection that is there already."""
        figures.request("GET", "/metrics")
        return float(re.search(r'connections_ended_total\{why="accept_error"\} (\d+)', figures.getresponse().read().decode())[1])

    def test_without_any_descriptor_it_goes_on_and_comes_back(self):
        pid = world.tidegate.process.pid
        with ImapDialogue(Way(EDGE, PORT, "none", home(0))) as reader, ImapDialogue(Way(EDGE, PORT, "none", home(1))) as waiter:
            self.assertTrue(reader.log_in(account(0), password(0)))
            figures = http.client.HTTPConnection("127.0.0.1", 9391, timeout=60)
            self.addCleanup(figures.close)
            before, out_before = self.accept_errors(figures), world.tidegate.log().count("server_out")
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, DESCRIPTORS))
            late = socket.create_connection((EDGE, PORT), timeout=60, source_address=(home(2), 0))  # the kernel takes it
            self.addCleanup(late.close)
            stage.wait_for(lambda: self.accept_errors(figures) > before, "its try to accept", 60)
            self.assertTrue(reader.ping())
            said = waiter.ask(f'a LOGIN "{account(1)}" "{password(1)}"')[-1]
            self.assertRegex(said, r"a NO \[UNAVAILABLE\]")
            self.assertTrue(reader.ping())
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
            self.assertTrue(late.recv(100).startswith(b"* OK"))
            self.assertTrue(reader.ping())
            self.assertTrue(waiter.log_in(account(1), password(1)))
        self.assertEqual([each["state"] for each in world.tidegate.top()["servers"] if each["state"] == "down"], [])
        self.assertEqual(world.tidegate.log().count("server_out"), out_before)
        self.assertEqual(in_parallel(logs_in, range(CUSTOMERS)), [True] * CUSTOMERS)


class C_Memory(unittest.TestCase):
    """How much is sent in all, and how little of it may be kept; the sanitizers need most of that."""

    CLIENTS, EACH, MOST_BYTES = 100, 4 << 20, 100 << 20

    def send_endlessly(self, number, opening):
        """Until it is hung up on; the bytes that were taken."""
        sent = 0
        with contextlib.suppress(OSError):
            with socket.create_connection((EDGE, PORT), timeout=30, source_address=(f"10.200.{number}.9", 0)) as client:
                client.sendall(opening)
                while sent < self.EACH:
                    sent += client.send(b"x" * 65_536)
        return sent

    def test_what_has_no_end_is_not_kept(self):
        before = resident_bytes()
        for opening in [b"", b"a LOGIN {900}\r\n", b"a LOGIN \"", b"a AUTHENTICATE PLAIN\r\n"]:
            sent = in_parallel(lambda n, words=opening: self.send_endlessly(n, words), range(self.CLIENTS))
            self.assertLess(max(sent), self.EACH, f"after {opening}: nobody hung up")
        self.assertLess(resident_bytes() - before, self.MOST_BYTES)
        self.assertTrue(logs_in(0))


if __name__ == "__main__":
    lab.needs_trees(__file__, TREES, TREE)
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
