#!/usr/bin/env python3
"""A daemon whose server is down tells people: how soon, signed, in each form, past ways that fail, until somebody takes it.

usage: alerting_test.py TIDEGATE [unittest options]

On loopback alone. Receivers of our own answer as bad ones do: 5xx, 429, silence, a connection that is closed.
"""

import hashlib
import hmac
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

sys.dont_write_bytecode = True
import together  # noqa: E402
from ports import free_port  # noqa: E402
from receivers import Server, Smtp  # noqa: E402
from waiting import wait_for  # noqa: E402

TIDEGATE = os.path.realpath(sys.argv[1])
KEY = "s3cr3t key"

PAGE = """#!/bin/sh
# An SMS gateway: what would be sent.
printf '%s %s %s: %s\\n' "$TIDEGATE_CODE" "$TIDEGATE_STAGE" "$1" "$TIDEGATE_SUBJECT" >> "$2"
"""


class Hook:
    """Answers each POST with the next of `answers`, the last one for ever: a status, headers, or "hang" or "close"."""

    def __init__(self, *answers):
        self.answers, self.posts = list(answers or [(200, {})]), []
        hook = self

        class Talk(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = hook.answers.pop(0) if len(hook.answers) > 1 else hook.answers[0]
                hook.posts.append((time.monotonic(), self.headers, body))
                if answer == "hang":
                    self.connection.recv(1)  # until the other side has enough of it
                    return
                if answer == "close":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(answer[0])
                for name, value in answer[1].items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Talk)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self):
        return [json.loads(body) for _, _, body in self.posts]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def pop3(connection):
    """As much of a POP3 server as a health check wants."""
    connection.sendall(b"+OK here\r\n")
    for line in connection.makefile("rb"):
        word = line.split()[0].upper() if line.split() else b""
        connection.sendall(b"+OK\r\nUSER\r\n.\r\n" if word == b"CAPA" else b"+OK\r\n")
        if word == b"QUIT":
            return


class AlertingTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.work = pathlib.Path(scratch.name)
        self.server_port, self.metrics = free_port(), free_port()
        (self.work / "key").write_text(KEY + "\n")
        (self.work / "page").write_text(PAGE)
        (self.work / "page").chmod(0o755)
        self.process = None
        self.addCleanup(self.show_log)
        self.addCleanup(self.stop)

    def show_log(self):
        """What the daemon said, where the test failed."""
        result = self._outcome.result
        if any(case is self for case, _ in result.failures + result.errors) and (self.work / "log").exists():
            print((self.work / "log").read_text(), file=sys.stderr)

    def hook(self, *answers):
        hook = Hook(*answers)
        self.addCleanup(hook.close)
        return hook

    def configure(self, text):
        (self.work / "t.toml").write_text(f"""
[serve]
mode = "watch"
state = "{self.work}/state"
control = "{self.work}/control.sock"
metrics = "127.0.0.1:{self.metrics}"
[[edge]]
name = "pop"
protocol = "pop3"
listen = "127.0.0.1:{free_port()}"
tls = "none"
plain_without_tls = true
servers = ["pop1"]
[[server]]
name = "pop1"
protocol = "pop3"
address = "127.0.0.1:{self.server_port}"
""" + text)

    def start(self):
        """Notes when the daemon itself says that the server is out: that is when it knows."""
        self.out_at, log = None, open(self.work / "log", "a")
        self.process = subprocess.Popen([TIDEGATE, "serve", "--config", self.work / "t.toml"], stderr=subprocess.PIPE,
                                        text=True)

        def read(stream):
            for line in stream:
                if ">server_out " in line and self.out_at is None:
                    self.out_at = time.monotonic()
                log.write(line)
                log.flush()

        threading.Thread(target=read, args=(self.process.stderr,), daemon=True).start()
        wait_for(lambda: self.process.poll() is not None or (self.work / "control.sock").exists(), "tidegate")
        self.assertIsNone(self.process.poll(), (self.work / "log").read_text())

    def stop(self, how=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def run_alert(self, *words, status=0):
        done = subprocess.run([TIDEGATE, "alert", *words, "--config", self.work / "t.toml"], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def alerts(self):
        return json.loads(self.run_alert("list", "--json"))

    def texts(self, name):
        path = self.work / name
        return path.read_text().splitlines() if path.exists() else []

    def test_the_first_alert_is_there_at_once_signed_and_in_every_form(self):
        signed, manager, slack = self.hook(), self.hook(), self.hook()
        smtp = Smtp("none", None)
        self.addCleanup(smtp.server.close)
        self.configure(f"""
[[alert]]
kind = "webhook"
url = "http://127.0.0.1:{signed.port}/"
signing_key_file = "key"
[[alert]]
kind = "webhook"
url = "http://127.0.0.1:{manager.port}/api/v2/alerts"
form = "alertmanager"
[[alert]]
kind = "webhook"
url = "http://127.0.0.1:{slack.port}/"
form = "slack"
[[alert]]
kind = "mail"
host = "127.0.0.1"
port = {smtp.port}
tls = "none"
from = "tidegate@example.org"
to = ["ops@example.org"]
""")
        self.start()
        wait_for(lambda: signed.posts and manager.posts and slack.posts and smtp.mails, "four alerts")
        took = max(hook.posts[0][0] for hook in (signed, manager, slack)) - self.out_at
        print(f"from detection to the alert: {1000 * took:.0f} ms", file=sys.stderr)
        self.assertLess(took, 5)

        _, headers, body = signed.posts[0]
        message = json.loads(body)
        self.assertEqual((message["kind"], message["severity"], message["about"]), ("server_down", "critical", "pop1"))
        seconds = headers["X-Tidegate-Timestamp"]
        self.assertLess(abs(int(seconds) - time.time()), 120)
        expected = hmac.new(KEY.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
        self.assertEqual(headers["X-Tidegate-Signature"], "v1=" + expected)

        raised, = manager.bodies()[0]
        self.assertEqual(raised["labels"]["alertname"], "tidegate_server_down")
        self.assertIn("critical", slack.bodies()[0]["text"])
        self.assertIn(message["code"].encode(), smtp.mails[0])

        # The end has the same labels, and is past.
        self.addCleanup(self.serve_pop3().close)
        wait_for(lambda: len(manager.posts) > 1, "the end")
        over, = manager.bodies()[-1]
        self.assertEqual(over["labels"], raised["labels"])
        self.assertLess(over["endsAt"], raised["endsAt"])
        self.assertEqual(self.alerts()["alerts"][0]["state"], "over")

    def serve_pop3(self):
        server = Server.__new__(Server)
        server.socket = socket.create_server(("127.0.0.1", self.server_port))
        server.port, server.talk = self.server_port, pop3
        server.thread = threading.Thread(target=server.run, daemon=True)
        server.thread.start()
        return server

    def test_receivers_that_fail_are_tried_again_and_their_fallback_has_it(self):
        busy, closing = self.hook((503, {}), (200, {})), self.hook("close", (200, {}))
        asking = self.hook((429, {"Retry-After": "40"}), (200, {}))
        hanging = self.hook("hang", (200, {}))
        gone, spare = self.hook((410, {})), self.hook()
        hooks = {"busy": busy, "closing": closing, "asking": asking, "hanging": hanging}
        self.configure("".join(f"""
[[alert]]
name = "{name}"
kind = "webhook"
url = "http://127.0.0.1:{hook.port}/"
timeout = 2
for = "server_down"
severity = "critical"
""" for name, hook in hooks.items()) + f"""
[[alert]]
name = "gone"
kind = "webhook"
url = "http://127.0.0.1:{gone.port}/"
fallback = "spare"
[[alert]]
name = "spare"
kind = "webhook"
url = "http://127.0.0.1:{spare.port}/"
called_only = true
""")
        self.start()
        fallen = wait_for(spare.bodies, "the fallback")[0]
        self.assertEqual(fallen["id"], gone.bodies()[0]["id"])
        self.assertIn("Instead of by gone, which does not carry it: HTTP/1.0 410", fallen["text"])
        # The others are told that it is down.
        wait_for(lambda: any(body["kind"] == "way_down" for body in busy.bodies()), "the way's alert")
        ways = {way["way"]: way for way in self.alerts()["ways"]}
        self.assertEqual(ways["gone"]["state"], "down")
        self.assertEqual(ways["spare"]["state"], "well")
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=10) as answer:
            figures = answer.read().decode()
        self.assertIn(f'tidegate_alert_way_up{{route="webhook at http://127.0.0.1:{gone.port}"}} 0\n', figures)

        def times(hook):
            first = hook.bodies()[0]["id"]
            return [at for at, _, body in list(hook.posts) if json.loads(body)["id"] == first]

        for name, hook in hooks.items():
            wait_for(lambda: len(times(hook)) == 2, f"the second try of {name}", 120)
            self.assertGreater(times(hook)[1] - times(hook)[0], 39 if name == "asking" else 29, name)

    def escalation(self):
        steps = ", ".join(f'"{seconds}s way:{name}"' for seconds, name in [(0, "eve"), (4, "bob"), (8, "boss")])
        return "".join(f"""
[[alert]]
name = "{name}"
kind = "command"
command = ["{self.work}/page", "{name}", "{self.work}/{name}"]
called_only = true
""" for name in ("eve", "bob", "boss")) + f"""
[[escalation]]
name = "all"
for = "server_down"
steps = [{steps}]
repeat = "0s"
"""

    def test_people_are_called_one_after_the_other_until_one_takes_it_also_over_a_kill(self):
        self.configure(self.escalation())
        self.start()
        first = wait_for(lambda: self.texts("eve"), "the first")[0]
        code = first.split()[0]
        self.assertRegex(first, r"^[2-9A-Z]{6} raised eve: the server pop1 is down$")
        wait_for(lambda: self.alerts()["alerts"][0]["arrived"], "that it arrived")
        wait_for(lambda: '"arrived":true' in (self.work / "state/alerts").read_text(), "that it is kept")
        self.stop(signal.SIGKILL)
        self.start()
        second = wait_for(lambda: self.texts("bob"), "the second")[0]
        self.assertEqual(second.split()[0], code)
        self.assertEqual(len(self.texts("eve")), 1, "nothing is told twice")
        said = self.run_alert("ack", code.lower(), "--author", "bob")
        self.assertIn("acknowledged by bob", said)
        listed = self.run_alert("list")
        self.assertIn("acknowledged by bob", listed)
        self.run_alert("ack", "ZZZZZZ", status=2)
        wait_for(lambda: '"who":"bob"' in (self.work / "state/alerts").read_text(), "that it is kept")
        self.stop()
        self.start()
        self.assertEqual(self.alerts()["alerts"][0]["acknowledged"]["who"], "bob")
        # All of them hear of the end; the third was never called, though its time is over by now.
        opened = self.alerts()["alerts"][0]["opened"]
        now = time.time
        wait_for(lambda: now() > time.mktime(time.strptime(opened[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone + 9, "its time")
        self.addCleanup(self.serve_pop3().close)
        wait_for(lambda: len(self.texts("eve")) == 2 and len(self.texts("bob")) == 2, "the end")
        self.assertRegex(self.texts("bob")[1], "over bob: over: the server pop1 is out no longer$")
        self.assertEqual(self.texts("boss"), [])
        deeds = subprocess.run([TIDEGATE, "deeds", "--socket", self.work / "control.sock"], capture_output=True, text=True,
                               check=True, timeout=30).stdout
        self.assertIn("acknowledge", deeds)

    def test_a_test_goes_by_one_way_and_people_take_turns(self):
        hook = self.hook()
        self.configure(self.escalation() + f"""
[[alert]]
name = "hook"
kind = "webhook"
url = "http://127.0.0.1:{hook.port}/"
[[person]]
name = "eve"
ways = ["eve"]
[[person]]
name = "bob"
ways = ["bob"]
[[rota]]
name = "mail"
people = ["eve", "bob"]
zone = "Europe/Berlin"
first = 2026-03-23
""")
        said = self.run_alert("test", "--way", "eve", "--severity", "critical")
        self.assertEqual(said, f"command {self.work}/page: sent: exit status 0\n")
        self.assertEqual(hook.posts, [])
        self.run_alert("test", "--way", "nobody", status=2)
        self.run_alert("test", "--way", "hook", "--severity", "critical")
        self.assertEqual(hook.bodies()[0]["severity"], "critical")
        # The clocks go forward on the 29th: the hand-over is still at nine.
        for at, person in [("2026-03-30T06:59:59Z", "eve"), ("2026-03-30T07:00:00Z", "bob")]:
            self.assertTrue(self.run_alert("who", "--at", at).startswith(f"mail: {person} until "), at)
        self.assertEqual(self.run_alert("who", "--at", "2026-03-24T00:00:00Z"),
                         "mail: eve until 2026-03-30 09:00, then bob until 2026-04-06 09:00 (Europe/Berlin)\n")
        self.run_alert(status=2)  # no daemon to ask


if __name__ == "__main__":
    if len(sys.argv) == 2:
        together.each_alone(__file__, TIDEGATE)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
