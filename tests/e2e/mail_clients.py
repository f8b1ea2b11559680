"""Mail clients that come from an address of their own, in the clear, with STARTTLS or over TLS; and dialogues word for
word, to compare what two places say."""

import base64
import contextlib
import hashlib
import hmac
import imaplib
import json
import poplib
import re
import smtplib
import socket
import ssl
import typing

from lab import Wire, password_of, plain

PATIENCE = 60


def trusting():
    """For certificates that are looked at elsewhere."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Way(typing.NamedTuple):
    """How a client comes. `tls`: none, starttls or implicit."""

    host: str
    port: int
    tls: str
    source: str

    def dial(self):
        made = socket.create_connection((self.host, self.port), timeout=PATIENCE, source_address=(self.source, 0))
        return trusting().wrap_socket(made) if self.tls == "implicit" else made


# ---- Python's own clients
class Imap(imaplib.IMAP4):
    def __init__(self, way):
        self.way = way
        super().__init__(way.host, way.port)
        if way.tls == "starttls":
            self.starttls(trusting())

    def _create_socket(self, timeout):
        return self.way.dial()

    def wait_untagged(self, word):
        """In IDLE: the next untagged line that has the word."""
        while True:
            line = self.readline()
            if word in line or not line:
                return line


class Pop3(poplib.POP3):
    def __init__(self, way):
        self.way = way
        super().__init__(way.host, way.port)
        if way.tls == "starttls":
            self.stls(trusting())

    def _create_socket(self, timeout):
        return self.way.dial()


class Smtp(smtplib.SMTP):
    def __init__(self, way):
        self.way = way
        super().__init__(way.host, way.port, local_hostname="client.example.org")
        self.ehlo()
        if way.tls == "starttls":
            self.starttls(context=trusting())
            self.ehlo()

    def _get_socket(self, host, port, timeout):
        return self.way.dial()


# ---- dialogues
class Dialogue(Wire):
    """A connection on which each line said has its answer: a list of lines. Its subclasses know where answers end."""

    STARTTLS = ""

    def __init__(self, way):
        self.socket = way.dial()
        self.file = self.socket.makefile("rb")
        self.greeting = self.answer("")
        if way.tls == "starttls":
            self.ask(self.STARTTLS)
            self.file.close()
            self.socket = trusting().wrap_socket(self.socket)
            self.file = self.socket.makefile("rb")
            self.after_handshake()

    def after_handshake(self):
        pass

    def ask(self, text):
        self.say(text)
        return self.answer(text)

    def answer(self, asked):
        lines = [self.line()]
        while lines[-1] and not self.is_end(asked, lines):
            lines.append(self.line())
        return lines

    def is_end(self, asked, lines):
        raise NotImplementedError

    def log_in(self, user, secret):
        raise NotImplementedError

    # SASL, in each protocol's frame.
    CHALLENGE = ""  # how one begins

    def begin(self, mechanism, *initial):
        return self.ask(" ".join(["AUTH", mechanism, *initial]))

    def respond(self, text):
        return self.ask(text)

    def is_challenged(self, lines):
        return bool(re.match(self.CHALLENGE, lines[-1]))


class ImapDialogue(Dialogue):
    STARTTLS = "s STARTTLS"
    CHALLENGE = r"\+"

    def begin(self, mechanism, *initial):
        return self.ask(" ".join(["a AUTHENTICATE", mechanism, *initial]))

    def is_end(self, asked, lines):
        return not asked or lines[-1].startswith(("+", "* BYE")) or bool(re.match(r"[a-z]\d* ", lines[-1]))

    def log_in(self, user, secret):
        return self.ask(f'a LOGIN "{user}" "{secret}"')[-1].startswith("a OK")

    def ping(self):
        return self.ask("n NOOP")[-1].startswith("n OK")


class Pop3Dialogue(Dialogue):
    STARTTLS = "STLS"
    CHALLENGE = r"\+ "

    def is_end(self, asked, lines):
        many = asked.split(" ")[0] in ["CAPA", "TOP", "RETR"] or asked in ["LIST", "UIDL"]
        return not many or lines[0][:1] == "-" or lines[-1] == "."

    def log_in(self, user, secret):
        self.ask(f"USER {user}")
        return self.ask(f"PASS {secret}")[-1].startswith("+OK")

    def ping(self):
        return self.ask("NOOP")[-1].startswith("+OK")


class SmtpDialogue(Dialogue):
    STARTTLS = "STARTTLS"
    CHALLENGE = "334"

    def __init__(self, way):
        super().__init__(way)
        if way.tls != "starttls":
            self.after_handshake()

    def after_handshake(self):
        self.offer = self.ask("EHLO client.example.org")

    def is_end(self, asked, lines):
        return lines[-1][3:4] != "-"

    def log_in(self, user, secret):
        return self.ask("AUTH PLAIN " + plain(user, secret))[-1].startswith("235")

    def ping(self):
        return self.ask("NOOP")[-1].startswith("250")


class SieveDialogue(Dialogue):
    STARTTLS = "STARTTLS"
    CHALLENGE = '"'

    def begin(self, mechanism, *initial):
        return self.ask(" ".join(["AUTHENTICATE", *(f'"{each}"' for each in [mechanism, *initial])]))

    def respond(self, text):
        return self.ask(f'"{text}"')

    def after_handshake(self):
        self.offer = self.answer("")

    def line(self):
        """With the literals in it."""
        text = super().line()
        while found := re.search(r"\{(\d+)\}$", text):
            text += "\r\n" + self.file.read(int(found[1])).decode() + super().line()
        return text

    def is_end(self, asked, lines):
        if re.match(r'(OK|NO|BYE)\b', lines[-1]):
            return True
        # A challenge; capabilities are strings too, and no answer to those.
        amid = asked.startswith("AUTHENTICATE") or asked.startswith('"')
        return amid and lines[-1].startswith('"')

    def literal(self, head, body):
        """A command that ends in a literal which does not wait."""
        self.socket.sendall(head.encode() + b" {%d+}\r\n" % len(body) + body + b"\r\n")
        return self.answer(head)

    def log_in(self, user, secret):
        return self.ask(f'AUTHENTICATE "PLAIN" "{plain(user, secret)}"')[-1].startswith("OK")

    def ping(self):
        return self.ask("NOOP")[-1].startswith("OK")


# ---- mechanisms in which the server speaks
def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def challenge_in(lines):
    """The base64 of a challenge, in whichever protocol's frame."""
    return base64.b64decode(re.sub(r'^(\+ ?|334 ?|")|"$', "", lines[-1]))


