#!/usr/bin/env python3
"""What is committed in web/dist was made from what is committed beside it, and is all that its page asks for.

usage: dist_test.py WEB [unittest options]
"""

import gzip
import hashlib
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

WEB = pathlib.Path(sys.argv[1])
# As tools/build.mjs has them, beside all of src.
NAMED = {"index.html", "favicon.svg", "package.json", "package-lock.json", "tsconfig.json", "tools/build.mjs"}
MEND = "run scripts/web and commit web/dist"
MOST_BYTES = 300_000


def complaints(web):
    """What is wrong between dist and its sources."""
    listed = {}
    for line in (web / "dist/sources.sha256").read_text().splitlines():
        digest, path = line.split("  ", 1)
        listed[path] = digest
    there = NAMED | {str(path.relative_to(web)) for path in (web / "src").rglob("*") if path.is_file()}
    out = [f"{path} is not in web/dist: {MEND}" for path in sorted(there - set(listed))]
    out += [f"{path} is gone, and still in web/dist: {MEND}" for path in sorted(set(listed) - there)]
    for path in sorted(there & set(listed)):
        if hashlib.sha256((web / path).read_bytes()).hexdigest() != listed[path]:
            out.append(f"{path} is not what web/dist was made from: {MEND}")
    return out


class Dist(unittest.TestCase):
    def test_it_is_made_from_the_sources(self):
        self.assertEqual(complaints(WEB), [])

    def test_a_change_is_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "web"
            shutil.copytree(WEB, copy, ignore=shutil.ignore_patterns("node_modules", ".made"))
            (copy / "src/main.tsx").write_text("// nothing")
            (copy / "src/more.ts").write_text("")
            (copy / "src/app.tsx").unlink()
            self.assertEqual(len(complaints(copy)), 3)

    def test_the_page_finds_what_it_asks_for(self):
        page = (WEB / "dist/index.html").read_text()
        asked = set(re.findall(r'(?:src|href)="/([^"]+)"', page))
        there = {path.name for path in (WEB / "dist").iterdir()}
        self.assertEqual(len(asked), 3, "script, style and icon")
        self.assertLessEqual(asked, there)
        self.assertEqual(there - asked, {"index.html", "LICENSES.txt", "sources.sha256"})

    def test_it_is_small(self):
        size = sum(len(gzip.compress(path.read_bytes())) for path in (WEB / "dist").iterdir())
        self.assertLess(size, MOST_BYTES)

    def test_no_registry_is_written_down(self):
        self.assertNotIn('"resolved"', (WEB / "package-lock.json").read_text())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
