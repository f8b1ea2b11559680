#!/usr/bin/env python3
"""Runs `tidegate detect` as people will: on their own graphs, good ones and bad ones.

usage: detect_test.py TIDEGATE [unittest options]
"""

import math
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest

TIDEGATE = sys.argv[1]


def detect(text, *words, csv="-"):
    raw = text if isinstance(text, bytes) else text.encode()
    done = subprocess.run([TIDEGATE, "detect", "--csv", csv, *words], input=raw, capture_output=True, check=False,
                          timeout=120)
    lines = done.stdout.decode("utf-8", "surrogateescape").split("\n")
    return done.returncode, lines[0], [line.rsplit(",", 2) for line in lines[1:] if line], done.stderr.decode()


def noise(count=2000, step=300, seed=1, at=None, height=60.0):
    dice = random.Random(seed)
    values = [50 - 30 * math.cos(i * step / 86400 * 2 * math.pi) + dice.gauss(0, 3) for i in range(count)]
    if at is not None:
        values[at] += height
    return "".join(f"{1392336000 + i * step},{v:.4f}\n" for i, v in enumerate(values))


class Detect(unittest.TestCase):
    def test_rows_come_back_as_they_came(self):
        text = "timestamp,value\n2014-02-14 14:30:00,1.50\n2014-02-14 14:35:00,  2\r\n2014-02-14T14:40:00Z,\n"
        status, header, rows, said = detect(text)
        self.assertEqual((status, header, said), (0, "time,value,score,alarm", ""))
        self.assertEqual([row[0] for row in rows],
                         ["2014-02-14 14:30:00,1.50", "2014-02-14 14:35:00,  2", "2014-02-14T14:40:00Z,"])

    def test_a_spike_is_found_in_its_row_and_nothing_else(self):
        status, _, rows, _ = detect(noise(at=1500))
        self.assertEqual(status, 0)
        self.assertEqual(len(rows), 2000)
        self.assertEqual(rows[1500][2], "1")
        self.assertGreaterEqual(float(rows[1500][1]), 0.5)
        self.assertNotIn("1", [row[2] for row in rows[:1500]])
        self.assertTrue(all(0 <= float(row[1]) <= 1 for row in rows))

    def test_no_row_knows_a_later_one(self):
        whole = detect(noise(at=1500))[2]
        part = detect("\n".join(noise(at=1500).split("\n")[:1502]))[2]
        self.assertEqual(part, whole[:1502])

    def test_a_file_and_standard_input_are_the_same(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write(noise(300))
            file.flush()
            self.assertEqual(detect("", csv=file.name), detect(noise(300)))

    def test_missing_values_score_nothing(self):
        lines = noise(400).splitlines()
        for i, word in enumerate(("", "NaN", "nan", "null", "NA")):
            lines[300 + i] = lines[300 + i].split(",")[0] + "," + word
        status, _, rows, said = detect("\n".join(lines))
        self.assertEqual((status, said, len(rows)), (0, "", 400))
        self.assertEqual({float(row[1]) for row in rows[300:305]}, {0.0})

    def test_bad_rows_are_named_and_the_rest_is_done(self):
        status, _, rows, said = detect("1,2\nyesterday,3\n3,much\n4,5\n")
        self.assertEqual((status, len(rows)), (2, 4))
        self.assertIn("standard input:2: 'yesterday' is no time (write it as 2024-12-11T17:05:41Z", said)
        self.assertIn("standard input:3: 'much' is no number (", said)

    def test_bad_words_and_files_are_refused(self):
        for words, what in ((("--csv", "/nonexistent"), "cannot be opened"), ((), "--csv"),
                            (("--csv", "-", "--false-alarms-every", "soon"), "no span of time")):
            done = subprocess.run([TIDEGATE, "detect", *words], input=b"", capture_output=True, check=False, timeout=60)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(what, done.stderr.decode())

    def test_hostile_input_is_survived(self):
        dice = random.Random(7)
        huge = b"1," + b"9" * (1 << 20) + b"\n2,3\n"
        for text in (b"", b"\n\n\n", b"\xef\xbb\xbftime,value\n1,2\n", dice.randbytes(200_000), b"\0" * 5000, huge,
                     b"x" * (20 << 20), b"1,1e308\n2,-1e308\n3,1e-320\n" * 500, b"9,1\n5,2\n5,3\n-1e9,4\n" * 500):
            status, header, rows, _ = detect(text)
            self.assertIn(status, (0, 2))
            self.assertEqual(header, "time,value,score,alarm")
            self.assertTrue(all(0 <= float(row[1]) <= 1 and row[2] in "01" for row in rows))
        self.assertEqual(len(detect(huge)[2]), 2)

    def test_only_complaints_are_printed_with_out_none(self):
        done = subprocess.run([TIDEGATE, "detect", "--csv", "-", "--out", "none"], input=b"1,x\n", capture_output=True,
                              check=False, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (2, b""))

    def test_more_false_alarms_are_allowed_when_asked_for(self):
        text = noise(3000, seed=3)
        often = detect(text, "--false-alarms-every", "6h")[2]
        seldom = detect(text)[2]
        self.assertEqual(sum(row[2] == "1" for row in seldom), 0)
        self.assertTrue(all(float(a[1]) >= float(b[1]) for a, b in zip(often[:24], seldom[:24])))
        self.assertGreater(sum(row[2] == "1" for row in often), 0)

    def test_a_hundred_thousand_rows_take_seconds(self):
        text = noise(100_000, step=60)
        began = time.monotonic()
        status, _, rows, _ = detect(text)
        self.assertEqual((status, len(rows)), (0, 100_000))
        self.assertLess(time.monotonic() - began, 30)

    def test_a_full_disk_is_told_of(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([TIDEGATE, "detect", "--csv", "-"], input=b"1,2\n", stdout=full,
                                  stderr=subprocess.PIPE, check=False, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("No space left", done.stderr.decode())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
