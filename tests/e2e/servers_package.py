#!/usr/bin/env python3
"""The Debian package beside Dovecot and Postfix, on Debian 12 and 13: installed, started, upgraded, removed, purged.

usage: servers_package.py TIDEGATE TREES [unittest options]

TREES is the folder in which `scripts/e2e --long package` has packed what is committed; TIDEGATE is not used, since the package
has its own. Once in a chroot, where nothing may start, and once in a tree that its own systemd has started. Exit status 77
where it can't run.
"""

import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import time
import unittest
import urllib.request

import lab
import receivers
from booted import Booted
from console_test import PASSWORD, Browser, code_of
from lab import stage
from manager import Asker

TREES = pathlib.Path(sys.argv[2]).resolve()
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CONF = "/etc/tidegate/tidegate.toml"
QUESTION = (b"request=smtpd_access_policy\nprotocol_state=CONNECT\nprotocol_name=ESMTP\nclient_address=198.51.100.9\n"
            b"client_port=4711\nserver_port=587\n\n")
FAILURE = "dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<bob@example.org>, method=PLAIN, " \
          "rip=198.51.100.7, lip=192.0.2.1, session=<a>"


# The command writes where the unit lets the daemon write.
FURTHER = """
[[list]]
name = "ours"
path = "/etc/tidegate/listed"
weight = 15
[dns]
servers = ["127.0.0.1:5399"]
[[dnsbl]]
kind = "local"
name = "gone"
zone = "gone.example.org"
[firewall]
mode = "on"
[[alert]]
kind = "command"
command = ["/bin/sh", "-c", "cat >> /var/lib/tidegate/alerts"]
[[alert]]
kind = "mail"
host = "127.0.0.1"
port = %d
from = "tidegate@example.org"
to = ["ops@example.org"]
ca_file = "/etc/tidegate/ours.pem"
[[alert]]
kind = "webhook"
url = "https://127.0.0.1:%d/"
ca_file = "/etc/tidegate/ours.pem"
"""


# Beside Postfix's, which the package proposes.
QUEUE = """
[[queue]]
name = "nice"
command = ["/bin/sh", "-c", "nice > /var/lib/tidegate/nice"]
"""

# Beside the console, likewise.
PAGE = """
[status]
listen = "127.0.0.1:8025"
url = "https://status.example.org/"
provider = "Example Mail"
static_folder = "/var/lib/tidegate/status"
push = ["/bin/sh", "-c", "cp -r {folder}/. /var/lib/tidegate/pushed && touch /var/lib/tidegate/pushed/whole"]
"""


def needs_this_commit():
    done = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True,
                          check=False)
    for release in ["bookworm", "trixie"]:
        made = TREES / f"package-{release}.commit"
        if not made.exists() or made.read_text() != done.stdout:
            lab.skip("servers_package", f"what is committed is not packed in {TREES}: scripts/e2e --long package does it")


def later_package(package, folder, later):
    """The same with a higher version, without building anything."""
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder / "raw"], check=True)
    control = folder / "raw/DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*", "Version: 9.0-1", control.read_text(), flags=re.MULTILINE))
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", folder / "raw", later], check=True, stdout=subprocess.DEVNULL)


# What dpkg, apt, the log and other services write at any time; and what is no part of the system.
PASSING = re.compile(r"^/(proc|sys|dev|run|tmp|var/(cache|log|spool|tmp|lib/(apt|postfix|dovecot|systemd/(?!deb-systemd-helper)|dpkg/(?!info))))/")


def files_of(root):
    """All paths in a tree but those that pass."""
    found = set()
    for folder, folders, names in os.walk(root):
        inside = "/" + os.path.relpath(folder, root).lstrip(".")
        inside = inside.rstrip("/")
        folders[:] = [name for name in folders
                      if not PASSING.match(f"{inside}/{name}/") and not os.path.ismount(f"{folder}/{name}")]
        found.update(f"{inside}/{name}" for name in [*folders, *names])
    return found


def answer_to(question):
    with lab.Wire("127.0.0.1", 4081) as wire:
        wire.socket.sendall(question)
        return wire.line()


