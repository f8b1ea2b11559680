"""People before the console: signed in, each with the stream open, and asking what the views ask, as often as they do."""

import base64
import datetime
import hmac
import http.client
import json
import multiprocessing
import re
import struct
import subprocess
import threading
import time

PASSWORD = "a long enough sentence"
# Seconds between two of the same, from web/src/views: all views at once, which nobody has open. The scene is a program's: views have it from
# the stream.
PACES = {"bands": 5, "alerts": 5, "servers": 5, "scene": 5, "networks": 10, "incidents/ID": 15, "incidents": 30, "exceptions": 30}


def code_of(secret):
    """RFC 6238."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06}"


def add_user(tidegate, conf, name):
    """What her codes are made of. The daemon that runs heeds it."""
    word = conf.parent / "password"
    word.write_text(PASSWORD + "\n", encoding="ascii")
    said = subprocess.run([tidegate, "console", "user", "add", name, "--role", "administer", "--password-file", word, "--config", conf],
                          capture_output=True, text=True, check=True).stdout
    return re.search(r"secret=([A-Z2-7]+)&", said)[1]


def sign_in(port, name, secret):
    """The cookie of her session."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"name": name, "password": PASSWORD, "code": code_of(secret)})
    connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"nobody can sign in: {answer.read().decode()}")
    return answer.headers["Set-Cookie"].split(";")[0]


class Onlooker:
    """One browser: a thread reads the stream, another asks. Times in seconds."""

    def __init__(self, port, cookie, number):
        self.port, self.headers, self.number = port, {"Cookie": cookie}, number
        self.over = threading.Event()
        self.gaps, self.ages, self.answers, self.incident = [], [], {path: [] for path in PACES}, None
        self.threads = [threading.Thread(target=each) for each in (self.watch, self.ask_on)]
        for each in self.threads:
            each.start()

    def watch(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/api/v1/live", headers=self.headers)
        heard, kind = time.monotonic(), b""
        for line in connection.getresponse():
            if line.startswith(b"event: "):
                kind = line[7:].strip()
            if line.startswith(b"data: ") and kind == b"scene":
                now = time.monotonic()
                self.gaps.append(now - heard)
                heard = now
                self.look(json.loads(line[6:]))
            if self.over.is_set():
                break
        if not self.over.is_set():
            raise RuntimeError("the stream ended")
        connection.close()

    def look(self, scene):
        self.ages.append(time.time() - datetime.datetime.fromisoformat(scene["time"].replace("Z", "+00:00")).timestamp())
        self.incident = next((each["id"] for each in scene["incidents"]), None)

    def ask_on(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        # Not all of them in the same moment.
        due = {path: time.monotonic() + pace * (0.1 + 0.17 * self.number) % pace for path, pace in PACES.items()}
        while True:
            path = min(due, key=due.get)
            if self.over.wait(max(0, due[path] - time.monotonic())):
                break
            due[path] += PACES[path]
            if path != "incidents/ID" or self.incident:
                self.answers[path].append(self.ask(connection, path.replace("ID", self.incident or "")))
        connection.close()

    def ask(self, connection, path):
        began = time.monotonic()
        connection.request("GET", f"/api/v1/{path}", headers=self.headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return time.monotonic() - began

    def end(self):
        self.over.set()
        for each in self.threads:
            each.join()
        return {"gaps": self.gaps[1:], "ages": self.ages, "answers": self.answers}


def look_on(port, cookies, pipe):
    people = [Onlooker(port, cookie, number) for number, cookie in enumerate(cookies)]
    pipe.send("there")
    pipe.recv()
    pipe.send([each.end() for each in people])


class Audience:
    """All of them in a process of their own, so that what they read does not hold up who measures."""

    def __init__(self, port, cookies):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=look_on, args=(port, cookies, theirs))
        self.process.start()
        self.pipe.recv()

    def leave(self):
        self.pipe.send("go")
        heard = self.pipe.recv()
        self.process.join()
        return heard
