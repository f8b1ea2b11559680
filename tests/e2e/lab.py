"""What the end-to-end tests share: namespaces, Tidegate beside real servers, people and guessers from many addresses.

Everything happens in network, mount and process namespaces that end with the test; nothing leaves the machine.
"""

import atexit
import base64
import concurrent.futures
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures"))
sys.dont_write_bytecode = True

from maillab import stage  # noqa: E402

SKIPPED = 77
CUSTOMERS = 40
LOCAL4 = ["10.0.0.0/8", "198.51.100.0/24", "203.0.113.0/24"]  # 127.0.0.0/8 is there anyway
LOCAL6 = ["2001:db8::/32"]


def skip(name, why):
    print(f"{name}: {why}", file=sys.stderr)
    sys.exit(SKIPPED)


def needs_trees(script, folder, *trees):
    if not all((folder / tree).is_dir() for tree in trees):
        skip(pathlib.Path(script).stem, f"there are no trees in {folder}: scripts/e2e --trees makes them")


# ---- namespaces
def prepare(script):
    """From here on in namespaces of our own, where whole prefixes are ours. Exit status 77 where that can't be."""
    name = pathlib.Path(script).stem
    if os.geteuid() != 0:
        skip(name, "needs root, for namespaces")
    if "MAILLAB_INSIDE" not in os.environ:
        tried = subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "true"],
                               capture_output=True, text=True, check=False)
        if tried.returncode:
            skip(name, f"no namespaces here: {tried.stderr}")
        stage.enter_namespaces(os.path.realpath(script), sys.argv[1:])
    stage.mount("tmpfs", "/run", "tmpfs", 0, "mode=755")
    stage.run("ip", "link", "set", "lo", "up")
    for prefix in LOCAL4:
        stage.run("ip", "route", "add", "local", prefix, "dev", "lo")
    pathlib.Path("/proc/sys/net/ipv6/ip_nonlocal_bind").write_text("1")
    for prefix in LOCAL6:
        stage.run("ip", "-6", "route", "add", "local", prefix, "dev", "lo")