def imaps_log_in(source, user, secret):
    """The server's last word. Its certificate is the one that its package made."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with lab.dial(source, 993) as plain, trusting.wrap_socket(plain) as stream, stream.makefile("rb") as file:
        file.readline()
        stream.sendall(f"a LOGIN {user} {secret}\r\n".encode())
        line = file.readline().decode()
        while line.startswith("* "):
            line = file.readline().decode()
    return line


class Packaged:
    """What both places share. `install` takes a package's file as the tree sees it; `run` runs in the tree."""

    release = ""

    @classmethod
    def setUpClass(cls):
        cls.work = lab.workplace()
        cls.base = TREES / f"package-{cls.release}"
        cls.tree = lab.Tree(cls.base, cls.work)
        later_package(cls.base / "tidegate.deb", cls.work, cls.tree.root / "later.deb")

    def path(self, inside):
        return self.tree.root / inside.lstrip("/")

    def facts(self, inside):
        return self.tree.run("stat", "-c", "%U:%G %a", inside).strip()

    def apt(self, *words):
        status, said = self.run_inside("apt-get", "-q", "-y", *words)
        self.assertEqual(status, 0, said)
        return said

    def assert_installed(self):
        self.assertEqual(self.facts(CONF), "root:tidegate 640")
        text = self.path(CONF).read_text()
        self.assertIn('\nmode = "watch"\n', text)
        for kind in ["auth-policy", "postfix-policy"]:
            self.assertIn(f'\nkind = "{kind}"\n', text)
        self.assertEqual(self.run_inside("tidegate", "check-config", CONF)[0], 0)

    def failures(self):
        status, said = self.run_inside("tidegate", "top", "--json")
        return json.loads(said)["total"]["failures"] if status == 0 else None

    def assert_nothing_is_left(self):
        left = files_of(self.tree.root) - self.before
        self.assertEqual(left, set())


