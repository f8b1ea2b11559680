#!/usr/bin/env python3
"""The public page in a real browser, on a phone and at a desk, light and dark, over a slow line.

usage: status_page_test.py STATUS_SERVER CHROMIUM FOLDER_FOR_PICTURES [unittest options]

Asks the browser itself: does anything stick out sideways, has all text contrast enough, what was fetched and how long did it take, has
everything a name for those who listen? Leaves a picture of each view in the folder.
"""

import itertools
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import page_test  # noqa: E402  (takes the same words: a program, the browser, the folder)
from browser import Browser  # noqa: E402
from status_server import StatusServer  # noqa: E402

PROGRAM, PICTURES = sys.argv[1], pathlib.Path(sys.argv[3])
VIEWS = {"phone": (360, 780), "desk": (1280, 900)}
OUTSIDE = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right >
    document.documentElement.clientWidth + 0.5 && !e.closest('.wide, pre')).map(e => e.outerHTML.slice(0, 80))"""
# Landmarks, one each, and everything that can be used has a name (WCAG 2.2, 1.3.1, 2.4.4, 4.1.2).
UNNAMED = """[...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), [role=img]')].filter(e =>
    !(e.textContent.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length))).map(e => e.outerHTML.slice(0, 80))"""
LANDMARKS = "['header', 'main', 'footer', 'nav[aria-label]', 'h1', 'title'].map(e => document.querySelectorAll(e).length)"
DOUBLE_IDS = "(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(e => e.id))"
SMALL_TARGETS = """[...document.querySelectorAll('nav a, .links a, button, summary')].filter(e => e.getBoundingClientRect().height < 24)
    .map(e => e.outerHTML.slice(0, 80))"""
# 3G as Chromium's own tools have it.
SLOW = {"offline": False, "latency": 100, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}


class Page:
    def __init__(self, url):
        self.url = url

    def as_uri(self):
        return self.url


class StatusPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        PICTURES.mkdir(parents=True, exist_ok=True)
        cls.server = StatusServer(PROGRAM, smtp_port=9)  # of mail nobody is sent here
        cls.server.tell("service", "imap", "Reading mail with a mail program (IMAP)", "slow")
        cls.server.tell("service", "submission", "Sending mail", "working")
        cls.server.tell("service", "webmail", "Webmail", "working")
        cls.server.tell("open", "2026-11-30-1", "Reading mail is slow")
        cls.server.tell("update", "2026-11-30-1", "investigating",
                        "Since 14:05 a log-in over IMAP takes 4 s instead of 0.3 s. Mail is queued, and none is lost.")
        cls.server.tell("update", "2026-11-30-1", "mending", "A disk is being replaced.")
        cls.profile = tempfile.mkdtemp(prefix="tidegate-status-profile-")
        cls.browser = Browser(sys.argv[2], cls.profile)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.server.end()
        shutil.rmtree(cls.profile, ignore_errors=True)
        shutil.rmtree(cls.server.folder, ignore_errors=True)

    def url(self, path):
        return Page(f"http://127.0.0.1:{self.server.port}/{path}")

    def test_all_can_be_read_and_used(self):
        pages = {"index": "", "incident": "incident/2026-11-30-1.html", "history": "history.html", "subscribe": "subscribe",
                 "check": "check"}
        for name, view, scheme in itertools.product(pages, VIEWS, ("light", "dark")):
            if name == "check" and (view, scheme) != ("phone", "light"):
                continue  # it is limited
            with self.subTest(page=name, view=view, scheme=scheme):
                self.browser.open(self.url(pages[name]), *VIEWS[view], scheme)
                self.browser.picture(PICTURES / f"{name}-{view}-{scheme}.png")
                self.assertEqual(self.browser.value(OUTSIDE), [])
                ratio, text = self.browser.value(page_test.CONTRAST)
                self.assertGreaterEqual(ratio, 4.5, text)
                self.assertEqual(self.browser.value(UNNAMED), [])
                self.assertEqual(self.browser.value(LANDMARKS), [1] * 6)
                self.assertEqual(self.browser.value(DOUBLE_IDS), 0)
                self.assertEqual(self.browser.value(SMALL_TARGETS), [])
                headings = self.browser.value(page_test.HEADINGS)
                self.assertEqual(headings[0], 1)
                self.assertTrue(all(after - before <= 1 for before, after in itertools.pairwise(headings)), headings)

    def test_over_a_slow_line_it_is_there_within_a_second(self):
        self.browser.ask("Network.setCacheDisabled", cacheDisabled=True)
        self.browser.ask("Network.emulateNetworkConditions", **SLOW)
        self.browser.open(self.url(""), *VIEWS["phone"], "light")
        fetched = {url for url in self.browser.requests if not url.endswith("icon.svg")}
        base = self.url("").url
        self.assertEqual({url.split("?")[0] for url in fetched}, {base, base + "style.css"})
        seen = self.browser.value("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? "
                                  "performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart")
        size = self.browser.value("[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                                  ".reduce((sum, each) => sum + each.transferSize, 0)")
        print(f"over 3G: seen after {seen:.0f} ms, {size} bytes in {len(self.browser.requests)} requests", file=sys.stderr)
        self.assertLess(size, 20_000)
        self.assertLess(seen, 1000)
        self.browser.ask("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    def test_no_script_and_nothing_of_others(self):
        self.browser.open(self.url(""), *VIEWS["desk"], "light")
        self.assertEqual(self.browser.value("document.querySelectorAll('script,iframe,object,style,[style],[onclick]').length"), 0)
        self.assertTrue(all(url.startswith(self.url("").url) for url in self.browser.requests), self.browser.requests)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
