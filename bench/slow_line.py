"""A poor line before a server: what a telephone far from its mast has between itself and the page.

A proxy that holds back what passes it. Chromium's own throttle (Network.emulateNetworkConditions) delays each answer and knows no connecting, which
costs a round trip as well; the kernel's netem is not on every machine.
"""

import asyncio
import contextlib
import threading

SEGMENT, OVERHEAD = 1448, 52  # bytes of TCP's payload, and of the headers with it


class Wire:
    """One direction: bytes a second, and half a round trip."""

    def __init__(self, rate, delay):
        self.rate, self.delay, self.free_at = rate, delay, 0.0

    def arrival(self, count, sent):
        self.free_at = max(self.free_at, sent) + (count + OVERHEAD) / self.rate
        return self.free_at + self.delay


class Line:
    """A port of its own that leads to `port`. Rates in bits, times in seconds. The page must fit into TCP's first window (ten segments): no
    more is known of what TCP does."""

    def __init__(self, port, round_trip, down, up):
        self.to, self.round_trip = port, round_trip
        self.down, self.up = Wire(down / 8, round_trip / 2), Wire(up / 8, round_trip / 2)
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.connected, "127.0.0.1", 0, limit=SEGMENT))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    async def connected(self, reader, writer):
        shaken = self.loop.time() + self.round_trip  # before that the client would not have sent anything
        with contextlib.suppress(asyncio.CancelledError, OSError):  # it ends with the line
            back, forth = await asyncio.open_connection("127.0.0.1", self.to, limit=SEGMENT)
            await asyncio.gather(self.carry(reader, forth, self.up, shaken), self.carry(back, writer, self.down, 0.0))

    async def carry(self, reader, writer, wire, earliest):
        arrival = earliest
        while data := await reader.read(SEGMENT):
            arrival = wire.arrival(len(data), max(self.loop.time(), earliest))
            self.loop.call_at(arrival, writer.write, data)
        self.loop.call_at(arrival, writer.close)

    def end(self):
        async def stop():
            self.server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