class Chrooted(Packaged):
    """Without an init: nothing is started, nothing fails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        log = cls.tree.root / "var/log/mail.log"
        log.write_text(f"Nov 29 08:00:00 mx1 {FAILURE}\n")
        cls.tree.run("chown", "root:adm", "/var/log/mail.log")
        log.chmod(0o640)
        cls.before = files_of(cls.tree.root)

    def run_inside(self, *words):
        done = subprocess.run(["chroot", self.tree.root, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                               "DEBIAN_FRONTEND=noninteractive", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, timeout=120)
        return done.returncode, done.stdout

    def test_1_installs_and_starts_nothing(self):
        said = self.apt("install", "/tidegate.deb")
        self.assert_installed()
        self.assertIn('file = "/var/log/mail.log"', self.path(CONF).read_text())
        self.assertIn("It only watches", said)
        secret = re.search(r'key = "(\w+)"', self.path(CONF).read_text())[1]
        self.assertNotIn(secret, said)
        self.assertFalse(stage.bound(4081))
        self.assertTrue(self.path("/usr/share/man/man1/tidegate.1.gz").exists())
        self.assertIn("version 3", self.path("/usr/share/doc/tidegate/copyright").read_text())

    def test_2_is_hardened(self):
        program = self.path("/usr/bin/tidegate")

        def told(*options):
            return subprocess.run(["readelf", "--wide", *options, program], capture_output=True, text=True, check=True).stdout

        self.assertRegex(told("--file-header"), r"Type:\s+DYN")
        self.assertRegex(told("--program-headers"), r"GNU_RELRO")
        self.assertNotRegex(told("--program-headers"), r"GNU_STACK.* RWE ")
        self.assertRegex(told("--dynamic"), r"FLAGS_1.*NOW.*PIE|FLAGS_1.*PIE.*NOW")
        symbols = told("--dyn-syms")
        self.assertIn("__stack_chk_fail", symbols)
        self.assertRegex(symbols, r"__\w+_chk@")

    def test_3_serves_as_its_user(self):
        self.tree.run("install", "-d", "-o", "tidegate", "-g", "tidegate", "/run/tidegate")
        with open(self.work / "serve.log", "w+") as log:
            serving = subprocess.Popen(["chroot", self.tree.root, "setpriv", "--reuid=tidegate", "--regid=tidegate", "--init-groups",
                                        "--bounding-set=-all", "tidegate", "serve"], stdout=log, stderr=log)
            try:
                stage.wait_for(lambda: serving.poll() is not None or self.run_inside("tidegate", "top", "--once")[0] == 0, "serve", 60)
                self.assertIsNone(serving.poll(), (self.work / "serve.log").read_text())
                self.assertEqual(answer_to(QUESTION), "action=DUNNO")
                with open(self.path("/var/log/mail.log"), "a") as mail_log:
                    mail_log.write(f"Nov 29 08:00:01 mx1 {FAILURE}\n")
                stage.wait_for(lambda: self.failures() == 1, "counting a line of the log")
                status, said = self.run_inside("tidegate", "audit")
                self.assertEqual(status, 1, said)
                self.assertRegex(said, r"error: /etc/dovecot/\S+: auth_policy_server_url")
                self.assertNotRegex(said, r"nobody answers|cannot be read")
            finally:
                serving.terminate()
            self.assertEqual(serving.wait(20), 0)

    def test_4_an_upgrade_keeps_what_is_there(self):
        mine = self.path(CONF).read_text() + "# my own words\n"
        self.path(CONF).write_text(mine)
        kept = sorted(os.listdir(self.path("/var/lib/tidegate")))
        self.assertTrue(kept)
        self.apt("install", "/later.deb")
        self.assertEqual(self.path(CONF).read_text(), mine)
        self.assertEqual(sorted(os.listdir(self.path("/var/lib/tidegate"))), kept)
        self.assertEqual(self.facts(CONF), "root:tidegate 640")

    def test_5_a_configuration_that_was_moved_away_is_written_anew(self):
        self.path(CONF).unlink()
        status, said = self.run_inside("dpkg-reconfigure", "tidegate")
        self.assertEqual(status, 0, said)
        self.assert_installed()

    def test_6_removing_leaves_them_and_purging_takes_them(self):
        self.apt("remove", "tidegate")
        self.assertTrue(self.path(CONF).exists())
        self.assertTrue(os.listdir(self.path("/var/lib/tidegate")))
        self.assertFalse(self.path("/usr/bin/tidegate").exists())
        self.apt("purge", "tidegate")
        self.assert_nothing_is_left()

    def test_7_finds_who_is_configured_after_it(self):
        self.path("/usr/bin/doveconf").rename(self.path("/usr/bin/doveconf.later"))
        self.tree.run("dpkg", "--no-triggers", "--install", "/tidegate.deb")
        self.assertNotIn("auth-policy", self.path(CONF).read_text())
        self.path("/usr/bin/doveconf.later").rename(self.path("/usr/bin/doveconf"))
        self.tree.run("dpkg", "--triggers-only", "--pending")
        self.assert_installed()
        self.apt("purge", "tidegate")
        self.assert_nothing_is_left()

    def test_8_what_was_written_meanwhile_stays(self):
        self.path("/usr/bin/doveconf").rename(self.path("/usr/bin/doveconf.later"))
        self.tree.run("dpkg", "--no-triggers", "--install", "/tidegate.deb")
        mine = self.path(CONF).read_text() + "# my own words\n"
        self.path(CONF).write_text(mine)
        self.path("/usr/bin/doveconf.later").rename(self.path("/usr/bin/doveconf"))
        self.tree.run("dpkg", "--triggers-only", "--pending")
        self.assertEqual(self.path(CONF).read_text(), mine)


class Live(Packaged):
    """With systemd."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.booted = Booted(cls.tree, cls.work)
        cls.before = files_of(cls.tree.root)  # the first boot writes things too

    @classmethod
    def tearDownClass(cls):
        cls.booted.end()

    def run_inside(self, *words):
        return self.booted.run(*words)

    def status(self):
        return self.run_inside("systemctl", "status", "--full", "tidegate")[1] + self.run_inside("journalctl", "-b", "-u", "tidegate")[1]

    def advice(self):
        """What `tidegate setup` prints for Dovecot: (file, lines)."""
        status, said = self.run_inside("tidegate", "setup")
        self.assertEqual(status, 0, said)
        found = []
        for part in said.split("\n== ")[1:]:
            head, _, rest = part.partition("\n")
            lines = rest.split("\nthen: ")[0].split("\n\n", 1)[1].strip("\n")
            if head.startswith("Dovecot: ") and "not before Tidegate acts" not in head:
                found.append((head.removeprefix("Dovecot: ").split(" (")[0], lines))
        self.assertTrue(found, said)
        return found

    def main_process(self):
        return self.booted.property("tidegate", "MainPID")

    def test_1_a_policy_that_says_no_is_respected(self):
        policy = self.path("/usr/sbin/policy-rc.d")
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        self.apt("install", "/tidegate.deb")
        self.assertEqual(self.booted.property("tidegate", "ActiveState"), "inactive")
        self.apt("purge", "tidegate")
        policy.unlink()

    def test_2_starts_and_only_watches(self):
        self.apt("install", "/tidegate.deb")
        self.assert_installed()
        self.assertEqual(self.booted.property("tidegate", "ActiveState"), "active", self.status())
        self.assertEqual(self.booted.property("tidegate", "UnitFileState"), "enabled")
        self.assertEqual(self.booted.property("tidegate.socket", "UnitFileState"), "disabled")
        self.assertEqual(self.booted.property("tidegate.socket", "ActiveState"), "inactive")
        self.assertEqual(answer_to(QUESTION), "action=DUNNO")

    def test_3_runs_with_one_privilege(self):
        facts = dict(line.split(":\t", 1) for line in
                     pathlib.Path(f"/proc/{self.booted.host_pid(self.main_process())}/status").read_text().splitlines() if ":\t" in line)
        self.assertEqual(int(facts["CapEff"], 16), 1 << 12)  # CAP_NET_ADMIN
        self.assertEqual(int(facts["CapBnd"], 16), 1 << 12)
        self.assertEqual((facts["NoNewPrivs"], facts["Seccomp"]), ("1", "2"))
        self.assertNotEqual(facts["Uid"].split()[0], "0")
        self.assertEqual(self.booted.property("tidegate", "NRestarts"), "0")

    def test_4_reads_the_journal(self):
        before = self.failures()
        tag, text = FAILURE.split(": ", 1)
        status, said = self.run_inside("logger", "-p", "mail.info", "-t", tag, text)
        self.assertEqual(status, 0, said)
        stage.wait_for(lambda: self.failures() == before + 1, "counting a line of the journal")

    def test_5_dovecot_asks_once_it_has_the_lines(self):
        self.assertEqual(self.run_inside("tidegate", "audit")[0], 1)
        for file, lines in self.advice():
            if file.endswith(".conf"):
                with open(self.path(file), "a") as conf:
                    conf.write(lines + "\n")
                self.path(file).chmod(0o600)
                self.before.add(file)
            else:  # Dovecot 2.3's passdb
                conf = self.path("/etc/dovecot/conf.d/auth-system.conf.ext")
                conf.write_text(conf.read_text().replace("  driver = pam\n", f"  driver = pam\n{lines}\n"))
        status, said = self.run_inside("doveadm", "reload")
        self.assertEqual(status, 0, said)
        status, said = self.run_inside("tidegate", "audit")
        self.assertEqual(status, 0, said)
        before = self.failures()
        self.assertRegex(imaps_log_in("203.0.113.5", "nobody-here", "guess"), "^a NO ")
        stage.wait_for(lambda: self.failures() > before, "a failure that Dovecot reports")

    def test_5_then_acts_with_a_list_and_the_firewall_and_tells(self):
        self.path("/etc/tidegate/listed").write_text("10.9.0.0/16\n")
        conf = self.path(CONF)
        before = conf.read_text()
        key, cert = receivers.certificate(self.work, "ours", "IP:127.0.0.1")
        context = receivers.context_of(key, cert)
        mail, hook = receivers.Smtp("starttls", context), receivers.Hook("200 OK", context)
        self.addCleanup(mail.server.close)
        self.addCleanup(hook.server.close)
        self.path("/etc/tidegate/ours.pem").write_text(cert.read_text())
        conf.write_text(before.replace('\nmode = "watch"\n', '\nmode = "act"\n') + FURTHER % (mail.port, hook.port))
        self.assertEqual(self.run_inside("systemctl", "reload", "tidegate")[0], 0, self.status())

        def tell():
            alerts = self.path("/var/lib/tidegate/alerts")
            return alerts.exists() and '"kind":"list_suspended"' in alerts.read_text()

        stage.wait_for(tell, "the alert of a list that nobody serves", 60)
        stage.wait_for(lambda: any(b"suspended" in each for each in mail.mails), "the same by mail")
        stage.wait_for(lambda: any(b'"list_suspended"' in each for each in hook.bodies), "the same by webhook")

        def guess(number):
            """Until the server no longer answers."""
            for _ in range(6):
                try:
                    imaps_log_in(f"10.9.{number // 250}.{number % 250 + 1}", f"nobody{number}", "guess")
                except OSError:
                    return True
            return False

        dropped = sum(lab.in_parallel(guess, range(200), 48))
        self.assertGreater(dropped, 25)
        self.assertIn("10.9.", self.run_inside("nft", "list", "set", "inet", "tidegate", "hosts")[1])
        self.assertRegex(imaps_log_in("203.0.113.6", "nobody-there", "guess"), "^a NO ")
        conf.write_text(before)
        self.assertEqual(self.run_inside("systemctl", "reload", "tidegate")[0], 0, self.status())
        stage.wait_for(lambda: "tidegate" not in self.run_inside("nft", "list", "tables")[1], "the end of all bans")
        for name in ["listed", "ours.pem"]:
            self.path(f"/etc/tidegate/{name}").unlink()

    def queues(self):
        status, said = self.run_inside("tidegate", "queues", "--json")
        return {each["name"]: each for each in json.loads(said)["queues"]} if status == 0 else {}

    def restart(self):
        for words in [("daemon-reload",), ("restart", "tidegate")]:
            self.assertEqual(self.run_inside("systemctl", *words)[0], 0, self.status())

    def test_5_watches_a_queue_at_a_low_priority(self):
        """With the group that docs/queues.md names, under the unit's limits."""
        conf, further = self.path(CONF), self.path("/etc/systemd/system/tidegate.service.d/queue.conf")
        before = conf.read_text()
        conf.write_text(before + QUEUE)
        further.parent.mkdir()
        further.write_text("[Service]\nSupplementaryGroups=postdrop\n")
        nice = self.path("/var/lib/tidegate/nice")

        def put_back():
            for file in (nice, further):
                file.unlink(missing_ok=True)
            further.parent.rmdir()
            conf.write_text(before)
            self.restart()

        self.addCleanup(put_back)
        self.restart()
        stage.wait_for(lambda: len([each for each in self.queues().values() if each["read"]]) == 2, "both read", 60)
        self.assertEqual([each["trouble"] for each in self.queues().values()], ["", ""])
        self.assertEqual(nice.read_text(), "10\n")

    def test_5_people_are_told_in_a_browser(self):
        conf, given = self.path(CONF), self.path("/root/password")
        before = conf.read_text()
        given.write_text(PASSWORD + "\n")
        status, said = self.run_inside("tidegate", "console", "user", "add", "anna", "--role", "look", "--password-file",
                                       "/root/password")
        self.assertEqual(status, 0, said)
        given.unlink()

        def put_back():
            conf.write_text(before)
            self.assertEqual(self.run_inside("systemctl", "reload", "tidegate")[0], 0, self.status())

        self.addCleanup(put_back)
        conf.write_text(before + PAGE)
        self.assertEqual(self.run_inside("systemctl", "reload", "tidegate")[0], 0, self.status())
        stage.wait_for(lambda: stage.bound(4090) and stage.bound(8025), "console and page")
        secret = re.search(r"secret=([A-Z2-7]+)", said)[1]
        answer = Browser().ask("POST", "/api/v1/session", {"name": "anna", "password": PASSWORD,
                                                           "code": code_of(secret, int(time.time()) // 30)})
        self.assertEqual(answer.status, 200, answer.text)
        with urllib.request.urlopen("http://127.0.0.1:8025/", timeout=30) as page:
            self.assertIn(b"Example Mail", page.read())
        stage.wait_for(self.path("/var/lib/tidegate/pushed/whole").exists, "the page's files elsewhere")
        self.assertIn("Example Mail", self.path("/var/lib/tidegate/pushed/index.html").read_text())

    def test_6_an_upgrade_answers_all_the_while(self):
        self.assertEqual(self.run_inside("tidegate", "deny", "203.0.113.0/24", "--reason", "test")[0], 0)
        conf, process = self.path(CONF).read_bytes(), self.main_process()
        stopping = threading.Event()
        self.addCleanup(stopping.set)
        askers = [Asker(lambda: lab.dial("127.0.0.1", 4081), QUESTION, lambda answer: answer.endswith(b"\n\n"), 0.002, stopping)
                  for _ in range(3)]
        for asker in askers:
            asker.start()
        self.apt("install", "/later.deb")
        asked = [len(asker.waits) for asker in askers]
        stage.wait_for(lambda: all(len(asker.waits) > count + 20 for asker, count in zip(askers, asked)), "answers")
        stopping.set()
        for asker in askers:
            asker.join()
            self.assertEqual(asker.failures, [])
            self.assertEqual(asker.answers[-1], b"action=DUNNO\n\n")
        self.assertNotEqual(self.main_process(), process)
        self.assertEqual(self.booted.property("tidegate", "ActiveState"), "active", self.status())
        self.assertEqual(self.path(CONF).read_bytes(), conf)
        self.assertIn("203.0.113.0/24", self.run_inside("tidegate", "deeds")[1])

    def test_7_the_socket_unit_holds_the_doors(self):
        self.run_inside("systemctl", "stop", "tidegate")
        self.run_inside("systemctl", "enable", "--now", "tidegate.socket")
        self.assertEqual(self.booted.property("tidegate.socket", "ActiveState"), "active")
        self.assertEqual(answer_to(QUESTION), "action=DUNNO")  # which starts it
        stage.wait_for(lambda: self.booted.property("tidegate", "ActiveState") == "active", "tidegate.service")

    def test_8_removing_stops_it_and_ends_its_bans(self):
        table = self.run_inside("nft", "add", "table", "inet", "tidegate")
        self.assertEqual(table[0], 0, table[1])
        self.run_inside("nft", "add", "table", "inet", "another")
        self.apt("remove", "tidegate")
        self.assertFalse(stage.bound(4081))
        self.assertEqual(self.run_inside("nft", "list", "tables")[1], "table inet another\n")
        self.assertTrue(self.path(CONF).exists())
        self.assertTrue(os.listdir(self.path("/var/lib/tidegate")))

    def test_9_what_was_left_is_taken_up_again_and_purging_leaves_nothing(self):
        self.apt("install", "/tidegate.deb")
        self.assertEqual(self.booted.property("tidegate", "ActiveState"), "active", self.status())
        self.assertIn("203.0.113.0/24", self.run_inside("tidegate", "deeds")[1])
        self.apt("purge", "tidegate")
        self.assertFalse(stage.bound(4081))
        self.assertEqual(self.run_inside("test", "-e", "/run/tidegate")[0], 1)
        self.assert_nothing_is_left()


class Chrooted12(Chrooted, unittest.TestCase):
    release = "bookworm"


class Chrooted13(Chrooted, unittest.TestCase):
    release = "trixie"


class Live12(Live, unittest.TestCase):
    release = "bookworm"


class Live13(Live, unittest.TestCase):
    release = "trixie"


if __name__ == "__main__":
    if "MAILLAB_INSIDE" not in os.environ:
        needs_this_commit()
    lab.needs_trees(__file__, TREES, "package-bookworm", "package-trixie")
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
