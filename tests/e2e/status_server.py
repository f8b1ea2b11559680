"""The public page's server in tests: started, told what has happened, asked over HTTP."""

import contextlib
import http.client
import pathlib
import subprocess
import tempfile
import threading

from ports import free_port


class StatusServer:
    """Lines that it says are waited for; nothing is slept for."""

    def __init__(self, program, folder=None, smtp_port=0, push=(), port=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="tidegate-status-"))
        self.port = port or free_port()
        self.lines, self.news = [], threading.Condition()
        self.process = subprocess.Popen([program, str(self.port), str(self.folder), str(smtp_port), *push],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.wait_for("ready")
        self.wait_for("printed")

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()

    def count(self, word):
        return sum(line.split("\t")[0] == word for line in self.lines)

    def wait_for(self, word, times=1, seconds=60):
        with self.news:
            if not self.news.wait_for(lambda: self.count(word) >= times, seconds):
                raise AssertionError(f"not {times} times {word}: {self.lines}")

    def say(self, *words):
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()

    def tell(self, *words):
        """What changes the page, until it is shown."""
        before = self.count("printed")
        self.say(*words)
        self.wait_for("printed", before + 1)

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        reply.text = reply.read()
        connection.close()
        return reply

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def end(self):
        if not self.process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):  # it was killed, and had not read all
                self.process.stdin.close()
        self.process.wait(timeout=60)
        self.reader.join()
        self.process.stdout.close()
