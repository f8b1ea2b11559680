#!/usr/bin/env python3
"""A night with a real daemon and a real browser: the alert, the console, the public page, from the first guess to the post-mortem.

usage: walk_test.py TIDEGATE [unittest options]

The steps in the browser are those of web/walk. PICTURES=FOLDER keeps a picture of each view. In namespaces of its own (root); exit
status 77 where that can't be, or where Node, Chromium or the modules of web/ (scripts/web tools) are missing.
"""

import email
import email.policy
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import unittest

import lab
from aim_test import MX, Server, Servers
from console_test import PASSWORD, code_of
from lab import stage
from receivers import Hook, Smtp

TIDEGATE = os.path.realpath(sys.argv[1])
WEB = pathlib.Path(__file__).resolve().parents[2] / "web"
BROWSERS = [os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
DOOR, CONSOLE, PAGE = 4083, 4090, 4085
DAYS, EVERY = 2, 4  # of the quiet time: a log-in each so many seconds
CUSTOMERS = 200
MOST_GUESSES = 30_000
ATTACKERS, NETWORKS = 900, 6
TITLE = "Guessing at customers' passwords"

CONF = lab.SERVE + """\
[[door]]
kind = "api"
listen = "127.0.0.1:4083"
[[follow]]
file = "{work}/mail.log"
[console]
listen = "127.0.0.1:4090"
[[alert]]
name = "pager"
kind = "webhook"
url = "http://127.0.0.1:{pager}/"
for = ["incident"]
[cases]
provider = "Example Mail"
zone = "UTC"
contacts = ["support@example.org"]
update_every = "1h"
watch_for = "0s"
[[status_service]]
name = "imap"
label = "Reading mail with a mail program (IMAP)"
watches = ["imap"]
[status]
listen = "127.0.0.1:4085"
url = "http://127.0.0.1:4085/"
provider = "Example Mail"
zone = "UTC"
proxies = ["127.0.0.0/8"]
[status_mail]
host = "127.0.0.1"
port = {mail}
tls = "none"
from = "status@example.org"
[[queue]]
name = "relay"
command = ["/bin/cat", "{work}/queue"]
every = "1s"
late_after = "2s"
[[edge]]
name = "mx"
protocol = "smtp"
listen = ["127.0.0.1:2525"]
tls = "none"
host = "mx.example.org"
servers = ["mx1"]
[[server]]
name = "mx1"
protocol = "smtp"
address = "127.0.0.1:{mx}"
forward = "nothing"
tls = "none"
"""


def quiet_days(log):
    now = int(time.time())
    with open(log, "w") as file:
        for number, moment in enumerate(range(now - DAYS * 86400, now - 60, EVERY)):
            customer = number % CUSTOMERS
            file.write(time.strftime("%Y-%m-%d %H:%M:%S ", time.localtime(moment)) +
                       f"imap-login: Info: Login: user=<user{customer}@example.org>, method=PLAIN, "
                       f"rip=198.51.100.{customer + 1}, lip=127.0.0.1, mpid={number}, session=<s{number}>\n")


class Door:
    """What a mail server asks before an attempt, and tells of it afterwards."""

    def __init__(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", DOOR, timeout=60)

    def post(self, path, body):
        self.connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        return json.loads(self.connection.getresponse().read() or b"{}")

    def attempt(self, account, address, right):
        """Whether it was let through to the passwords."""
        who = {"account": account, "address": address, "service": "imap"}
        if self.post("/v1/consider", who)["measure"] in ("defer", "refuse", "silence", "ban"):
            return False
        outcome = {"outcome": "success"} if right else {"outcome": "failure", "reason": "bad_password"}
        self.post("/v1/report", who | outcome)
        return True

    def close(self):
        self.connection.close()


class Traffic(threading.Thread):
    """One attempt after the other, at a steady pace, until it is told to end."""

    def __init__(self, attempts, a_second):
        super().__init__(daemon=True)
        self.attempts, self.pause = attempts, 1 / a_second
        self.over = threading.Event()
        self.stopped = 0

    def run(self):
        door = Door()
        for account, address, right in self.attempts:
            self.stopped += not door.attempt(account, address, right)
            if self.over.wait(self.pause):
                break
        door.close()

    def end(self):
        self.over.set()
        if self.ident:
            self.join()


def guesses():
    for number in range(MOST_GUESSES):
        attacker = number % ATTACKERS
        yield (lab.account(number % lab.CUSTOMERS), f"10.66.{attacker % NETWORKS}.{attacker // NETWORKS + 1}", False)


def log_ins():
    for customer in itertools.cycle(range(CUSTOMERS)):
        yield lab.account(customer), lab.home(customer), True


class Pager(Hook):
    """Notes when each alert arrived."""

    def __init__(self):
        self.arrived = []
        super().__init__("200 OK")

    def answer(self, connection):
        super().answer(connection)
        self.arrived.append(time.monotonic())

    def messages(self):
        return [json.loads(body) for body in self.bodies[:len(self.arrived)]]


class Told(threading.Thread):
    """When the daemon's log said what for the first time; the log has no times of its own."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.over = path, threading.Event()
        self.first, self.lines = {}, []

    def run(self):
        with open(self.path) as log:
            begun = ""
            while not self.over.is_set():
                begun += log.readline()
                if not begun.endswith("\n"):
                    self.over.wait(0.002)
                    continue
                self.lines.append((time.monotonic(), begun))
                begun = ""

    def when(self, words, after=0.0):
        return next((moment for moment, line in self.lines if moment > after and words in line), None)

    def wait(self, words, limit=120, after=0.0):
        stage.wait_for(lambda: self.when(words, after), words, limit)
        return self.when(words, after)


class Browser:
    """web/walk, step by step."""

    def __init__(self):
        surroundings = dict(os.environ)
        if "PICTURES" in surroundings:
            surroundings["PICTURES"] = os.path.abspath(surroundings["PICTURES"])
        words = ["node", "walk/main.mjs", f"http://127.0.0.1:{CONSOLE}", f"http://127.0.0.1:{PAGE}"]
        self.process = subprocess.Popen(words, cwd=WEB, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()

    def answer(self):
        said = json.loads(self.process.stdout.readline() or '{"failed": "the browser went away"}')
        if "failed" in said:
            raise AssertionError(said["failed"])
        return said["answer"]

    def do(self, step, **given):
        print(f"  {step}", file=sys.stderr, flush=True)
        self.process.stdin.write(json.dumps({"step": step, **given}) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def report(what, seconds):
    print(f"{what}: {max(seconds, 0):.2f} s", file=sys.stderr, flush=True)


class Walk(unittest.TestCase):
    def setUp(self):
        self.work = lab.workplace()
        quiet_days(self.work / "mail.log")
        self.pager, self.letters = Pager(), Smtp("none", None)
        self.addCleanup(self.pager.server.close)
        self.addCleanup(self.letters.server.close)
        self.fill_queue(0)
        self.server = Servers(("127.0.0.1", MX), Server)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        conf = CONF.format(work=self.work, pager=self.pager.port, mail=self.letters.port, mx=MX)
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, conf, [DOOR, CONSOLE, PAGE])
        self.add_operator()
        self.tidegate.start()
        self.addCleanup(self.tidegate.end)
        self.tidegate.log_is_read()
        self.told = Told(self.work / "tidegate.log")
        self.told.start()
        self.addCleanup(self.told.over.set)
        self.customers, self.flood = Traffic(log_ins(), 1 / EVERY), Traffic(guesses(), 60)
        self.addCleanup(self.customers.end)
        self.addCleanup(self.flood.end)
        self.browser = Browser()
        self.addCleanup(self.browser.end)

    def fill_queue(self, messages):
        """As `postqueue -j` would list them: they have just come."""
        mail = {"queue_name": "deferred", "arrival_time": int(time.time()), "message_size": 2048, "forced_expire": False,
                "sender": "list@example.net", "recipients": [{"address": "ada@example.com", "delay_reason": "<b>not now</b>"}]}
        lines = [json.dumps(mail | {"queue_id": f"4Q{number:06}"}) + "\n" for number in range(messages)]
        (self.work / "queue.new").write_text("".join(lines))
        (self.work / "queue.new").rename(self.work / "queue")

    def add_operator(self):
        (self.work / "tidegate").mkdir()
        (self.work / "password").write_text(PASSWORD + "\n")
        words = ["user", "add", "ada", "--role", "administer", "--password-file", str(self.work / "password")]
        done = subprocess.run([TIDEGATE, "console", *words, "--config", self.tidegate.conf], capture_output=True, text=True, check=True,
                              timeout=60)
        self.secret = re.search(r"secret=([A-Z2-7]+)", done.stdout)[1]

    def do(self, step, **given):
        """A step that leaves views to be looked at: nothing in them may be a serious fault."""
        answer = self.browser.do(step, **given)
        self.assertEqual(answer["flaws"], [], step)
        return answer

    def page_says(self, words):
        def said():
            connection = http.client.HTTPConnection("127.0.0.1", PAGE, timeout=60)
            connection.request("GET", "/")
            text = connection.getresponse().read().decode()
            connection.close()
            return words in text
        stage.wait_for(said, f"the page with {words}", 120)
        return time.monotonic()

    def letter(self, number):
        stage.wait_for(lambda: len(self.letters.mails) >= number, f"letter {number}", 120)
        return email.message_from_bytes(self.letters.mails[number - 1], policy=email.policy.default)

    def show(self, *words):
        return json.loads(self.tidegate.ask("incident", *words, "--json"))

    def test_a_night(self):
        self.a_quiet_evening()
        incident = self.the_attack_is_told()
        self.nobody_acts(incident)
        self.the_operator_looks()
        self.the_operator_tells_customers(incident)
        self.a_worried_customer(incident)
        self.the_operator_denies_and_lifts()
        self.what_else_there_is_to_do(incident)
        self.mail_waits()
        self.the_morning_after(incident)
        self.assertEqual(self.browser.do("faults"), [])

    def a_quiet_evening(self):
        self.customers.start()
        self.assertTrue(self.browser.do("reads_the_page").startswith("Everything works."))
        self.browser.do("asks_for_mail", email="bob@example.net")
        link = re.search(r"http://\S+", self.letter(1).get_content())[0]
        self.browser.do("confirms", link=link)

    def the_attack_is_told(self):
        begun = time.monotonic()
        self.flood.start()
        opened = self.told.wait(">incident_opened ", 300)
        alarm = self.told.when(">alarm ", begun)
        report("from the first guess to the alarm", alarm - begun)
        stage.wait_for(lambda: self.pager.arrived, "the alert", 60)
        report("from the alarm in the log to the alert", self.pager.arrived[0] - alarm)
        self.assertLess(self.pager.arrived[0] - alarm, 5)
        message = self.pager.messages()[0]
        self.assertEqual((message["kind"], message["severity"]), ("incident", "critical"))
        self.opened = opened
        return self.show("list")["incidents"][0]

    def nobody_acts(self, incident):
        """publish_after is 30 seconds: customers are told while he looks for his glasses."""
        shown = self.page_says(f"incident/{incident['id']}.html")
        report("from the incident to the page, nobody acting", shown - self.opened)
        self.assertLess(shown - self.opened, 60)
        self.assertIsNotNone(self.told.when(f">case_published id={incident['id']} author=Tidegate"))
        self.assertEqual(self.letter(2)["To"], "bob@example.net")

    def the_operator_looks(self):
        code = code_of(self.secret, int(time.time()) // 30)
        self.browser.do("signs_in", name="ada", password=PASSWORD, code=code)
        overview = self.do("sees_trouble")
        self.assertEqual(overview["title"], "(1) Now · Tidegate")
        self.assertIn(TITLE, overview["said"])
        self.assertNotEqual(*overview["figures"])
        code = self.pager.messages()[0]["code"]
        self.do("takes_the_alert", code=code)
        alert = next(each for each in json.loads(self.tidegate.ask("alert", "list", "--json"))["alerts"] if each["code"] == code)
        self.assertEqual((alert["state"], alert["acknowledged"]["who"]), ("acknowledged", "ada"))
        self.assertIn(TITLE, self.do("opens_the_record")["said"])
        why = self.do("asks_why")
        self.assertTrue(why["address"].startswith("10.66."), why["address"])
        judged = json.loads(self.tidegate.ask("why", why["address"], "--json"))
        self.assertGreater(judged["now"]["sum"], 0)

    def the_operator_tells_customers(self, incident):
        name = incident["id"]
        before = time.monotonic()
        approved = self.do("approves", id=name)
        published = self.told.wait(f">case_published id={name} author=ada", after=before)
        shown = self.page_says(approved["suggested"].splitlines()[0].split(". ")[0])
        report("from approval to the page", shown - published)
        words = "Guesses at passwords come from many places. Leave your password as it is, and write to support@example.org."
        self.do("tells_customers", id=name, text=words, state="mending", next="2h")
        shown = self.page_says(words)
        published = self.told.wait(f">case_published id={name} author=ada", after=published)
        report("from his own words to the page", shown - published)
        self.assertLess(shown - published, 10)
        update = self.show("public")["incidents"][0]
        self.assertEqual((update["state"], update["updates"][-1]["text"]), ("mending", words))
        stage.wait_for(lambda: any(words in self.letter(number + 1).get_content() for number in range(len(self.letters.mails))),
                       "the letter to the subscriber", 120)
        report("from his own words to the subscriber's letter", time.monotonic() - published)

    def a_worried_customer(self, incident):
        page = self.browser.do("reads_the_page", picture="status")
        self.assertRegex(page, "Next update by ")
        public = self.show("public")["incidents"][0]
        read = self.browser.do("reads_the_incident", title=public["title"])
        self.assertEqual(read["path"], f"/incident/{incident['id']}.html")
        self.assertIn(public["updates"][-1]["text"], read["said"])
        home = self.browser.do("asks_whether_it_is_he", address=lab.home(6), picture="check-phone")
        self.assertIn("Nothing speaks against log-ins from your address.", home)
        self.assertIn(f"This is about {lab.home(6)}", home)
        self.assertIn("would be refused", self.browser.do("asks_whether_it_is_he", address="10.66.0.1"))
        for path in ["/", read["path"], "/check", "/subscribe", "/history.html"]:
            self.assertEqual(self.browser.do("flaws_of_the_page", path=path), [])

    def the_operator_denies_and_lifts(self):
        network = self.do("sees_networks")["networks"][0]
        self.assertRegex(network, r"^10\.66\.\d\.0/24$")
        self.do("denies", network=network, reason="only guesses come from there")
        inside = network.replace(".0/24", ".200")
        self.assertTrue(self.excepted(inside))
        self.browser.do("lifts", network=network)
        self.assertFalse(self.excepted(inside))

    def excepted(self, address):
        evidence = json.loads(self.tidegate.ask("why", address, "--json"))["now"]["evidence"]
        return "exception" in [each["kind"] for each in evidence]

    def what_else_there_is_to_do(self, incident):
        name = incident["id"]
        self.do("counts_calls", id=name, calls=[12, 61], mean=180, longest=900)
        self.do("promises", id=name, report="authority, early warning", by="12h", check="nobody waits on hold")
        self.do("works", title="New disks", words="Mail may be late.")
        by_hand = self.do("opens_a_case", title="Our supplier's line is cut", note="called them")["id"]
        self.do("looks_around")
        case = self.show("case", name)
        self.assertEqual([each["calls"] for each in case["support"]], [12, 61])
        self.assertEqual((case["reports"][0]["name"], case["checks"][0]["who"]), ("authority, early warning", "ada"))
        self.assertIsNotNone(case["reports"][0]["kept"])
        plan = json.loads(self.tidegate.ask("work", "list", "--json"))["work"][0]["plan"]
        self.assertEqual((plan["title"], plan["done"], plan["services"]), ("New disks", True, ["imap"]))
        self.assertEqual(self.show("case", by_hand)["cause"], "outside")

    def mail_waits(self):
        self.assertIn("flows", self.do("sees_the_queue", name="relay", says="flows")["said"])
        self.fill_queue(60)
        said = self.do("sees_the_queue", name="relay", says="backed up")["said"]
        for words in ("60 mails", "example.com 60", "waits for "):
            self.assertIn(words, said)
        self.fill_queue(0)
        self.do("sees_the_queue", name="relay", says="flows")
        self.assertEqual(self.do("sees_the_servers", names=["mx1"])["states"], {"mx1": "up"})

    def the_morning_after(self, incident):
        name = incident["id"]
        self.flood.end()
        self.assertGreater(self.flood.stopped, 0)
        self.do("closes", id=name, reason="the guesses have ended")
        stage.wait_for(lambda: self.show("public")["incidents"][0]["state"] == "over", "the end of the case", 180)
        self.page_says("Everything")
        self.browser.do("reads_the_page", picture="status-over")
        draft = self.browser.do("drafts_the_post_mortem", id=name)
        (self.work / draft["name"]).write_text(draft["text"])
        self.assertIn("(to be written)", draft["text"])
        self.assertIn("Guesses at passwords come from many places", draft["text"])
        self.assertTrue(self.do("publishes_the_post_mortem", id=name, why="Somebody's list of passwords.")["drawn"])
        self.assertIn("Somebody's list of passwords.", self.show("public")["incidents"][0]["post_mortem"])
        deeds = json.loads(self.tidegate.ask("deeds", "--json"))["deeds"]
        reasons = {each["reason"] for each in deeds if each["author"] == "ada"}
        self.assertLessEqual({"only guesses come from there", "the guesses have ended"}, reasons, deeds)


def needs_a_browser():
    if shutil.which("node") is None:
        lab.skip("walk_test", "there is no Node")
    if not any(path and os.path.exists(path) for path in BROWSERS):
        lab.skip("walk_test", "there is no Chromium")
    if not (WEB / "node_modules/playwright-core").is_dir():
        lab.skip("walk_test", "what drives the browser is not there: scripts/web tools installs it")


if __name__ == "__main__":
    needs_a_browser()
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
