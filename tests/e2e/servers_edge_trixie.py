#!/usr/bin/env python3
"""Debian 13's Dovecot 2.4 and Postfix 3.10 behind Tidegate's edge: what servers_edge.py shows of Debian 12's.

usage: servers_edge_trixie.py TIDEGATE TREES [unittest options]
"""

import sys
import unittest

import lab
import servers_edge
from servers_edge import Behind, Forwarding, LogIns, Mail, Offers, OtherClients, Reload  # noqa: F401 # unittest runs them here

servers_edge.TREE = "trixie"


class Trixie(Behind):
    def test_these_are_the_new_ones(self):
        world = servers_edge.world
        self.assertTrue(world.stores["store1"].version.startswith("2.4"), world.stores["store1"].version)
        self.assertTrue(world.relay.version.startswith("3.10"), world.relay.version)


if __name__ == "__main__":
    lab.needs_trees(__file__, servers_edge.TREES, "trixie")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
