"""Who gets alerts in tests: a mail server and a webhook, with certificates of their own."""

import contextlib
import socket
import ssl
import subprocess
import threading


def certificate(folder, name, names):
    """A certificate that is its own authority; the paths of key and certificate."""
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    return key, cert


class Server:
    """Takes one connection after the other, each on `talk(connection)`, a function of the test's."""

    def __init__(self, talk):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.talk = talk
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(60)
                try:
                    self.talk(connection)
                except OSError:  # the other side would not go on: what a refused certificate looks like
                    pass

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


class Smtp:
    """A server that takes everything, over TLS from the start, after STARTTLS, or never."""

    def __init__(self, security, context):
        self.security, self.context = security, context
        self.mails, self.commands = [], []
        self.server = Server(self.talk)
        self.port = self.server.port

    def talk(self, plain):
        with contextlib.ExitStack() as open_sockets:
            self.converse(plain, lambda: open_sockets.enter_context(self.context.wrap_socket(plain, server_side=True)))

    def converse(self, plain, secured):
        connection = secured() if self.security == "implicit" else plain
        connection.sendall(b"220 sink.example.org ESMTP\r\n")
        lines = connection.makefile("rb")
        while line := lines.readline():
            word = line.split()[0].upper() if line.split() else b""
            self.commands.append((word.decode(), isinstance(connection, ssl.SSLSocket)))
            if word == b"EHLO":
                offer = b"250-STARTTLS\r\n" if self.security == "starttls" and connection is plain else b""
                connection.sendall(b"250-sink\r\n" + offer + b"250 AUTH PLAIN\r\n")
            elif word == b"STARTTLS":
                connection.sendall(b"220 go on\r\n")
                connection = secured()
                lines = connection.makefile("rb")
            elif word == b"AUTH":
                connection.sendall(b"334 \r\n" if len(line.split()) == 2 else b"235 welcome\r\n")
                if len(line.split()) == 2:
                    lines.readline()
                    connection.sendall(b"235 welcome\r\n")
            elif word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                mail = b""
                while (line := lines.readline()) not in (b".\r\n", b""):
                    mail += line[1:] if line.startswith(b".") else line
                self.mails.append(mail)
                connection.sendall(b"250 2.0.0 queued as 4F1\r\n")
            elif word == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 fine\r\n")


class Hook:
    """Answers each POST with a status; over TLS where there is a context."""

    def __init__(self, status, context=None):
        self.status, self.context = status, context
        self.bodies = []
        self.server = Server(self.talk)
        self.port = self.server.port

    def talk(self, plain):
        with self.context.wrap_socket(plain, server_side=True) if self.context else plain as connection:
            self.answer(connection)

    def answer(self, connection):
        lines = connection.makefile("rb")
        size = 0
        while (line := lines.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        self.bodies.append(lines.read(size))
        connection.sendall(f"HTTP/1.1 {self.status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())


def context_of(key, cert):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
