#!/usr/bin/env python3
"""Opens the page of `tidegate replay --html` in a real browser, as phones and desks do, light and dark.

usage: page_test.py TIDEGATE CHROMIUM FOLDER_FOR_PICTURES [unittest options]

Asks the browser itself: does anything stick out sideways, has all text contrast enough, was anything fetched, did
anything that an attacker wrote become part of the page? Leaves a picture of each view in the folder.
"""

import datetime
import itertools
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from browser import Browser  # noqa: E402

TIDEGATE, CHROMIUM, PICTURES = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
HOSTILE = "x\x1b]0;owned\x07<script>document.title='owned'</script><img src=http://192.0.2.1/x>\"'@example.org"
VIEWS = {"phone": (360, 780), "tablet": (768, 1024), "desk": (1280, 900)}

# What a reader with weak eyes would notice: for each piece of text its colour against the ground below it (WCAG 2.2, 1.4.3).
CONTRAST = """
(() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; }
      return [255, 255, 255, 1]; };
  let worst = [99, ''];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    if (!n.data.trim() || n.parentElement.closest('svg')) continue;
    const [a, b] = [light(parse(getComputedStyle(n.parentElement).color)), light(ground(n.parentElement))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst[0]) worst = [ratio, n.data.trim().slice(0, 60)];
  }
  return worst;
})()
"""
OUTSIDE = """
[...document.querySelectorAll('main *')].filter(e => !e.closest('svg') && !e.closest('table.wide thead, .heard caption')
    && e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map(e => e.outerHTML.slice(0, 80))
"""
HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4')].map(e => Number(e.tagName[1]))"


def history(path):
    """Three ordinary days with an attack on the third."""
    dice = random.Random(1)
    start = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)
    attempts = []
    for i in range(9000):
        who = dice.randrange(300)
        attempts.append((dice.uniform(0, 3 * 86400), f"10.1.{who % 250}.{who // 250 + 1}", f"customer{who}@example.org", "success", None))
    for i in range(6000):
        attempts.append((2 * 86400 + 36000 + dice.uniform(0, 7200), f"203.0.{dice.randrange(90, 130)}.{dice.randrange(250)}",
                         HOSTILE if i % 5 == 0 else f"name{dice.randrange(900)}@example.net", "failure", "unknown_account"))
    for i in range(40):  # right passwords from the midst of the attackers
        attempts.append((2 * 86400 + 40000 + i * 60, f"203.0.{100 + i % 20}.{i}", f"customer{i}@example.org", "success", None))
    with open(path, "w", encoding="utf-8") as file:
        for seconds, address, account, outcome, reason in sorted(attempts, key=lambda a: a[0]):
            event = {"time": (start + datetime.timedelta(seconds=seconds)).isoformat(), "event": "attempt", "service": "imap",
                     "outcome": outcome, "address": address, "account": account}
            if reason:
                event["reason"] = reason
            print(json.dumps(event), file=file)


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tidegate-page-"))
        PICTURES.mkdir(parents=True, exist_ok=True)
        events = cls.folder / "events.jsonl"
        history(events)
        cls.pages = {}
        for names in (False, True):
            page = cls.folder / f"page-{names}.html"
            words = [TIDEGATE, "replay", "--zone", "UTC", "--no-progress", "--html", page, "--events", events]
            subprocess.run(words + (["--names"] if names else []), check=True, stdout=subprocess.DEVNULL, timeout=120)
            cls.pages[names] = page
        cls.browser = Browser(CHROMIUM, cls.folder / "profile")

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def look(self, names, view, scheme):
        self.browser.open(self.pages[names], *VIEWS[view], scheme)
        self.browser.picture(PICTURES / f"{view}-{scheme}{'-names' if names else ''}.png")
        self.assertEqual(self.browser.value(OUTSIDE), [])
        self.assertLessEqual(self.browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0)
        ratio, text = self.browser.value(CONTRAST)
        self.assertGreaterEqual(ratio, 4.5, text)

    def test_nothing_sticks_out_and_all_can_be_read(self):
        for names, view, scheme in itertools.product((False, True), VIEWS, ("light", "dark")):
            with self.subTest(view=view, scheme=scheme, names=names):
                self.look(names, view, scheme)

    def test_dark_is_dark(self):
        grounds = set()
        for scheme in ("light", "dark"):
            self.browser.open(self.pages[False], 1280, 900, scheme)
            grounds.add(self.browser.value("getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(grounds), 2)

    def test_nothing_is_fetched_and_nothing_runs(self):
        for page in self.pages.values():
            self.browser.open(page, 1280, 900, "light")
            self.assertEqual(self.browser.requests, [page.as_uri()])
            self.assertEqual(self.browser.value("document.querySelectorAll('script,img,iframe,link,object,[onclick],[href]').length"), 0)
            self.assertTrue(self.browser.value("document.title").startswith("Tidegate"))

    def test_names_are_shown_only_when_asked(self):
        for names, page in self.pages.items():
            self.browser.open(page, 1280, 900, "light")
            text = self.browser.value("document.documentElement.outerHTML")
            for secret in ("example.org", "example.net", "owned", "customer1"):
                self.assertEqual(secret in text, names, secret)

    def test_can_be_listened_to(self):
        self.browser.open(self.pages[True], 1280, 900, "light")
        headings = self.browser.value(HEADINGS)
        self.assertEqual(headings[0], 1)
        self.assertEqual(headings.count(1), 1)
        self.assertTrue(all(b <= a + 1 for a, b in zip(headings, headings[1:])), headings)
        self.assertEqual(self.browser.value("document.documentElement.lang"), "en")
        self.assertEqual(self.browser.value("[...document.querySelectorAll('th:not([scope])')].length"), 0)
        self.assertEqual(self.browser.value("[...document.querySelectorAll('table:not(:has(caption))')].length"), 0)
        self.assertGreaterEqual(self.browser.value("document.querySelectorAll('svg[role=img][aria-label]').length"), 3)
        self.assertEqual(self.browser.value("document.querySelectorAll('svg:not([aria-label])').length"), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
