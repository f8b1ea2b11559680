#!/usr/bin/env python3
"""The public page over real sockets, files and mail: caching, feeds, static files under kill -9, a push that fails, subscribing.

usage: status_test.py STATUS_SERVER [unittest options]
"""

import email
import email.policy
import gzip
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import sys
import tempfile
import unittest
import urllib.parse
import xml.etree.ElementTree

sys.dont_write_bytecode = True
from lab import stage  # noqa: E402
from receivers import Smtp  # noqa: E402
from status_server import StatusServer  # noqa: E402

PROGRAM = os.path.realpath(sys.argv[1])
ATOM = "{http://www.w3.org/2005/Atom}"


class StatusTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tidegate-status-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def server(self, **options):
        server = StatusServer(PROGRAM, self.folder, **options)
        self.addCleanup(server.end)
        return server

    def test_readers_and_caches(self):
        server = self.server()
        first = server.get("/")
        self.assertEqual((first.status, first.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn(b"We know of no disturbance.", first.text)
        self.assertEqual(server.get("/", If_None_Match=first.headers["ETag"]).status, 304)
        packed = server.get("/", Accept_Encoding="gzip")
        self.assertEqual(gzip.decompress(packed.text), first.text)
        server.tell("open", "2026-11-30-1", "Reading mail is slow")
        changed = server.get("/", If_None_Match=first.headers["ETag"])
        self.assertEqual(changed.status, 200)
        self.assertIn(b"Reading mail is slow", changed.text)
        self.assertEqual(server.get("/incident/2026-11-30-1.html").status, 200)
        head = server.ask("HEAD", "/")
        self.assertEqual((head.text, head.headers["Content-Length"]), (b"", changed.headers["Content-Length"]))

    def test_feeds_are_what_their_rules_say(self):
        server = self.server()
        server.tell("open", "2026-11-30-1", "Mail & <more> \"is\" slow")
        server.tell("update", "2026-11-30-1", "investigating", "First & <b>words</b>")
        server.tell("update", "2026-11-30-1", "mending", "Second words")
        feed = xml.etree.ElementTree.fromstring(server.get("/feed.atom").text)
        for name in ("id", "title", "updated", "author"):  # RFC 4287 4.1.1
            self.assertEqual(len(feed.findall(ATOM + name)), 1, name)
        entries = feed.findall(ATOM + "entry")
        self.assertEqual(len(entries), 2)
        self.assertEqual(len({each.find(ATOM + "id").text for each in entries}), 2)
        for each in entries:  # 4.1.2
            for name in ("id", "title", "updated", "content"):
                self.assertEqual(len(each.findall(ATOM + name)), 1, name)
            self.assertRegex(each.find(ATOM + "updated").text, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$")
            link = each.find(ATOM + "link").get("href")
            self.assertEqual(server.get(urllib.parse.urlparse(link).path).status, 200)
        self.assertEqual(entries[0].find(ATOM + "title").text, 'Mail & <more> "is" slow: We are mending it')
        self.assertIn("&lt;b&gt;words&lt;/b&gt;", entries[1].find(ATOM + "content").text)
        rss = xml.etree.ElementTree.fromstring(server.get("/feed.rss").text)
        self.assertEqual(rss.get("version"), "2.0")
        for name in ("title", "link", "description"):
            self.assertEqual(len(rss.findall("channel/" + name)), 1, name)
        for item in rss.findall("channel/item"):
            self.assertTrue(email.utils.parsedate_to_datetime(item.find("pubDate").text))
            self.assertTrue(item.find("guid").text.startswith("http://"))
        record = json.loads(server.get("/status.json").text)
        self.assertEqual((record["version"], record["state"], record["incidents"][0]["state"]), (1, "slow", "mending"))
        self.assertEqual(server.get("/status.json").headers["Access-Control-Allow-Origin"], "*")
        xml.etree.ElementTree.fromstring(server.get("/badge.svg").text)

    def whole(self):
        """The site that `current` shows: every page that another leads to is there."""
        site = self.folder / "static" / "current"
        index = (site / "index.html").read_text()
        self.assertTrue(index.endswith("</html>\n"))
        for link in re.findall(r'href="([^":]+)"', index):
            path = urllib.parse.urlparse(link).path
            self.assertTrue((site / (path if path != "./" else "index.html")).exists(), link)
        for file in site.rglob("*.gz"):
            self.assertEqual(gzip.decompress(file.read_bytes()), file.with_suffix("").read_bytes(), file)

    def test_files_are_whole_whenever_we_are_killed(self):
        for cut in range(12):
            server = StatusServer(PROGRAM, self.folder)
            for number in range(cut):
                server.say("open", f"case-{cut}-{number}", "x")  # no waiting: it is killed amid the writing
            os.kill(server.process.pid, signal.SIGKILL)
            server.process.wait()
            server.end()
            if (self.folder / "static" / "current").exists():
                self.whole()
        server = self.server()
        server.tell("open", "last", "The last one")
        server.say("service", "imap", "IMAP", "working")
        server.wait_for("printed", 3)
        server.end()
        self.whole()
        self.assertEqual([each for each in os.listdir(self.folder / "static") if each.endswith(".new")], [])

    def test_a_push_that_fails_is_told_and_tried_again(self):
        shown = self.folder / "shown"
        server = self.server(push=["/bin/sh", "-c", f"test -d {shown} || {{ echo no way there >&2; exit 3; }}; "
                                                    f"cp -r \"$1/.\" {shown}/", "sh", "{folder}"])
        server.wait_for("trouble", 2)
        trouble = [line.split("\t") for line in server.lines if line.startswith("trouble")]
        self.assertEqual(trouble[0][1:], ["push", "1", "exit status 3: no way there"])
        shown.mkdir()
        server.wait_for("well")
        self.assertTrue((shown / "index.html").exists())

    def test_subscribing_and_leaving(self):
        smtp = Smtp("none", None)
        self.addCleanup(smtp.server.close)
        server = self.server(smtp_port=smtp.port)
        form = {"Content-Type": "application/x-www-form-urlencoded"}

        def post(path, body):
            return server.ask("POST", path, body, **form)

        def mail(number):
            stage.wait_for(lambda: len(smtp.mails) >= number, f"mail {number}", 60)
            return email.message_from_bytes(smtp.mails[number - 1], policy=email.policy.default)

        self.assertEqual(post("/subscribe", "email=bob%40example.net").status, 200)
        asked = mail(1)
        self.assertEqual(asked.defects, [])
        self.assertEqual((asked["To"], asked["List-Unsubscribe"]), ("bob@example.net", None))
        link = urllib.parse.urlparse(re.search(r"http://\S+", asked.get_content())[0])
        self.assertNotIn("bob", link.query)
        self.assertIn(b"bob@example.net", server.get(link.path + "?" + link.query).text)
        server.tell("open", "2026-11-30-1", "Reading mail is slow")
        server.tell("update", "2026-11-30-1", "investigating", "Nobody is subscribed yet")
        self.assertEqual(post(link.path + "?" + link.query, "").status, 200)
        kept = self.folder / "subscribers"
        self.assertIn("bob@example.net", kept.read_text())

        server.end()  # and the list is known after a restart
        server = StatusServer(PROGRAM, self.folder, smtp_port=smtp.port, port=server.port)
        self.addCleanup(server.end)
        server.tell("open", "2026-11-30-2", "Mail waits")
        server.tell("update", "2026-11-30-2", "mending", "We are at it")
        told = mail(2)
        self.assertEqual(told.defects, [])
        self.assertEqual(told["Subject"], "[Example Mail] Mail waits: We are mending it")
        self.assertIn("We are at it", told.get_content())
        self.assertIn("Next update by ", told.get_content())
        self.assertEqual(told["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")  # RFC 8058 3.1
        leave = urllib.parse.urlparse(told["List-Unsubscribe"].strip("<>"))
        self.assertEqual(post(leave.path + "?" + leave.query, "List-Unsubscribe=One-Click").status, 200)
        self.assertNotIn("bob@example.net", kept.read_text())
        server.tell("update", "2026-11-30-2", "over", "Done")
        self.assertEqual(post("/subscribe", "email=eve%40example.net").status, 200)
        self.assertEqual(mail(3)["To"], "eve@example.net")  # and none to Bob before it
        self.assertFalse(any("example.net" in line for line in server.lines), "addresses are in no log")

    def test_who_asks_too_often_waits(self):
        server = self.server()
        replies = [server.get("/check").status for _ in range(12)]
        self.assertEqual(replies[:10], [200] * 10)
        self.assertEqual(replies[-1], 429)
        self.assertEqual(server.get("/").status, 200)
        server.say("standing", "refused")
        through = server.get("/check", X_Forwarded_For="198.51.100.7")
        self.assertEqual(through.status, 429, "127.0.0.1 is no proxy here: its word about others counts nothing")

    def test_hostile_requests(self):
        server = self.server()

        def raw(data):
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                answer = b""
                while piece := connection.recv(65536):
                    answer += piece
            return answer[:12]

        host = b"\r\nHost: x\r\n"
        for data, wanted in [(b"GET /../../etc/passwd HTTP/1.1" + host + b"\r\n", b"HTTP/1.1 404"),
                             (b"GET /static/../status.key HTTP/1.1" + host + b"\r\n", b"HTTP/1.1 404"),
                             (b"GET /%00 HTTP/1.1" + host + b"\r\n", b"HTTP/1.1 404"),
                             (b"PUT / HTTP/1.1" + host + b"Content-Length: 0\r\n\r\n", b"HTTP/1.1 405"),
                             (b"POST / HTTP/1.1" + host + b"Content-Length: 0\r\n\r\n", b"HTTP/1.1 405"),
                             (b"POST /check HTTP/1.1" + host + b"Content-Length: 99999\r\n\r\n", b"HTTP/1.1 413"),
                             (b"GET / HTTP/1.1" + host + b"X: " + b"a" * 9000 + b"\r\n\r\n", b"HTTP/1.1 431"),
                             (b"\x16\x03\x01\x02\x00", b"HTTP/1.1 400")]:
            self.assertEqual(raw(data), wanted, data[:40])
        self.assertEqual(server.get("/").status, 200)

    def test_the_files_are_for_everybody(self):
        self.server().end()  # what is shown is written
        current = self.folder / "static" / "current"
        self.assertEqual(stat.S_IMODE(current.stat().st_mode), 0o755)
        for file in filter(pathlib.Path.is_file, current.rglob("*")):
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o644, file)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
