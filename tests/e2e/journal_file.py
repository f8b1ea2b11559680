"""A journal on disk, read as docs/journal.md lays it out, also beside the daemon that writes it."""

import contextlib
import ctypes
import ipaddress
import json
import sqlite3

ZSTD = ctypes.CDLL("libzstd.so.1")  # the program needs it, too
ZSTD.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
ZSTD.ZSTD_decompress.restype = ctypes.c_size_t
EVENT = 1  # the kind of entry that is one
POSITION = 8  # ... that says how far the logs were read
# Of an event's fields, as docs/formats.md numbers them.
ADDRESS, KIND, OUTCOME, ACCOUNT = 3, 4, 6, 22
ATTEMPT, SUCCESS = 1, 1


def unpacked(frame):
    size = ZSTD.ZSTD_getFrameContentSize(frame, ctypes.c_size_t(len(frame)))
    out = ctypes.create_string_buffer(size)
    got = ZSTD.ZSTD_decompress(out, ctypes.c_size_t(size), frame, ctypes.c_size_t(len(frame)))
    if got != size:
        raise ValueError("a damaged batch")
    return out.raw


def varint(data, at):
    """The number there, and where it ends."""
    value = shift = 0
    while data[at] >= 0x80:
        value |= (data[at] & 0x7f) << shift
        at, shift = at + 1, shift + 7
    return value | data[at] << shift, at + 1


def entries(batch):
    """Of each the kind and the bytes behind it."""
    data = unpacked(batch)
    at = 1  # behind the version
    for _ in ("first", "count"):
        _, at = varint(data, at)
    while at < len(data):
        length, at = varint(data, at)
        yield data[at], data[at + 1:at + length]
        at += length


def fields(record):
    """Of an event in its binary form: numbers and bytes by their tags."""
    _, at = varint(record, 0)
    at += 1  # behind the version
    found = {}
    while at < len(record):
        key, at = varint(record, at)
        value, at = varint(record, at)
        if key & 1:
            value, at = record[at:at + value], at + value
        found[key >> 1] = value
    return found


class JournalFile:
    def __init__(self, state):
        self.path = state / "journal.sqlite"

    def _open(self):
        return contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10))

    def last(self):
        """The number of the last entry on the disk."""
        with self._open() as base:
            return base.execute("SELECT ifnull(max(last), 0) FROM batches").fetchone()[0]

    def successes(self):
        """Those that were told of: pairs of an IPv4 address and an account, the oldest first."""
        with self._open() as base:
            batches = [batch for (batch,) in base.execute("SELECT entries FROM batches ORDER BY first")]
        events = (fields(text[varint(text, 1)[1]:]) for batch in batches for kind, text in entries(batch) if kind == EVENT)
        return [(ipaddress.ip_address(bytes(each[ADDRESS])).compressed, bytes(each.get(ACCOUNT, b"")).decode("utf-8", "replace"))
                for each in events if each.get(KIND) == ATTEMPT and each.get(OUTCOME) == SUCCESS]

    def read_up_to(self, log):
        """The byte up to which everything that the log said is on the disk; nothing as long as there is no such entry."""
        with self._open() as base:
            for (batch,) in base.execute("SELECT entries FROM batches ORDER BY first DESC"):
                for text in reversed([text for kind, text in entries(batch) if kind == POSITION]):
                    at = varint(text, varint(text, 0)[1])[1]  # behind time and value
                    position = json.loads(text[at:]).get(str(log))
                    if position:
                        # "file1 DEVICE:INODE:OFFSET:...", the newest file last
                        return int(position.split(" ")[-1].split(":")[2])
        return None
