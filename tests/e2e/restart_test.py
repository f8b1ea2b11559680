#!/usr/bin/env python3
"""A restart under load: systemd keeps the doors' sockets, and whoever asks meanwhile is answered.

usage: restart_test.py TIDEGATE [unittest options]

In namespaces of its own (root); exit status 77 where that can't be. How long the longest wait is belongs to bench/run_handover.
"""

import os
import socket
import sys
import threading
import unittest

import lab
from lab import stage
from manager import Asker, Manager

TIDEGATE = os.path.realpath(sys.argv[1])
POLICY_PORT, API_PORT = 4091, 4092
QUESTION = (b"request=smtpd_access_policy\nprotocol_state=CONNECT\nprotocol_name=ESMTP\nclient_address=198.51.100.9\n"
            b"client_port=4711\nserver_port=587\n\n")
BODY = b'{"account":"user1@example.org","address":"198.51.100.9","service":"imap"}'
HTTP = b"POST /v1/consider HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
CONF = lab.SERVE + """\
import = false
[[door]]
kind = "postfix-policy"
listen = "127.0.0.1:4091"
[[door]]
kind = "api"
listen = "127.0.0.1:4092"
{more}
"""
LOCAL = """
[[door]]
kind = "postfix-policy"
listen = "unix:{work}/door.sock"
"""


def policy_is_whole(answer):
    return answer.endswith(b"\n\n")


def http_is_whole(answer):
    return b"\r\n\r\n" in answer and answer.rstrip().endswith(b"}")


def to(port):
    return lambda: socket.create_connection(("127.0.0.1", port))


class Restart(unittest.TestCase):
    def setUp(self):
        self.work = lab.workplace()
        self.configure(LOCAL.format(work=self.work))
        self.manager = Manager([TIDEGATE, "serve", "--config", self.work / "tidegate.toml"], self.work / "notify",
                               self.work / "tidegate.log")
        self.manager.start()
        self.assertTrue(self.manager.ready.wait(30), self.log())

    def tearDown(self):
        self.manager.end()

    def configure(self, more):
        (self.work / "tidegate.toml").write_text(CONF.format(work=self.work, more=more))

    def log(self):
        return (self.work / "tidegate.log").read_text()

    def to_path(self):
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(str(self.work / "door.sock"))
        return stream

    def test_1_whoever_asks_meanwhile_is_answered(self):
        stopping = threading.Event()
        askers = [Asker(connect, question, whole, 0.002, stopping)
                  for connect, question, whole in [(to(POLICY_PORT), QUESTION, policy_is_whole),
                                                   (to(API_PORT), HTTP, http_is_whole),
                                                   (self.to_path, QUESTION, policy_is_whole)] for _ in range(3)]
        for asker in askers:
            asker.start()
        for _ in range(3):
            before = [len(asker.waits) for asker in askers]
            self.assertEqual(self.manager.restart(), 0, self.log())
            self.assertTrue(self.manager.ready.wait(60), self.log())
            stage.wait_for(lambda: all(len(asker.waits) > count + 20 for asker, count in zip(askers, before)), "answers")
        stopping.set()
        for asker in askers:
            asker.join()
            self.assertEqual(asker.failures, [])
            self.assertIn(asker.answers[-1][:14], (b"action=DUNNO\n\n", b"HTTP/1.1 200 O"))

    def test_2_a_door_that_goes_is_taken_back(self):
        self.assertEqual(len({name for name, _ in self.manager.kept}), 3)
        self.configure("")
        self.manager.restart()
        self.assertTrue(self.manager.ready.wait(30), self.log())
        stage.wait_for(lambda: len({name for name, _ in self.manager.kept}) == 2, "the socket given back")
        self.assertIn("socket_unused", self.log())
        with socket.socket(socket.AF_UNIX) as stream, self.assertRaises(ConnectionRefusedError):
            stream.connect(str(self.work / "door.sock"))

    def test_3_killed_it_comes_back_to_the_same_sockets(self):
        self.manager.stop(9)
        waiting = to(POLICY_PORT)()  # nobody serves, nobody refuses
        waiting.settimeout(30)
        waiting.sendall(QUESTION)
        self.manager.start()
        self.assertEqual(waiting.recv(100), b"action=DUNNO\n\n")
        waiting.close()


if __name__ == "__main__":
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
