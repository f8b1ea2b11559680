#!/usr/bin/env python3
"""The console of a real daemon, as a browser, a program and an attacker see it.

usage: console_test.py TIDEGATE [unittest options]

In namespaces of its own (root); exit status 77 where that can't be.
"""

import base64
import contextlib
import hmac
import http.client
import json
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
import unittest

import lab
from lab import stage

TIDEGATE = os.path.realpath(sys.argv[1])
PORT, DOOR = 4090, 4083
PASSWORD = "a long enough sentence"
HOSTILE = '<img src=x onerror=alert(1)>"\u202e@example.org'

CONF = lab.SERVE + """\
[[door]]
kind = "api"
listen = "127.0.0.1:4083"
key = "the-door-key-of-this-test"
[console]
listen = "{listen}"
{more}
"""


def code_of(secret, step):
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06}"


class Answer:
    def __init__(self, reply):
        self.status = reply.status
        self.headers = reply.headers
        self.text = reply.read().decode()

    def json(self):
        return json.loads(self.text)


class Browser:
    """One at an address of its own, with what it was given."""

    def __init__(self, source="127.0.0.1", to="127.0.0.1", context=None):
        self.source, self.to, self.context = source, to, context
        self.cookie = self.csrf = None

    def connection(self):
        place = {"timeout": 60, "source_address": (self.source, 0)}
        if self.context:
            return http.client.HTTPSConnection(self.to, PORT, context=self.context, **place)
        return http.client.HTTPConnection(self.to, PORT, **place)

    def ask(self, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            headers.setdefault("Cookie", self.cookie)
        if self.csrf and method != "GET":
            headers.setdefault("X-Tidegate-Csrf", self.csrf)
        text = None
        if body is not None:
            text = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        elif method == "POST":
            text = ""
        connection = self.connection()
        connection.request(method, path, text, headers)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer


class Console(unittest.TestCase):
    listen, more = f"127.0.0.1:{PORT}", ""

    def setUp(self):
        self.work = lab.workplace()
        conf = CONF.format(work=self.work, listen=self.listen, more=self.more)
        self.tidegate = lab.Tidegate(TIDEGATE, self.work, conf, [DOOR, PORT])
        self.secrets, self.used = {}, {}
        (self.work / "tidegate").mkdir()
        (self.work / "password").write_text(PASSWORD + "\n")
        self.add("root", "administer")
        self.tidegate.start()

    def tearDown(self):
        self.tidegate.end()

    def console(self, *words, status=0):
        done = subprocess.run([TIDEGATE, "console", *words, "--config", self.tidegate.conf], capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def add(self, name, role):
        said = self.console("user", "add", name, "--role", role, "--password-file", str(self.work / "password"))
        link = re.search(r"otpauth://totp/Tidegate:(\S+)\?secret=([A-Z2-7]+)&issuer=Tidegate", said)
        self.assertEqual(link[1], name)
        self.secrets[name] = link[2]

    def code(self, name):
        """One that was not used yet: a step ahead is taken too, so that hardly anybody waits."""
        used = self.used.get(name, 0)
        stage.wait_for(lambda: int(time.time()) // 30 + 1 > used, "the next code", 60)
        self.used[name] = max(used + 1, int(time.time()) // 30)
        return code_of(self.secrets[name], self.used[name])

    def sign_in(self, name, browser=None, expect=200, **headers):
        browser = browser or Browser()
        answer = browser.ask("POST", "/api/v1/session", {"name": name, "password": PASSWORD, "code": self.code(name)}, **headers)
        self.assertEqual(answer.status, expect, answer.text)
        if expect == 200:
            browser.cookie = answer.headers["Set-Cookie"].split(";")[0]
            browser.csrf = answer.json()["csrf"]
        return browser

    def report(self, account, address):
        connection = http.client.HTTPConnection("127.0.0.1", DOOR, timeout=60)
        body = {"account": account, "outcome": "failure", "reason": "bad_password", "service": "imap", "address": address}
        connection.request("POST", "/v1/report", json.dumps(body), {"Content-Type": "application/json", "X-API-Key": "the-door-key-of-this-test"})
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()


class OnThisMachine(Console):
    def test_it_says_where_it_is_and_shows_itself(self):
        self.assertIn(f"console_opened listen=127.0.0.1:{PORT} url=", self.tidegate.log())
        page = Browser().ask("GET", "/")
        self.assertEqual(page.status, 200)
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertIn("Tidegate", page.text)

    def test_roles_and_who_did_it(self):
        for role in ["look", "support", "act"]:
            self.add(role, role)
        look, support, act = (self.sign_in(role) for role in ["look", "support", "act"])
        self.assertEqual(look.ask("GET", "/api/v1/scene").status, 200)
        self.assertEqual(look.ask("GET", "/api/v1/why?who=192.0.2.7").status, 403)
        self.assertEqual(support.ask("GET", "/api/v1/why?who=192.0.2.7").status, 200)
        allow = {"effect": "allow", "subject": "192.0.2.7", "expires": "1h", "author": "somebody else", "reason": "called"}
        added = support.ask("POST", "/api/v1/exceptions", allow)
        self.assertEqual(added.status, 200, added.text)
        self.assertEqual(added.json()["author"], "support")
        deny = {"effect": "deny", "subject": "203.0.113.0/24", "expires": "1h", "reason": "guesses"}
        self.assertEqual(support.ask("POST", "/api/v1/exceptions", deny).json()["needs"], "act")
        self.assertEqual(act.ask("POST", "/api/v1/exceptions", deny).status, 200)
        self.assertEqual(act.ask("POST", "/api/v1/mode", {"mode": "watch", "reason": "drill"}).json(), {"mode": "watch"})
        self.assertEqual(act.ask("POST", "/api/v1/forget", {"account": "bob@example.org"}).status, 403)
        entries = act.ask("GET", "/api/v1/audit").json()["entries"]
        self.assertEqual([(each["who"], each["call"], each["result"]) for each in entries[:5]],
                         [("act", "POST /v1/forget", 403), ("act", "POST /v1/mode", 200), ("act", "POST /v1/exceptions", 200),
                          ("support", "POST /v1/exceptions", 403), ("support", "POST /v1/exceptions", 200)])
        self.assertEqual({each["from"] for each in entries}, {"127.0.0.1"})
        deeds = look.ask("GET", "/api/v1/deeds").json()["deeds"]
        self.assertEqual([each["action"] for each in deeds[:3]], ["mode", "deny", "allow"])
        self.assertNotIn("console", {each["action"] for each in deeds})
        self.assertEqual(look.ask("GET", "/api/v1/deeds?action=console").json()["needs"], "act")
        self.assertEqual({each["action"] for each in act.ask("GET", "/api/v1/deeds?action=console").json()["deeds"]}, {"console"})
        self.assertEqual(act.ask("GET", "/api/v1/audit?who=support&most=1").json()["entries"][0]["subject"], "203.0.113.0/24")

    def test_a_planted_session_is_nobodys(self):
        browser = Browser()
        browser.cookie = "tidegate=" + "A" * 43
        self.sign_in("root", browser)
        self.assertNotEqual(browser.cookie, "tidegate=" + "A" * 43)
        planted = Browser()
        planted.cookie = "tidegate=" + "A" * 43
        self.assertEqual(planted.ask("GET", "/api/v1/session").status, 401)

    def test_nothing_is_changed_by_another_site(self):
        root = self.sign_in("root")
        mode = {"mode": "watch", "reason": "x"}
        self.assertEqual(root.ask("POST", "/api/v1/mode", mode, X_Tidegate_Csrf="wrong").status, 403)
        self.assertEqual(root.ask("POST", "/api/v1/mode", mode, Origin="https://evil.example.net").status, 403)
        self.assertEqual(root.ask("POST", "/api/v1/mode", mode, Sec_Fetch_Site="cross-site").status, 403)
        self.assertEqual(root.ask("POST", "/api/v1/mode", mode, Content_Type="text/plain").status, 415)
        self.assertEqual(root.ask("GET", "/api/v1/scene", Host="evil.example.net").status, 403)
        self.assertEqual(root.ask("GET", "/api/v1/scene", X_Forwarded_For="192.0.2.1").status, 403)
        self.assertEqual(root.ask("GET", "/api/v1/scene").json()["mode"], "act")
        root.ask("DELETE", "/api/v1/session")
        self.assertEqual(root.ask("GET", "/api/v1/session").status, 401)

    def test_no_path_leads_to_the_disk(self):
        for path in ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc/passwd", "//etc/passwd.txt",
                     "/..\\..\\etc\\passwd.txt", "/tidegate.toml", "/console.json", "/.git/config"]:
            with self.subTest(path=path), socket.create_connection(("127.0.0.1", PORT)) as raw:
                raw.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
                said = b"".join(iter(lambda: raw.recv(65536), b""))
                self.assertRegex(said, b"^HTTP/1.1 (404|400) ")
                self.assertNotIn(b"root:", said)

    def test_guessers_meet_the_judge_and_a_bound(self):
        wrong = {"name": "root", "password": "a wrong long sentence", "code": "000000"}
        statuses = [Browser("127.0.7.1").ask("POST", "/api/v1/session", wrong).status for _ in range(12)]
        self.assertEqual(statuses[0], 401)
        self.assertEqual(statuses[-1], 429)
        self.assertLessEqual(statuses.count(401), 10)
        self.assertGreaterEqual(self.tidegate.totals()["failures"], statuses.count(401), "the judge has seen each of them")
        self.assertIn("console_refused name=root address=127.0.7.1", self.tidegate.log())
        # Whoever guesses at mail accounts is stopped here too. (127.0.0.0/8 is no exception by itself.)
        for number in range(400):
            self.report(f"user{number}@example.org", "127.0.9.1")
        judged = json.loads(self.tidegate.ask("why", "127.0.9.1", "--json"))["now"]
        first = Browser("127.0.9.1").ask("POST", "/api/v1/session", wrong)
        stopped = judged["measure"] not in ["pass", "slow"]
        self.assertEqual(first.status, 429 if stopped else 401, judged)
        self.assertTrue(stopped, judged)

    def test_programs(self):
        token = self.console("token", "add", "grafana", "--role", "look", "--call", "GET /v1/scene").strip()
        program = Browser()
        shown = {"Authorization": f"Bearer {token}"}
        self.assertEqual(program.ask("GET", "/api/v1/scene", **shown).status, 200)
        self.assertEqual(program.ask("GET", "/api/v1/bands", **shown).status, 403)
        self.assertEqual(program.ask("GET", "/api/v1/scene", Authorization="Bearer tg_" + "A" * 43).status, 401)
        self.assertNotIn(token, (self.work / "tidegate/console.json").read_text())
        self.console("token", "del", "grafana")
        self.assertEqual(program.ask("GET", "/api/v1/scene", **shown).status, 401)

    def test_hands_on_the_machine_are_heeded_at_once(self):
        root = self.sign_in("root")
        self.console("user", "passwd", "root", "--password-file", str(self.work / "password"))
        self.assertEqual(root.ask("GET", "/api/v1/session").status, 401)
        self.console("user", "del", "root", status=2)
        self.assertEqual(oct((self.work / "tidegate/console.json").stat().st_mode & 0o777), "0o600")

    def test_the_stream_goes_on_and_names_stay_text(self):
        root = self.sign_in("root")
        connection = root.connection()
        connection.request("GET", "/api/v1/live", headers={"Cookie": root.cookie})
        stream = connection.getresponse()
        self.assertEqual(stream.headers["Content-Type"], "text/event-stream")
        self.report(HOSTILE, "192.0.2.66")
        root.ask("POST", "/api/v1/exceptions", {"effect": "deny", "subject": HOSTILE, "expires": "1h", "reason": HOSTILE})
        kinds, told = [], None
        for line in stream:
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                kinds.append(text[7:])
            if text.startswith("data: "):
                data = json.loads(text[6:])  # one line, and JSON
                if kinds[-1] == "told" and data["thing"] == "exception_added":
                    told = data
            if told and kinds.count("scene") >= 3:
                break
        self.assertEqual(told["fields"]["reason"], HOSTILE)
        self.assertEqual(root.ask("GET", "/api/v1/exceptions").json()["exceptions"][0]["reason"], HOSTILE)
        root.ask("DELETE", "/api/v1/session")
        self.assertEqual(stream.read()[-1:] in (b"", b"\n"), True)  # it ends with the session
        connection.close()

    def test_networks_and_settings(self):
        for number in range(50):
            self.report("bob@example.org", f"203.0.113.{number}")
        root = self.sign_in("root")
        networks = root.ask("GET", "/api/v1/networks").json()
        self.assertEqual(networks["networks"][0]["network"], "203.0.113.0/24")
        self.assertEqual(networks["networks"][0]["attempts"], 50)
        self.assertEqual(networks["systems"][0]["attempts"], 50)
        answer = root.ask("GET", "/api/v1/configuration")
        self.assertNotIn("the-door-key-of-this-test", answer.text)
        sections = {each["section"]: each for each in answer.json()["sections"]}
        key = next(each for each in sections["door"]["settings"] if each["name"] == "key")
        self.assertEqual((key["set"], key["value"], key["secret"]), (True, None, True))
        mode = next(each for each in sections["serve"]["settings"] if each["name"] == "mode")
        self.assertEqual((mode["value"], mode["default"]), ('"act"', '"watch"'))

    def test_a_trial(self):
        for number in range(200):
            self.report(f"user{number}@example.org", f"203.0.113.{number % 9}")
        root = self.sign_in("root")
        self.assertEqual(root.ask("GET", "/api/v1/trial").json()["state"], "none")
        begun = root.ask("POST", "/api/v1/trial", {"changes": [{"section": "judge", "setting": "refuse_at", "value": 90}]})
        self.assertEqual(begun.status, 200, begun.text)
        stage.wait_for(lambda: root.ask("GET", "/api/v1/trial").json()["state"] != "running", "the trial", 120)
        done = root.ask("GET", "/api/v1/trial").json()
        self.assertEqual(done["state"], "done", done)
        self.assertGreater(done["result"]["attempts"], 0)
        self.assertEqual(done["author"], "root")
        for wrong in [{"section": "serve", "setting": "mode", "value": "act"}, {"section": "judge", "setting": "refuse_at", "value": "x"},
                      {"section": "judge", "setting": "nothing", "value": 1}]:
            self.assertEqual(root.ask("POST", "/api/v1/trial", {"changes": [wrong]}).status, 400, wrong)
        self.assertFalse((self.work / "tidegate/trial.toml").exists())

    def test_a_restart_ends_sessions_and_keeps_users(self):
        root = self.sign_in("root")
        self.tidegate.stop()
        self.tidegate.start()
        self.assertEqual(root.ask("GET", "/api/v1/session").status, 401)
        self.sign_in("root")


class OverTls(Console):
    listen = f"0.0.0.0:{PORT}"
    more = 'certificate = "console.pem"\nkey = "console.key"\n'

    def setUp(self):
        self.work = lab.workplace()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=console.example.org", "-addext", "subjectAltName=DNS:console.example.org,IP:198.51.100.1",
                        "-keyout", self.work / "console.key", "-out", self.work / "console.pem"], check=True, capture_output=True)
        self.context = ssl.create_default_context(cafile=str(self.work / "console.pem"))
        work, lab.workplace = self.work, None
        try:
            lab.workplace = lambda: work
            super().setUp()
        finally:
            lab.workplace = WORKPLACE

    def browser(self):
        return Browser("198.51.100.7", "198.51.100.1", self.context)

    def test_from_elsewhere(self):
        root = self.sign_in("root", self.browser())
        self.assertTrue(root.cookie.startswith("__Host-tidegate="))
        self.assertEqual(root.ask("GET", "/api/v1/scene").status, 200)
        connection = root.connection()
        connection.request("GET", "/api/v1/live", headers={"Cookie": root.cookie})
        stream = connection.getresponse()
        scenes = 0
        for line in stream:
            scenes += line.startswith(b"event: scene")
            if scenes == 3:
                break
        connection.close()
        self.assertEqual(root.ask("GET", "/api/v1/audit").json()["entries"][0]["from"], "198.51.100.7")
        self.tidegate.process.send_signal(signal.SIGHUP)
        stage.wait_for(lambda: ">reloaded " in self.tidegate.log(), "the reload")
        self.assertEqual(root.ask("GET", "/api/v1/scene").status, 200)

    def test_in_the_clear_nobody_is_heard(self):
        with socket.create_connection(("198.51.100.1", PORT)) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            heard = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := raw.recv(65536):
                    heard += piece
            self.assertNotIn(b"HTTP/1.1", heard)


class BehindAProxy(Console):
    more = 'behind_proxy = ["127.0.0.1/32"]\nurl = "https://console.example.org"\n'

    def test_its_word_counts(self):
        said = {"Host": "console.example.org", "X-Forwarded-For": "192.0.2.99, 203.0.113.7", "X-Forwarded-Proto": "https"}
        root = self.sign_in("root", Browser(), **said)
        self.assertTrue(root.cookie.startswith("__Host-tidegate="))
        entry = root.ask("GET", "/api/v1/audit", **said).json()["entries"][0]
        self.assertEqual(entry["from"], "203.0.113.7")
        self.assertEqual(root.ask("GET", "/api/v1/audit", **(said | {"X-Forwarded-Proto": "http"})).status, 403)
        self.assertEqual(root.ask("GET", "/api/v1/audit", **(said | {"Host": "evil.example.net"})).status, 403)


WORKPLACE = lab.workplace

if __name__ == "__main__":
    lab.prepare(__file__)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
