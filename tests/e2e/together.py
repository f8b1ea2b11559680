"""Runs the tests of one file at the same time, each in a process of its own: they wait for the daemon's clocks more than they work."""

import os
import subprocess
import sys
import unittest

SKIPPED = 77


def each_alone(script, program):
    """The tests of the module that calls, unless one of them was named; in the order in which they began, what each said is said whole."""
    loaded = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    names = [test.id().removeprefix("__main__.") for case in loaded for test in case]
    words = [sys.executable, os.path.realpath(script), program]
    running = [subprocess.Popen([*words, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for name in names]
    said = [process.communicate()[0] for process in running]
    for name, text in zip(names, said, strict=True):
        print(f"---- {name}\n{text}", flush=True)
    ends = [process.returncode for process in running]
    sys.exit(next((end for end in ends if end not in (0, SKIPPED)), max(ends)))
