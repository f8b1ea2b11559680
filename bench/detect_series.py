#!/usr/bin/env python3
"""Measures `tidegate detect` on made-up series of the kinds that people watch: what it finds, how soon, what else.

usage: detect_series.py TIDEGATE [SEEDS]

Each series has 14 to 30 days and none or some anomalies, each with the span in which an alarm (or a score above the
chosen threshold) is right. Counted: anomalies found, spans of false alarms, delay in rows.
"""

import math
import random
import subprocess
import sys

START = 1_392_336_000  # 2014-02-14
QUIET = 600            # rows in which everything may be learned


def noise(r, size):
    return r.gauss(0, size)


def daily(t, low=0.0, high=1.0, power=1.0):
    return low + (high - low) * (0.5 - 0.5 * math.cos(2 * math.pi * (t % 86400) / 86400)) ** power


def rows(days, step):
    return [START + i * step for i in range(int(days * 86400 / step))]


def spot(r, n, margin=300):
    return r.randrange(int(n * 0.4), n - margin)


def flat_noise(r):
    t = rows(14, 300)
    return t, [40 + noise(r, 3) for _ in t], []


def daily_noise(r):
    t = rows(14, 300)
    return t, [daily(x, 20, 80) + noise(r, 3) for x in t], []


def daily_spike(r):
    t, v, _ = daily_noise(r)
    at = spot(r, len(t))
    for i in range(at, at + r.choice([1, 2, 6])):
        v[i] += 40
    return t, v, [(at, at + 40)]


def level_shift(r):
    t = rows(14, 300)
    at = spot(r, len(t), 800)
    return t, [40 + (12 if i >= at else 0) + noise(r, 3) for i, _ in enumerate(t)], [(at, at + 60)]


def flat_then_burst(r):
    t = rows(14, 300)
    at = spot(r, len(t))
    return t, [(0.066 if r.random() < 0.8 else 0.068) + (r.uniform(1, 3) if at <= i < at + 20 else 0)
               for i, _ in enumerate(t)], [(at, at + 25)]


