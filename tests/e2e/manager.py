"""Plays systemd for a daemon: hears its notices, keeps the sockets that it lends, and passes them to its next start (sd_notify(3),
sd_listen_fds(3))."""

import array
import fcntl
import os
import signal
import socket
import subprocess
import threading
import time

FIRST = 3  # SD_LISTEN_FDS_START
HIGH = 200


class Manager:
    """One daemon, started again and again. `words` start it; what it says goes to the file `log`."""

    def __init__(self, words, notices, log):
        self.words, self.log = [str(word) for word in words], log
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(notices))
        self.notices = str(notices)
        self.kept = []  # (name, descriptor)
        self.ready = threading.Event()
        self.process = None
        self.ends = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        while True:
            text, parts, _, _ = self.socket.recvmsg(4096, socket.CMSG_SPACE(64 * array.array("i").itemsize))
            if self.ends:
                return
            lines = text.decode().split("\n")
            if "READY=1" in lines:
                self.ready.set()
            name = next((line[7:] for line in lines if line.startswith("FDNAME=")), "stored")
            for level, kind, data in parts:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    numbers = array.array("i")
                    numbers.frombytes(data[:len(data) - len(data) % numbers.itemsize])
                    for number in numbers:
                        # Out of the way of the numbers that a daemon finds them at.
                        self.kept.append((name, fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, HIGH)))
                        os.close(number)
            if "FDSTOREREMOVE=1" in lines:
                for _, number in [each for each in self.kept if each[0] == name]:
                    os.close(number)
                self.kept = [each for each in self.kept if each[0] != name]

    def start(self):
        """Passes on what is kept; does not wait."""
        self.ready.clear()
        kept = list(self.kept)
        # The numbers 3, 4, ... are the daemon's: the shell moves them there, and knows the process that it becomes.
        moves = " ".join(f"{FIRST + i}<&{number} {number}<&-" for i, (_, number) in enumerate(kept))
        words = ["bash", "-c", f'export LISTEN_PID=$$; exec "$@" {moves}', "-", *self.words]
        environment = {**os.environ, "NOTIFY_SOCKET": self.notices}
        if kept:
            environment |= {"LISTEN_FDS": str(len(kept)), "LISTEN_FDNAMES": ":".join(name for name, _ in kept)}
        else:
            words = self.words
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, env=environment,
                                            pass_fds=[number for _, number in kept])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(30)

    def restart(self):
        """As `systemctl restart`."""
        status = self.stop()
        self.start()
        return status

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.stop()
        self.ends = True
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as poke:
            poke.sendto(b"", self.notices)
        self.reader.join()
        for _, number in self.kept:
            os.close(number)
        self.socket.close()


class Asker(threading.Thread):
    """Asks at a door over a connection that it keeps, one question after the other at a steady pace, until told to stop. A connection
    that the server closes is opened again at once, and the question asked again, as mail servers do."""

    def __init__(self, connect, question, is_whole, pause, stopping):
        super().__init__(daemon=True)
        self.connect, self.question, self.is_whole = connect, question, is_whole
        self.pause, self.stopping = pause, stopping
        self.waits, self.failures, self.answers = [], [], []  # seconds each; what went wrong; the last few

    def run(self):
        stream = None
        while not self.stopping.wait(self.pause):
            began = time.monotonic()
            answer = b""
            while not self.is_whole(answer):
                try:
                    if stream is None:
                        stream, answer = self.connect(), b""
                        stream.settimeout(10)
                        stream.sendall(self.question)
                    elif not answer:
                        stream.sendall(self.question)
                    got = stream.recv(4096)
                    answer += got
                    if not got:
                        stream.close()
                        stream, answer = None, b""
                except (ConnectionRefusedError, FileNotFoundError, TimeoutError) as error:
                    self.failures.append(str(error))
                    stream = None
                    break
                except OSError:
                    stream, answer = None, b""
            else:
                self.waits.append(time.monotonic() - began)
                self.answers.append(answer)
                del self.answers[:-5]
        if stream is not None:
            stream.close()
