"""A running server that a benchmark measures: its port, its start, its CPU, its end."""

import contextlib
import http.client
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.01)
    sys.exit("the server does not listen")


def cpu_seconds(pid):
    """User and system time of all its threads. /proc has it too, in hundredths."""
    return time.clock_gettime(~pid << 3 | 2)  # its CPU clock, as clock_getcpuclockid(3) has it


class Attempts:
    """How many have reached the password database, by the daemon's own word."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def __call__(self):
        self.connection.request("GET", "/metrics")
        text = self.connection.getresponse().read().decode()
        return sum(int(float(value)) for value in re.findall(r'^tidegate_attempts_total\{[^}]*\} (\S+)', text, re.M))


@contextlib.contextmanager
def running(words, log):
    """A process, its words in the file `log`, ended by SIGTERM."""
    with open(log, "wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextlib.contextmanager
def tidegate(folder, work, text, keep=False):
    """`tidegate serve` of `folder` with the configuration `text`, once it judges: its doors are open before. Its state is new, or kept."""
    conf, log, state = work / "tidegate.toml", work / "daemon.log", work / "state"
    conf.write_text(text, encoding="ascii")
    if not keep:
        shutil.rmtree(state, ignore_errors=True)
    state.mkdir(exist_ok=True)
    with running([folder / "tidegate", "serve", "--config", conf], log) as process:
        for _ in range(3000):
            if b">started " in log.read_bytes():
                break
            if process.poll() is not None:
                sys.exit(f"the daemon ended: {log.read_text()}")
            time.sleep(0.01)
        else:
            sys.exit(f"the daemon does not start: {log.read_text()}")
        yield process
