"""For tests without namespaces (lab.py has its own): a condition is waited for, never a time."""

import time


def wait_for(holds, what, limit=120.0):
    """What `holds` gives once it is true."""
    end = time.monotonic() + limit
    while not (found := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {limit} s")
        time.sleep(0.01)
    return found
