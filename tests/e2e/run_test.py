#!/usr/bin/env python3
"""From nothing to something to see: a drill through a running daemon, `why` of a code, and scripts/run.

usage: run_test.py TIDEGATE SOURCE [unittest options]

scripts/run is run with that TIDEGATE, so that nothing is set up or built, and without a terminal; as root with an empty
/var/log in a namespace of its own.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TIDEGATE, SOURCE = os.path.realpath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()

SCENARIO = """
days_before = 1
attack_hours = 3
[customers.people]
accounts = 200
[botnet.flood]
addresses = 5_000
existing = 0.5
lasts_hours = 2
passwords = 20
tools = 1
"""


def run(*words, check=True, **more):
    done = subprocess.run([TIDEGATE, *map(str, words)], capture_output=True, text=True, timeout=120, check=False, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


class Daemon:
    """`tidegate serve` with an api door and Dovecot's, on Unix sockets of a scratch folder."""

    def __init__(self, folder, mode):
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "tidegate.toml"
        self.config.write_text(f"""
[serve]
mode = "{mode}"
state = "{folder}/state"
control = "{folder}/control.sock"
[[door]]
kind = "api"
listen = "unix:{folder}/api.sock"
key = "secret"
[[door]]
kind = "auth-policy"
listen = "unix:{folder}/policy.sock"
doubtful = "refuse"
""")
        (self.folder / "key").write_text("secret\n")
        (self.folder / "small.toml").write_text(SCENARIO)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([TIDEGATE, "serve", "--config", self.config], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        for _ in range(300):
            if run("top", "--once", "--config", self.config, check=False).returncode == 0:
                return
            time.sleep(0.1)
        self.process.kill()
        raise AssertionError((self.folder / "log").read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def drill(self, *words):
        done = run("drill", self.folder / "small.toml", "--rate", 0, "--json", *words)
        return json.loads(done.stdout)

    def scene(self):
        return json.loads(run("top", "--json", "--config", self.config).stdout)

    def why(self, who, *words):
        return run("why", who, "--socket", self.folder / "control.sock", *words).stdout

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


class Through(unittest.TestCase):
    def test_a_drill_is_watched(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(folder, "watch") as daemon:
            played = daemon.drill("--through", f"unix:{folder}/api.sock", "--key-file", f"{folder}/key", "--limit", 3000)
            self.assertEqual(played["tries"], 3000)
            for side in ("customers", "attack"):
                self.assertEqual(played[side]["stopped"], 0, "it only watches")
            self.assertGreater(played["attack"]["judged_stopped"], 300, "one tool, few passwords")
            scene = daemon.scene()
            self.assertEqual(scene["mode"], "watch")
            self.assertGreaterEqual(sum(door["questions"] for door in scene["doors"]), 6000)
            self.assertEqual(daemon.stop(), 0)

    def test_a_drill_is_stopped(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(folder, "act") as daemon:
            played = daemon.drill("--door", "auth-policy", "--through", f"{folder}/policy.sock", "--limit", 3000,
                                  "--sensor", "policy")
            self.assertEqual(played["tries"], 3000)
            self.assertGreater(played["attack"]["stopped"], 100)
            self.assertLess(played["customers"]["stopped"], played["attack"]["stopped"] / 10)
            self.refusal_is_explained(daemon, daemon.scene()["refused"][0])
            self.assertEqual(daemon.stop(), 0)

    def refusal_is_explained(self, daemon, refusal):
        code, account = refusal["code"], refusal["account"]
        text = daemon.why(code)
        for told in (code, account, refusal["address"], "sum, held against"):
            self.assertIn(told, text)
        answer = json.loads(daemon.why(code, "--json"))
        self.assertEqual((answer["kind"], answer["refused"][0]["code"]), ("code", code))
        self.assertIn(code, [each["code"] for each in json.loads(daemon.why(account, "--json"))["refused"]])
        self.assertEqual(json.loads(daemon.why(refusal["address"], "--json"))["kind"], "address")

    def test_a_wrong_key_is_said(self):
        with tempfile.TemporaryDirectory() as folder, Daemon(folder, "watch") as daemon:
            done = run("drill", f"{folder}/small.toml", "--through", f"{folder}/api.sock", check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--key-file", done.stderr)
            self.assertEqual(daemon.stop(), 0)


@unittest.skipIf(os.geteuid() != 0, "hides /var/log, which takes root")
class ScriptsRun(unittest.TestCase):
    """Without a terminal it ends by itself, with nothing left behind."""

    def run_it(self, folder, log=""):
        may = subprocess.run(["unshare", "-m", "true"], capture_output=True, text=True, check=False)
        if may.returncode:
            self.skipTest(f"no namespaces here: {may.stderr}")
        # The machine's own logs, configuration and journal are none of this test's business.
        hide = ("mount -t tmpfs none /var/log && for each in /etc/tidegate /run/systemd; do "
                "if [ -d $each ]; then mount -t tmpfs none $each; fi; done")
        if log:
            hide += f" && cp {log} /var/log/mail.log"
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", f"{hide} && exec {SOURCE}/scripts/run </dev/null"],
            env=dict(os.environ, TIDEGATE=TIDEGATE, TIDEGATE_RUN=str(folder)), capture_output=True, text=True,
            timeout=250, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_without_a_log_a_drill_is_played(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.run_it(folder)
            self.assertIn("tests/data/sample/mail.log.gz", done.stderr)
            self.assertIn("submission:plain, seed 1", done.stdout)
            self.assertRegex(done.stdout, r"attackers +[\d,]+")
            self.assertTrue(re.search(r"\d+ .*question|watch", done.stdout), "the screen")
            self.assertFalse((pathlib.Path(folder) / "drill/control.sock").exists(), "it ended cleanly")

    def test_a_log_is_reported_and_followed(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.run_it(folder, SOURCE / "tests/data/logs/dovecot-2.3/mail.log")
            self.assertIn("taking this machine's: 1 files", done.stderr)
            self.assertIn("/var/log/mail.log", done.stderr.split("it follows:")[1])
            self.assertIn(f"control socket: {folder}/control.sock", done.stderr)
            self.assertFalse((pathlib.Path(folder) / "control.sock").exists(), "it ended cleanly")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[3:]])
