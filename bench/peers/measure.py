"""Runs a program and says what it took."""

import dataclasses
import os
import subprocess
import time


@dataclasses.dataclass
class Cost:
    """What one run took. `cpu` is user and system time of the process and the children it waited for."""

    seconds: float
    cpu: float
    peak_kib: int
    status: int

    def line(self, name, lines):
        return (f"{name}: {lines / self.seconds:,.0f} lines/s, {self.seconds:.2f} s, {self.cpu:.2f} s of CPU, "
                f"{self.peak_kib / 1024:,.0f} MiB at most" + (f", exit status {self.status}" if self.status else ""))


def start(words, **more):
    """Starts a program; `finish` must be called with what this returns."""
    return time.monotonic(), subprocess.Popen([str(word) for word in words], **more)


def finish(started, limit=None):
    begun, process = started
    peak = 0  # not ru_maxrss, which counts what this process had when it forked
    while True:
        peak = max(peak, peak_kib(process.pid))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if limit is not None and time.monotonic() > begun + limit:
            process.kill()
        time.sleep(0.002)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(time.monotonic() - begun, usage.ru_utime + usage.ru_stime, peak, process.returncode)


def peak_kib(pid):
    """The most memory that a running process has had; 0 for one that has just ended."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return next((int(line.split()[1]) for line in file if line.startswith("VmHWM")), 0)


def run(words, limit=None, **more):
    return finish(start(words, **more), limit)


def of_process(pid, begun):
    """What a process that goes on running has taken so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return Cost(time.monotonic() - begun, (int(fields[11]) + int(fields[12])) / ticks, peak_kib(pid), 0)


def count_lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
