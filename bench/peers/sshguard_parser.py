#!/usr/bin/env python3
"""sshguard's parser on one log, without its blocker, whose work grows with the square of the attacks.

usage: sshguard_parser.py LOG [--limit SECONDS]

Needs Debian's sshguard.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import measure  # noqa: E402

PLACES = ["/usr/libexec/sshguard/sshg-parser", "/usr/lib/sshguard/sshg-parser", "/usr/lib/x86_64-linux-gnu/sshg-parser"]


def parser_program():
    return next((place for place in PLACES if pathlib.Path(place).exists()), PLACES[0])


def replay(log, limit=600):
    lines = measure.count_lines(log)
    with tempfile.TemporaryFile() as attacks, open(log, "rb") as source:
        cost = measure.run([parser_program()], limit, stdin=source, stdout=attacks, stderr=subprocess.DEVNULL)
        attacks.seek(0)
        found = sum(1 for _ in attacks)
    return {"tool": "sshguard's parser", "lines": lines, "lines_per_second": lines / cost.seconds, "seconds": cost.seconds,
            "cpu": cost.cpu, "peak_kib": cost.peak_kib, "found": found, "status": cost.status}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log")
    parser.add_argument("--limit", type=float, default=600, help="stop after so many seconds")
    options = parser.parse_args()
    for key, value in replay(options.log, options.limit).items():
        print(f"{key}: {value:,.2f}" if isinstance(value, float) else f"{key}: {value}")


if __name__ == "__main__":
    main()
