"""Plays a stream (differ_streams.py) at one place, and says what was answered: the kind of each reply, whether it hung up."""

import array
import contextlib
import fcntl
import re
import select
import socket
import ssl
import time
import typing

from differ_streams import TLS
from mail_clients import trusting
from lab import stage

TICK = 0.02
SIOCOUTQ = 0x5411  # bytes that the other's kernel has not acknowledged


class Patience(typing.NamedTuple):
    """How long silence lasts until it counts as all that will be said: `first`, before anything is answered. Servers answer wrong
    passwords after half a second."""

    first: float
    then: float


HASTY = Patience(1.2, 0.16)
CALM = Patience(4.0, 1.0)


class Place(typing.NamedTuple):
    host: str
    port: int
    source: str


class Said(typing.NamedTuple):
    """What was heard after each flight, the greeting first."""

    replies: list
    closed: bool


class Player:
    def __init__(self, place, patience):
        self.patience = patience
        self.socket = socket.create_connection((place.host, place.port), timeout=30, source_address=(place.source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closed = False

    def hear(self, at_most=None):
        """`at_most`: seconds until the first byte, if they are others than patience has."""
        heard, silence = b"", 0.0
        while not self.closed and silence < (self.patience.then if heard else at_most or self.patience.first):
            passed = self.wait()
            if passed:
                silence += passed
                continue
            silence = 0.0
            try:
                self.socket.settimeout(0.5)
                part = self.socket.recv(65536)
            except TimeoutError:
                continue
            except (ConnectionError, ssl.SSLError):
                part = b""
            self.closed = not part
            heard += part
        return heard

    def wait(self):
        """Seconds of silence, a few of them; 0 if there is something to read. Time in which we were hardly given the processor is none
        in which the others could have answered, and counts little."""
        if isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
            return 0
        begin = time.monotonic()
        if select.select([self.socket], [], [], TICK)[0]:
            return 0
        return TICK if time.monotonic() - begin < 3 * TICK else TICK / 5

    def send(self, flight):
        with contextlib.suppress(OSError):  # it hung up, which hear() finds
            self.socket.settimeout(30)
            for number, piece in enumerate(flight.pieces):
                self.socket.sendall(piece)
                if number + 1 < len(flight.pieces):
                    self.is_taken()

    def is_taken(self):
        left = array.array("i", [0])

        def is_empty():
            fcntl.ioctl(self.socket, SIOCOUTQ, left)
            return left[0] == 0
        stage.wait_for(is_empty, "the bytes' way")

    def shake_hands(self):
        self.socket.settimeout(5)
        try:
            self.socket = trusting().wrap_socket(self.socket)
        except (OSError, ssl.SSLError):
            self.closed = True

    def play(self, protocol, flights):
        replies = [self.hear(30)]  # the greeting, which always comes
        for flight in flights:
            if self.closed:
                break
            if flight is TLS:
                is_begun = is_yes(protocol, replies[-1])
                if is_begun:
                    self.shake_hands()
                replies.append(self.hear() if is_begun and protocol == "managesieve" else b"")
                continue
            self.send(flight)
            replies.append(self.hear())
        self.socket.close()
        return Said(replies, self.closed)


def play(protocol, place, flights, patience):
    return Player(place, patience).play(protocol, flights)


# ---- what it means
def imap_kinds(said):
    for line in said.split(b"\r\n"):
        if line.startswith(b"+"):
            yield "+"
        elif found := re.match(rb"(\S+) (OK|NO|BAD|BYE|PREAUTH)\b", line):
            if found[1] == b"*" and found[2] == b"OK":  # the greeting, and news
                continue
            yield f"{found[1].decode('latin-1')} {found[2].decode()}"


def pop3_kinds(said):
    for line in said.split(b"\r\n"):
        if found := re.match(rb"\+OK|-ERR|\+(?= |$)", line):
            yield found[0].decode()


def sieve_kinds(said):
    while said:
        line, _, said = said.partition(b"\r\n")
        if found := re.match(rb"(OK|NO|BYE)\b", line):
            yield found[0].decode()
        literal = re.search(rb"\{(\d+)\}$", line)
        if literal:
            said = said[int(literal[1]):].partition(b"\r\n")[2]
        # A challenge is base64 alone; capabilities are words.
        if (literal and line.startswith(b"{")) or re.fullmatch(rb'"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"', line) and \
                line != b'"STARTTLS"':
            yield "+"


def smtp_kinds(said):
    for line in said.split(b"\r\n"):
        if found := re.match(rb"(\d)\d\d(?: |$)", line):
            yield "+" if line.startswith(b"334") else found[1].decode()


KINDS = {"imap": imap_kinds, "pop3": pop3_kinds, "managesieve": sieve_kinds, "submission": smtp_kinds, "smtp": smtp_kinds}


def kinds(protocol, said):
    return [list(KINDS[protocol](each)) for each in said.replies]


def is_yes(protocol, said):
    all_kinds = list(KINDS[protocol](said))
    return bool(all_kinds) and bool(re.search(r"OK$|^2", all_kinds[-1] if protocol not in ["submission", "smtp"] else all_kinds[0]))
