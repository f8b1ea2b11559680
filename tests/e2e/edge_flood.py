#!/usr/bin/env python3
"""A flood on the edge's IMAP ports, from as many addresses in 127.0.0.0/8 as are wanted.

usage: edge_flood.py SOURCES OPEN

One connection after the other from each source in turn, OPEN of them at a time, until it is killed: such as say
nothing, say it slowly, say it without an end, talk nonsense, begin a handshake, hang up with a reset, and guess. Prints
how many were begun and how many are open, each second.
"""

import asyncio
import itertools
import os
import random
import resource
import socket
import struct
import sys

PATIENCE = 20
PLAIN, TLS = 143, 993
# The beginning of a TLS record, of a ClientHello that never comes.
HALF_HELLO = bytes.fromhex("16030102000100 01fc0303".replace(" ", "")) + bytes(60)


async def silent(reader, writer, dice):
    await reader.read(-1)


async def slow(reader, writer, dice):
    for byte in b"a LOGIN user1@example.org " + b"x" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(1)


async def endless(reader, writer, dice):
    while True:
        writer.write(b"x" * 4096)
        await writer.drain()
        await asyncio.sleep(0.2)


async def garbage(reader, writer, dice):
    for _ in range(20):
        writer.write(dice.randbytes(300) + b"\r\n")
        await writer.drain()
    await reader.read(-1)


async def half_handshake(reader, writer, dice):
    writer.write(HALF_HELLO)
    await reader.read(-1)


async def reset(reader, writer, dice):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def guess(reader, writer, dice):
    await reader.readline()
    writer.write(f"a LOGIN user{dice.randrange(40)}@example.org summer{dice.randrange(5)}\r\n".encode())
    await reader.readline()


KINDS = [silent, slow, endless, garbage, half_handshake, reset, guess]


class Flood:
    def __init__(self, sources, most_open):
        self.sources, self.room = sources, asyncio.Semaphore(most_open)
        self.begun = self.open = self.refused = 0
        self.tasks = set()

    @staticmethod
    def source(number):
        dice = random.Random(number)
        return f"127.{dice.randrange(2, 255)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"

    async def one(self, number):
        kind = KINDS[number % len(KINDS)]
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", TLS if kind is half_handshake else PLAIN,
                                                           local_addr=(self.source(number % self.sources), 0))
            self.open += 1
            try:
                await asyncio.wait_for(kind(reader, writer, random.Random(number)), PATIENCE)
            finally:
                self.open -= 1
                writer.close()
        except (OSError, asyncio.TimeoutError):
            self.refused += 1
        finally:
            self.room.release()

    async def tell(self):
        while True:
            print(self.begun, self.open, self.refused, flush=True)
            await asyncio.sleep(1)

    async def run(self):
        self.tasks.add(asyncio.create_task(self.tell()))
        for number in itertools.count():
            await self.room.acquire()
            self.begun += 1
            task = asyncio.create_task(self.one(number))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            if number % 50 == 0:
                await asyncio.sleep(0.01)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.nice(5)  # a flood has machines of its own
    asyncio.run(Flood(int(sys.argv[1]), int(sys.argv[2])).run())
