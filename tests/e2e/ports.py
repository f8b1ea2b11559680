"""Ports of loopback for what a test starts: nobody else is given one while this process lives.

A port that the kernel picks is free only at that moment: the next test, or a connection that goes out, may be given it
before the daemon has it.
"""

import pathlib
import random
import socket

claims = []  # a name in the abstract namespace belongs to one process, and ends with it


def below_the_kernels():
    """No connection that goes out has one of these."""
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    return range(10000, first) if first > 20000 else range(61000, 65536)


def claim(port):
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0tidegate-test-port-{port}")
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        name.close()
        return False
    claims.append(name)
    return True


def free_port():
    ports = below_the_kernels()
    for port in random.sample(ports, len(ports)):
        if claim(port):
            return port
    raise AssertionError("no port of loopback is free")