class OthersLoad:
    """How much of the machine processes outside this test's namespaces (and a host above a virtual machine) had since it was
    made: 1 is all cores."""

    def __init__(self):
        self.since = self.reading()

    @staticmethod
    def reading():
        """Ticks of all cores, those that somebody used, and those of ours."""
        ticks = [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        user, nice, system, idle, waiting, irq, softirq, stolen = ticks
        ours = 0
        for each in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it ended; its parent has its time
                ours += sum(int(word) for word in each.read_text().rsplit(")", 1)[1].split()[11:15])
        return user + nice + system + idle + waiting + irq + softirq + stolen, user + nice + system + stolen, ours

    def share(self):
        every, used, ours = (now - then for now, then in zip(self.reading(), self.since))
        return max(0, used - ours) / max(1, every)


def workplace():
    """A folder in memory, gone with the test; with KEEP=FOLDER it is copied there first."""
    work = pathlib.Path(tempfile.mkdtemp(prefix="tidegate-e2e-"))
    stage.mount("tmpfs", str(work), "tmpfs", 0, "mode=755")

    def leave():
        if "KEEP" in os.environ:
            unwanted = shutil.ignore_patterns("tree", "queue", "*.sock", "private", "public")
            shutil.copytree(work, os.environ["KEEP"], ignore=unwanted, dirs_exist_ok=True)
        stage.run("umount", "--recursive", "--lazy", str(work), check=False)
        with contextlib.suppress(OSError):
            work.rmdir()

    atexit.register(leave)
    return work


class Tree:
    """A Debian in a folder, to be written to without being changed. `work` has the same path within."""

    def __init__(self, tree, work):
        base = work / "tree"
        self.root = base / "root"
        for name in ["root", "upper", "overlay"]:
            (base / name).mkdir(parents=True)
        stage.mount("overlay", str(self.root), "overlay", 0,
                    f"lowerdir={tree},upperdir={base / 'upper'},workdir={base / 'overlay'}")
        inside = self.root / str(work).lstrip("/")
        inside.mkdir(parents=True, exist_ok=True)
        stage.bind(work, inside)
        stage.mount("proc", str(self.root / "proc"), "proc")
        stage.bind("/dev", self.root / "dev")
        stage.mount("tmpfs", str(self.root / "run"), "tmpfs", 0, "mode=755")
        # Nobody answers there, and at once.
        (self.root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        (self.root / "etc/hosts").write_text(f"127.0.0.1 localhost\n::1 localhost\n127.0.0.1 mx1.example.org\n"
                                             f"127.0.0.1 {socket.gethostname()}\n")

    def run(self, *words, check=True):
        """A command within, its words in a file: a pipe would stay open as long as a daemon lives."""
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(["chroot", self.root, *words], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                  check=False)
            said.seek(0)
            text = said.read()
        if check and done.returncode:
            raise RuntimeError(f"{words}: {done.returncode} {text}")
        return text


# ---- Tidegate
# How a configuration begins, `work` to be filled in; each test has its own doors and logs.
SERVE = """
[serve]
mode = "act"
state = "{work}/tidegate"
control = "{work}/control.sock"
"""


# Dovecot asks and reports, Postfix asks; both write their logs here.
DOVECOT_AND_POSTFIX = """
[[door]]
kind = "auth-policy"
listen = "127.0.0.1:4080"
key = "secret"
doubtful = "refuse"
[[door]]
kind = "postfix-policy"
listen = "127.0.0.1:4081"
[[follow]]
file = "{work}/dovecot.log"
[[follow]]
file = "{work}/postfix.log"
"""


class Tidegate:
    """The program under test as a daemon: `text` is its configuration, `ports` what it then listens on; with `descriptors` it has no
    more than so many."""

    def __init__(self, program, work, text, ports, descriptors=None):
        self.program, self.work, self.ports = program, work, ports
        self.limited = [f"--nofile={descriptors}:{descriptors}"] if descriptors else []
        self.conf = work / "tidegate.toml"
        self.conf.write_text(text)
        self.process = None

    def start(self):
        # Its doors are open before it has its memory: it says `started` when it judges.
        starts = self.starts()
        with open(self.work / "tidegate.log", "a") as log:
            words = [self.program, "serve", "--config", self.conf]
            if self.limited:
                words = ["prlimit", *self.limited, *words]  # which becomes it
            self.process = subprocess.Popen(words, stderr=log, stdout=log)
        stage.wait_for(lambda: self.process.poll() is not None or
                       (self.starts() > starts and all(stage.bound(port) for port in self.ports)), "tidegate")
        if self.process.poll() is not None:
            raise RuntimeError(f"tidegate serve: {self.process.returncode} {self.log()}")

    def starts(self):
        log = self.work / "tidegate.log"
        return log.read_text().count(">started ") if log.exists() else 0

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(20)

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def ask(self, *words, status=0):
        done = subprocess.run([self.program, *words, "--socket", self.work / "control.sock"], capture_output=True,
                              text=True, check=False, timeout=30)
        if done.returncode != status:
            raise AssertionError(f"{words}: {done.returncode} {done.stdout} {done.stderr}")
        return done.stdout

    def top(self):
        return json.loads(self.ask("top", "--json"))

    def totals(self):
        return self.top()["total"]

    def figure(self, name, **labels):
        """What Prometheus would read, of all samples with these labels together; the configuration has `metrics` at 9391."""
        with urllib.request.urlopen("http://127.0.0.1:9391/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines
                   if re.match(rf"{name}[{{ ]", line) and all(each in line for each in wanted))

    def log_is_read(self):
        """All that the followed logs have been given so far was read."""
        def behind():
            return sum(each["bytes_behind"] for each in self.top()["sources"])
        stage.wait_for(lambda: behind() == 0, "reading the log")

    def settled(self, wanted, what):
        """The totals once they are as `wanted` and no line is left to be read: the logs' lines come a moment after the log-ins."""
        stage.wait_for(lambda: wanted(self.totals()), what)
        self.log_is_read()
        return self.totals()

    def log(self):
        return (self.work / "tidegate.log").read_text()

    def parse(self, *files):
        """The events that it finds in logs, and what it says of lines that it does not know."""
        done = subprocess.run([self.program, "parse", *files], capture_output=True, text=True, check=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


# ---- accounts
def account(customer):
    return f"user{customer}@example.org"


def password(customer):
    return f"right-user{customer}"


def password_of(name):
    return "right-" + name.removesuffix("@example.org")


class Passwords:
    """A password database in SQLite that writes down each look-up: the query is an INSERT, which a trigger notes and
    then drops for accounts that there aren't."""

    QUERY = ("INSERT INTO asked (name, address) VALUES ('{user}', '{address}') RETURNING "
             "(SELECT password FROM people WHERE people.name = asked.name) AS password, name AS user")
    SCHEMA = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE people (name TEXT PRIMARY KEY, password TEXT);
        CREATE TABLE asked (name TEXT, address TEXT);
        CREATE TABLE lookups (name TEXT, address TEXT);
        CREATE TRIGGER note BEFORE INSERT ON asked BEGIN
          INSERT INTO lookups VALUES (NEW.name, NEW.address);
          SELECT RAISE(IGNORE) WHERE NOT EXISTS (SELECT 1 FROM people WHERE name = NEW.name);
        END;
    """

    def __init__(self, folder):
        folder.mkdir()
        folder.chmod(0o777)
        self.path = folder / "passwords.db"
        with contextlib.closing(self._open()) as base:
            base.executescript(self.SCHEMA)
            base.executemany("INSERT INTO people VALUES (?, ?)", [(account(n), password(n)) for n in range(CUSTOMERS)])
            base.commit()
        for path in folder.iterdir():
            path.chmod(0o666)

    def _open(self):
        return sqlite3.connect(self.path, timeout=10)

    def add(self, name, secret):
        with contextlib.closing(self._open()) as base:
            base.execute("INSERT INTO people VALUES (?, ?)", (name, secret))
            base.commit()

    def change(self, name, secret):
        with contextlib.closing(self._open()) as base:
            base.execute("UPDATE people SET password = ? WHERE name = ?", (secret, name))
            base.commit()

    def lookups(self, name="%", address="%"):
        with contextlib.closing(self._open()) as base:
            return base.execute("SELECT count(*) FROM lookups WHERE name LIKE ? AND address LIKE ?",
                                (name, address)).fetchone()[0]

    def guesses(self, name="%"):
        """Look-ups but those from customers' homes."""
        return self.lookups(name) - self.lookups(name, HOMES)


# ---- who comes
HOMES = "198.51.100.%"


def home(customer):
    return f"198.51.100.{customer + 1}"


def anywhere(dice):
    """A third by IPv6."""
    if dice.random() < 1 / 3:
        return f"2001:db8:{dice.randrange(65536):x}:{dice.randrange(65536):x}::{dice.randrange(1, 65536):x}"
    return f"127.{dice.randrange(1, 256)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"


def in_ten(dice):
    return f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"


def guess_of(number, source_of=anywhere):
    """One source, one guess: half at accounts that exist, a short list of passwords."""
    dice = random.Random(number)
    name = account(dice.randrange(CUSTOMERS)) if dice.random() < 0.5 else f"info{dice.randrange(10_000)}@example.org"
    return source_of(dice), name, dice.choice(["summer2026", "123456", "letmein"])


def in_parallel(work, items, at_once=16):
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(work, items))


class GuessingRun:
    """Guesses in two halves; beside the second all customers log in. `reached(name)` is how many guesses at such accounts the password
    database has seen."""

    def __init__(self, guess, guessers, customer, reached, at_once=16):
        numbers, known = range(guessers), "user%"
        before = reached(known)
        in_parallel(guess, numbers[:guessers // 2], at_once)
        halfway, halfway_known = reached("%"), reached(known)
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            logging_in = beside.submit(lambda: in_parallel(customer, range(CUSTOMERS)))
            self.said = in_parallel(guess, numbers[guessers // 2:], at_once)  # to the second half
            self.customers = logging_in.result()
        self.earlier_known = halfway_known - before  # at accounts that exist, of the first half
        self.later = reached("%") - halfway
        self.later_known = reached(known) - halfway_known


# Dovecot answers failures each half second, whatever its auth_failure_delay.
AT_ONCE = 72


def dial(source, port):
    server = "::1" if ":" in source else "127.0.0.1"
    return socket.create_connection((server, port), timeout=30, source_address=(source, 0))


class Wire:
    """A connection, line by line."""

    def __init__(self, source, port):
        self.socket = dial(source, port)
        self.file = self.socket.makefile("rb")

    def line(self):
        """Without its end; empty where the server hung up."""
        with contextlib.suppress(ConnectionError):
            return self.file.readline().decode("utf-8", "replace").rstrip("\r\n")
        return ""

    def reply(self):
        """SMTP's, of however many lines; empty where the server hung up."""
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return "\n".join(lines)

    def say(self, text):
        with contextlib.suppress(OSError):  # the answer may have come, and the end of it all, before
            self.socket.sendall(text.encode() + b"\r\n")

    def ask(self, text):
        self.say(text)
        return self.reply()

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def plain(user, secret):
    return base64.b64encode(f"\0{user}\0{secret}".encode()).decode()


MESSAGE = "From: a@example.org\r\nSubject: test\r\n\r\nhello\r\n."


def submit(source, user, secret, port=587, mail=True):
    """The server's words that decided it: "235 ..." for whom it let in (his mail must then be taken)."""
    with Wire(source, port) as wire:
        said = wire.reply()
        if said.startswith("220"):
            wire.ask("EHLO client.example.org")
            said = wire.ask("AUTH PLAIN " + plain(user, secret))
        if said.startswith("235") and mail:
            for text, wanted in [(f"MAIL FROM:<{user}>", "250"), ("RCPT TO:<someone@example.net>", "250"),
                                 ("DATA", "354"), (MESSAGE, "250")]:
                answer = wire.ask(text)
                if not answer.startswith(wanted):
                    return answer
        if said[:1] in "24" and not said.startswith("421"):
            wire.ask("QUIT")
    return said


def imap_log_in(source, user, secret, port=143):
    """"OK ..." or the server's words."""
    with Wire(source, port) as wire:
        wire.line()
        wire.say(f'a LOGIN "{user}" "{secret}"')
        said = ""
        while said.startswith("* ") or not said:
            said = wire.line()
            if not said or said.startswith("* BYE"):
                return said
        wire.say("b LOGOUT")
        while wire.line():
            pass
    return said.removeprefix("a ")


def code_in(words):
    """The code that a refused one is told."""
    found = re.search(r"code=([0-9A-Z]{7})", words)
    return found and found[1]