def cram_md5(user, secret, challenge):
    return b64(f"{user} " + hmac.new(secret.encode(), challenge, hashlib.md5).hexdigest())


class Scram:
    """SCRAM (RFC 5802, RFC 7677) without channel binding, the client's side; `hash`: sha1 or sha256."""

    def __init__(self, user, secret, hash_name):
        self.secret, self.hash = secret.encode(), hash_name
        self.bare = f"n={user},r=fyko+d2lbbFgONRv9qkxdawL"

    def first(self):
        return b64("n,," + self.bare)

    def final(self, challenge):
        fields = dict(each.split("=", 1) for each in challenge.decode().split(","))
        salted = hashlib.pbkdf2_hmac(self.hash, self.secret, base64.b64decode(fields["s"]), int(fields["i"]))
        without = f"c=biws,r={fields['r']}"
        message = ",".join([self.bare, challenge.decode(), without]).encode()

        def mac(key, text):
            return hmac.digest(key, text, self.hash)

        client = mac(salted, b"Client Key")
        signature = mac(hashlib.new(self.hash, client).digest(), message)
        self.expected = b64(mac(mac(salted, b"Server Key"), message))
        return b64(f"{without},p=" + b64(bytes(a ^ b for a, b in zip(client, signature, strict=True))))

    def proves_itself(self, challenge):
        return challenge.decode() == "v=" + self.expected


def scram(mechanism, at_once=True):
    def exchange(dialogue, user, secret):
        client = Scram(user, secret, mechanism.removeprefix("SCRAM-").replace("-", "").lower())
        answers = [dialogue.begin(mechanism, client.first())] if at_once else \
            [dialogue.begin(mechanism), dialogue.respond(client.first())]
        if dialogue.is_challenged(answers[-1]):
            answers.append(dialogue.respond(client.final(challenge_in(answers[-1]))))
        if dialogue.is_challenged(answers[-1]):
            assert client.proves_itself(challenge_in(answers[-1])), answers
            answers.append(dialogue.respond(""))
        return answers
    return exchange


# ---- OAuth 2.0: a server that believes tokens with this signature
TOKEN_KEY = b"an HMAC key that only this test's server and clients have"


def token(user, secret):
    """A JSON Web Token (RFC 7519) that names the user; signed with a wrong key where the secret is not the account's password."""
    def part(text):
        return base64.urlsafe_b64encode(text).rstrip(b"=")
    key = TOKEN_KEY if secret == password_of(user) else secret.encode()
    words = {"sub": user, "email": user, "iat": 1_700_000_000, "nbf": 1_700_000_000, "exp": 4_000_000_000}
    signed = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(words).encode())
    return (signed + b"." + part(hmac.digest(key, signed, "sha256"))).decode()


