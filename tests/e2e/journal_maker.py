"""Writes a journal's entries as docs/journal.md lays them out, into a database that a daemon made and has left."""

import contextlib
import ctypes
import ipaddress
import sqlite3

ZSTD = ctypes.CDLL("libzstd.so.1")
ZSTD.ZSTD_createCCtx.restype = ctypes.c_void_p
ZSTD.ZSTD_compressBound.restype = ZSTD.ZSTD_compress2.restype = ctypes.c_size_t
CHECKSUM_FLAG = 201
OUTCOMES = {"success": 1, "failure": 2, "abort": 3}
REASONS = {"bad_password": 1, "unknown_account": 2, "tls": 4, "internal": 10}
MEASURES = {"pass": 0, "slow": 1, "defer": 2, "refuse": 3}
IMAP, ATTEMPT = 3, 1


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def number(tag, value):
    return varint(tag << 1) + varint(value) if value else b""


def text(tag, value):
    return varint(tag << 1 | 1) + varint(len(value)) + value if value else b""


def record(event):
    """The binary form of an attempt: a dictionary as `tidegate parse` would print it, `time` in microseconds."""
    body = (b"\x01" + varint(1 << 1) + zigzag(event["time"]) + text(3, ipaddress.ip_address(event["address"]).packed) +
            varint(4 << 1) + varint(ATTEMPT) + number(5, IMAP) + number(6, OUTCOMES.get(event.get("outcome"), 0)) +
            number(7, REASONS.get(event.get("reason"), 0)) + text(22, event["account"].encode("utf-8", "surrogateescape")))
    return varint(len(body)) + body


def event_entry(event):
    answered = MEASURES[event.get("answered", "pass")] | (128 if event.get("takeover") else 0)
    return bytes([1, answered]) + zigzag(0) + record(event)


def tick_entry(time):
    return bytes([4]) + zigzag(time) + zigzag(0)


def lost_entry(time, count):
    return bytes([7]) + zigzag(time) + zigzag(count)


def packed(data):
    context = ctypes.c_void_p(ZSTD.ZSTD_createCCtx())
    ZSTD.ZSTD_CCtx_setParameter(context, ctypes.c_int(CHECKSUM_FLAG), ctypes.c_int(1))
    room = ZSTD.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(room)
    size = ZSTD.ZSTD_compress2(context, out, ctypes.c_size_t(room), data, ctypes.c_size_t(len(data)))
    ZSTD.ZSTD_freeCCtx(context)
    return out.raw[:size]


def fill_batches(state, batches):
    """Makes `batches`, rows of their table without `whole`, all that the journal in this folder has."""
    with contextlib.closing(sqlite3.connect(state / "journal.sqlite")) as base, base:
        base.execute("DELETE FROM batches")
        base.execute("DELETE FROM checkpoints")
        base.executemany("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, 1, ?)", batches)
    for path in state.glob("checkpoint-*"):
        path.unlink()


def batches_of(entries, most=4000):
    for at in range(0, len(entries), most):
        part = entries[at:at + most]
        times = [time for time, _ in part]
        frame = b"\x01" + varint(at + 1) + varint(len(part)) + b"".join(varint(len(each)) + each for _, each in part)
        yield at + 1, at + len(part), len(part), min(times), max(times), max(times), packed(frame)


def fill(state, entries, deeds=()):
    """Makes `entries`, pairs of a time and bytes, all that the journal in this folder has."""
    fill_batches(state, batches_of(entries))
    with contextlib.closing(sqlite3.connect(state / "journal.sqlite")) as base, base:
        for time, author, action, subject, reason in deeds:
            base.execute("INSERT INTO audit (time, author, action, subject, reason, detail) VALUES (?, ?, ?, ?, ?, '{}')",
                         (time, author, action, subject, reason))