def weekly(r, step=1800):
    t = rows(60, step)
    out = []
    for x in t:
        weekend = (x // 86400 + 3) % 7 >= 5
        out.append((daily(x, 2000, 20000, 0.7) * (0.7 if weekend else 1)) * math.exp(noise(r, 0.04)))
    return t, out, []


def weekly_holiday(r):
    t, v, _ = weekly(r)
    day = r.choice([38, 39, 40, 45, 46])
    a, b = day * 48, (day + 1) * 48
    for i in range(a, b):
        v[i] *= 0.6
    return t, v, [(a, b + 12)]


def flat_middle(r):
    t = rows(14, 300)
    day = r.randrange(8, 13)
    value = lambda x: (80 if 9 <= (x % 86400) / 3600 < 18 else 20)
    v = [value(x) + noise(r, 2) if (x - START) // 86400 != day else 20 + noise(r, 2) for x in t]
    a = day * 288 + 9 * 12
    return t, v, [(a, a + 9 * 12 + 12)]


def jumps_up(r):
    t = rows(14, 300)
    day = r.randrange(8, 13)
    value = lambda x: (80 if 9 <= (x % 86400) / 3600 < 18 else 20)
    a = day * 288 + r.randrange(10 * 12, 14 * 12)
    v = [value(x) + noise(r, 2) + (40 if a <= i < a + 36 else 0) for i, x in enumerate(t)]
    return t, v, [(a, a + 48)]


def trend(r):
    t = rows(14, 300)
    return t, [10 + i * 0.01 + noise(r, 1.5) for i, _ in enumerate(t)], []


def drift(r):
    t = rows(21, 300)
    at = spot(r, len(t), 1000)
    v, x = [], 0.0
    for i, _ in enumerate(t):
        x = 0.995 * x + noise(r, 0.3)
        v.append(70 + x + daily(t[i], -2, 2) + noise(r, 0.4) - (0.05 * (i - at) if at <= i < at + 400 else 0))
    return t, v, [(at, at + 430)]


def wander(r):
    t, v, x = rows(14, 300), [], 0.0
    for _ in t:
        x = 0.998 * x + noise(r, 0.5)
        v.append(50 + x + noise(r, 0.3))
    return t, v, []


def wilder(r):
    t = rows(14, 300)
    at = spot(r, len(t), 500)
    return t, [40 + noise(r, 10 if at <= i < at + 200 else 2) for i, _ in enumerate(t)], [(at, at + 210)]


def quieter(r):
    t = rows(14, 300)
    at = spot(r, len(t), 500)
    return t, [40 + noise(r, 0.05 if at <= i < at + 200 else 3) for i, _ in enumerate(t)], [(at, at + 210)]


def counts(r):
    t = rows(14, 300)
    poisson = lambda mean: sum(1 for _ in range(200) if r.random() < mean / 200)
    at = spot(r, len(t))
    return t, [poisson(daily(x, 0.5, 5)) + (poisson(15) if at <= i < at + 12 else 0)
               for i, x in enumerate(t)], [(at, at + 20)]


def tweets(r):
    t = rows(20, 300)
    v = []
    for x in t:
        size = daily(x, 5, 30)
        v.append(max(0, int(size * math.exp(noise(r, 0.5)) * (1 if r.random() > 0.003 else r.uniform(2, 4)))))
    at = spot(r, len(t))
    for i in range(at, at + 15):
        v[i] += int(250 * math.exp(-(i - at) / 6))
    return t, v, [(at, at + 40)]


def spiky(r):
    t = rows(14, 300)
    return t, [5 + abs(noise(r, 1)) + (60 + noise(r, 10) if i % 36 == 0 or r.random() < 0.01 else 0)
               for i, _ in enumerate(t)], []


def heavy(r):
    t = rows(14, 300)
    return t, [math.exp(noise(r, 0.9)) * 100 for _ in t], []


def gaps(r):
    t, v, spans = daily_spike(r)
    at = spans[0][0]
    keep = [i for i in range(len(t)) if not (800 < i < 950) and (r.random() > 0.05 or abs(i - at) < 10)]
    place = {old: new for new, old in enumerate(keep)}
    return [t[i] + r.randrange(-40, 40) for i in keep], [v[i] for i in keep], [(place[at], place[at] + 40)]


def by_second(r):
    t = rows(0.1, 1)
    at = spot(r, len(t))
    return t, [200 + noise(r, 14) + (150 if at <= i < at + 30 else 0) for i, _ in enumerate(t)], [(at, at + 40)]


def by_day(r):
    t = rows(730, 86400)
    at = spot(r, len(t), 60)
    return t, [1000 + (300 if (x // 86400 + 3) % 7 < 5 else 0) + noise(r, 30) + (400 if at <= i < at + 3 else 0)
               for i, x in enumerate(t)], [(at, at + 6)]


KINDS = [flat_noise, daily_noise, trend, wander, weekly, spiky, heavy, daily_spike, level_shift, flat_then_burst,
         weekly_holiday, flat_middle, jumps_up, drift, wilder, quieter, counts, tweets, gaps, by_second, by_day]


def detect(tidegate, times, values):
    text = "".join(f"{t},{v:.6g}\n" for t, v in zip(times, values))
    done = subprocess.run(tidegate, input=text, capture_output=True, check=True, text=True)
    out = [line.rsplit(",", 2) for line in done.stdout.splitlines() if not line.startswith("time,")]
    return [float(row[1]) for row in out], [int(row[2]) for row in out]


def spans_of(flags):
    out, since = [], None
    for i, flag in enumerate(list(flags) + [0]):
        if flag and since is None:
            since = i
        if not flag and since is not None:
            out.append((since, i))
            since = None
    return out


def measure(flags, spans):
    found, delays, wrong = 0, [], 0
    alarms = spans_of(flags)
    for a, b in spans:
        hits = [max(s, a) for s, e in alarms if s < b and e > a]
        if hits:
            found += 1
            delays.append(min(hits) - a)
    wrong = sum(1 for s, _ in alarms if not any(a <= s < b for a, b in spans))
    return found, delays, wrong


def main():
    words = sys.argv[1].split() if " " in sys.argv[1] else [sys.argv[1], "detect", "--csv", "-"]
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    total = [0, 0, 0, 0]
    by_threshold = {x: [0, 0] for x in (0.3, 0.35, 0.4, 0.45, 0.5, 0.6)}
    print(f"{'series':16} anomalies found  false  delay (rows)   score over the rows")
    for kind in KINDS:
        there = got = false = 0
        delays, top, inside = [], [], []
        for seed in range(seeds):
            r = random.Random(f"{kind.__name__} {seed}")
            times, values, spans = kind(r)
            scores, alarms = detect(words, times, values)
            assert len(scores) == len(times)
            found, late, wrong = measure(alarms, spans)
            there, got, false, delays = there + len(spans), got + found, false + wrong, delays + late
            outside = [s for i, s in enumerate(scores) if not any(a <= i < b + 150 for a, b in spans)]
            top.append(max(outside))
            inside += [max(scores[a:b]) for a, b in spans]
            for x, sums in by_threshold.items():
                hit, _, bad = measure([s >= x for s in scores], spans)
                sums[0] += hit
                sums[1] += bad
        total = [total[0] + there, total[1] + got, total[2] + false, total[3] + seeds]
        delay = f"{sorted(delays)[len(delays) // 2]} ({max(delays)})" if delays else "-"
        extra = f"{min(inside):.2f} in" if inside else "       "
        print(f"{kind.__name__:16} {there:9} {got:5} {false:6}  {delay:14} {extra} {sorted(top)[len(top)//2]:.2f}, {max(top):.2f} out")
    print(f"{total[1]} of {total[0]} found, {total[2]} false alarms in {total[3]} series")
    for x, (hit, bad) in by_threshold.items():
        print(f"  score from {x}: {hit} found, {bad} false")


if __name__ == "__main__":
    main()