def oauth(mechanism, at_once):
    """XOAUTH2, or OAUTHBEARER (RFC 7628), in which a refusal is a challenge with the reason, to be answered before it counts."""
    def exchange(dialogue, user, secret):
        head = f"user={user}" if mechanism == "XOAUTH2" else f"n,a={user},\1host=mail.example.org\1port=1"
        first = b64(f"{head}\1auth=Bearer {token(user, secret)}\1\1")
        answers = [dialogue.begin(mechanism, first)] if at_once else [dialogue.begin(mechanism), dialogue.respond(first)]
        if dialogue.is_challenged(answers[-1]):
            answers.append(dialogue.respond("AQ=="))
        return answers
    return exchange


def cram(dialogue, user, secret):
    challenge = dialogue.begin("CRAM-MD5")
    return [challenge, dialogue.respond(cram_md5(user, secret, challenge_in(challenge)))]


# How to log in with a mechanism, in whichever protocol.
EXCHANGES = {
    "PLAIN at once": lambda to, user, secret: [to.begin("PLAIN", plain(user, secret))],
    "PLAIN": lambda to, user, secret: [to.begin("PLAIN"), to.respond(plain(user, secret))],
    "LOGIN": lambda to, user, secret: [to.begin("LOGIN"), to.respond(b64(user)), to.respond(b64(secret))],
    "CRAM-MD5": cram,
    "SCRAM-SHA-1": scram("SCRAM-SHA-1", False),
    "SCRAM-SHA-1 at once": scram("SCRAM-SHA-1"),
    "SCRAM-SHA-256": scram("SCRAM-SHA-256", False),
    "SCRAM-SHA-256 at once": scram("SCRAM-SHA-256"),
    "XOAUTH2": oauth("XOAUTH2", False),
    "XOAUTH2 at once": oauth("XOAUTH2", True),
    "OAUTHBEARER": oauth("OAUTHBEARER", False),
    "OAUTHBEARER at once": oauth("OAUTHBEARER", True),
    "LOGIN at once": lambda to, user, secret: [to.begin("LOGIN", b64(user)), to.respond(b64(secret))],
}


def literal(text, waits):
    return f"{{{len(text)}}}" if waits else f"{{{len(text)}+}}"


# And with a protocol's own commands.
COMMANDS = {
    ImapDialogue: {
        "LOGIN command": lambda to, user, secret: [to.ask(f"a LOGIN {user} {secret}")],
        "quoted": lambda to, user, secret: [to.ask(f'a LOGIN "{user}" "{secret}"')],
        "literals": lambda to, user, secret: [to.ask(f"a LOGIN {literal(user, True)}"),
                                              to.ask(f"{user} {literal(secret, True)}"), to.ask(secret)],
        "LITERAL+": lambda to, user, secret: [
            to.ask(f"a LOGIN {literal(user, False)}\r\n{user} {literal(secret, False)}\r\n{secret}")],
    },
    # USER is answered by whoever hears it first, in words of his own.
    Pop3Dialogue: {"USER and PASS": lambda to, user, secret: [to.ask(f"USER {user}") and to.ask(f"PASS {secret}")]},
    SmtpDialogue: {},
    SieveDialogue: {},
}

# What is none of it.
BROKEN = {
    "cancelled": lambda to: [to.begin("PLAIN"), to.respond("*")],
    "cancelled at the server's challenge": lambda to: [to.begin("CRAM-MD5"), to.respond("*")],
    "no base64": lambda to: [to.begin("PLAIN"), to.respond("!!!")],
    "no base64 at the server's challenge": lambda to: [to.begin("CRAM-MD5"), to.respond("!!!")],
    "cancelled at LOGIN's second question": lambda to: [to.begin("LOGIN"), to.respond(b64("user0@example.org")), to.respond("*")],
    "cancelled at SCRAM's second step": lambda to: [to.begin("SCRAM-SHA-256", b64("n,,n=user0@example.org,r=abc")), to.respond("*")],
    "SCRAM in one word": lambda to: [to.begin("SCRAM-SHA-256"), to.respond(b64("n,,"))],
    "SCRAM without its proof": lambda to: [to.begin("SCRAM-SHA-1", b64("n,,n=user0@example.org,r=abc")), to.respond(b64("c=biws"))],
    "cancelled OAUTHBEARER": lambda to: [to.begin("OAUTHBEARER"), to.respond("*")],
    "cancelled XOAUTH2": lambda to: [to.begin("XOAUTH2"), to.respond("*")],
    "no such mechanism": lambda to: [to.begin("X-NOTHING")],
}
